"""An erased person appears nowhere; what stays can be counted, and says nothing of anybody."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, update

from newsletter import models
from newsletter.audience import signup
from newsletter.audience.models import Consent, Subscriber
from newsletter.audience.signup import SignUp
from newsletter.campaigns.models import Enrollment, StepRun
from newsletter.delivery import mailboxes, suppression
from newsletter.delivery.models import Attempt, Delivery, Event, Mailbox, PracticeLetter, Suppression
from newsletter.delivery.sending import Postman
from newsletter.errors import NotFound, Refused
from newsletter.links import Purpose
from newsletter.privacy import erasing
from newsletter.vault import Vault
from tests.delivery.office import ACCEPTED, DEFERRED, NOBODY, SILENT, Answering
from tests.privacy.traces import ADDRESS, KEY, MARKS, Traces

LATE = {
    "accepted": replace(ACCEPTED, text=f"taken over for <{ADDRESS}>"),
    "deferred": replace(DEFERRED, text=f"<{ADDRESS}> is over quota"),
    "refused": replace(NOBODY, text=f"<{ADDRESS}> user unknown"),
    "unknown": SILENT,
}


def rows(traces: Traces, table: Any, *which: Any) -> int:
    with traces.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*which)) or 0


def tomb(traces: Traces) -> Mailbox:
    with traces.database.reading() as session:
        return session.scalars(select(Mailbox).where(Mailbox.fingerprint.is_not(None))).one()


def states(traces: Traces) -> Counter[str]:
    with traces.database.reading() as session:
        return Counter(session.scalars(select(Delivery.state)))


def refers_to_people() -> set[str]:
    """Tables with a path to a person or her mailbox: by a foreign key, or by a column that is named for one.

    Who works here is no reader: a colleague who also reads the letters keeps her key when her data is deleted.
    """
    found = {"subscribers", "mailboxes"}
    named = {"person_id", "subscriber_id", "mailbox_id", "recipient", "email", "address"}
    while True:
        more = {
            table.name
            for table in models.Base.metadata.sorted_tables
            if table.name != "staff"
            if named & {column.name for column in table.columns}
            or any(key.column.table.name in found for key in table.foreign_keys)
        }
        if more <= found:
            return found
        found |= more


def test_she_is_found_in_every_table_that_leads_to_a_person_and_after_the_erasure_in_none(traces):
    """A table that somebody adds, and that leads to a person, fails here until this reader has a row in it."""
    person = traces.live()
    traces.queue_failure(person, f"550 5.1.1 <{ADDRESS}> user unknown")
    before = traces.in_tables()
    empty = {name for name in refers_to_people() if not before[name]}
    assert empty == set(), "give her a row in tests/privacy/traces.py, then export and erase that table"
    assert {place.partition(":")[0] for place in traces.found()} >= {
        "attempts",
        "consents",
        "deliveries",
        "mailboxes",
        "practice_letters",
        "subscribers",
        "suppressions",
    }
    traces.erase(person.id)
    assert traces.found() == []


def test_a_table_that_leads_to_a_person_is_known_to_export_and_erasure():
    assert refers_to_people() == {
        "attempts",
        "consents",
        "deliveries",
        "enrollments",
        "events",
        "holds",
        "mailboxes",
        "practice_letters",
        "step_runs",
        "subscribers",
        "subscriptions",
        "suppressions",
    }, "a new table about people: add it to privacy/erasing, privacy/exporting and tests/privacy/traces.py"


def test_her_rows_go_and_what_was_sent_is_still_counted(traces):
    person = traces.live()
    before = states(traces)
    assert before["sent"] == 3
    done = traces.erase(person.id)
    assert not done.shared
    assert states(traces) == before
    for table in (Subscriber, Consent, Enrollment, StepRun, Event, PracticeLetter):
        assert rows(traces, table) == 0, table
    assert rows(traces, Delivery, Delivery.person_id.is_not(None)) == 0
    with traces.database.reading() as session:
        assert [each.fields for each in session.scalars(select(Delivery))] == [{}, {}, {}]
        assert set(session.scalars(select(Attempt.said))) == {""}
        assert set(session.scalars(select(Delivery.campaign))) == {"hello", None}


def test_of_her_mailbox_a_keyed_hash_and_a_stop_are_left(traces):
    person = traces.live()
    traces.erase(person.id)
    stone = tomb(traces)
    assert (stone.id, stone.address, stone.address_key) == (
        person.mailbox_id,
        "",
        f"erased:{person.mailbox_id}",
    )
    assert stone.fingerprint == traces.story.house.vault.fingerprint(KEY)
    with traces.database.reading() as session:
        assert suppression.stops(session, [stone.id]) == {stone.id: {"all": "erased"}}
        stops = session.scalars(select(Suppression).order_by(Suppression.id)).all()
    assert [(each.reason, each.evidence, each.note) for each in stops] == [
        ("complaint", "", None),
        ("erased", "", None),
    ]


def test_without_a_pepper_nothing_is_erased(traces):
    person = traces.live()
    with pytest.raises(Refused, match="NEWSLETTER_PEPPER"), traces.database.writing.begin() as session:
        erasing.erase(session, person.id, Vault(""), traces.story.clock.now())
    assert traces.story.person(ADDRESS).id == person.id


def test_what_waits_is_canceled_and_nothing_more_arrives(traces):
    traces.story.sign_up(ADDRESS)
    traces.story.confirm(ADDRESS)
    traces.erase(traces.story.person(ADDRESS).id)
    traces.story.live(days=30)
    assert rows(traces, PracticeLetter) == 0
    assert set(states(traces)) == {"sent"}
    traces.story.sign_up("reader@example.com")
    with traces.database.reading() as session:
        waiting = session.scalars(select(Subscriber)).one()
    with traces.database.writing.begin() as session:
        session.execute(update(Delivery).where(Delivery.person_id == waiting.id).values(state="queued"))
    traces.erase(waiting.id)
    assert states(traces)["canceled"] == 1
    with traces.database.reading() as session:
        canceled = session.scalars(select(Delivery).where(Delivery.state == "canceled")).one()
    assert canceled.reason == "erased"


def test_only_our_own_words_stay_as_reasons(traces):
    person = traces.live()
    number = traces.queue_failure(person, f"550 5.1.1 <{ADDRESS}> user unknown")
    traces.erase(person.id)
    with traces.database.reading() as session:
        row = session.get_one(Delivery, number)
    assert (row.state, row.reason) == ("failed", None)


def test_of_a_couple_one_goes_and_the_other_keeps_the_address(traces):
    person = traces.live()
    other, now = traces.partner(person), traces.story.clock.now()
    with traces.database.writing.begin() as session:
        for number, reader in enumerate((person.id, other.id)):
            session.add(_waiting(person.mailbox_id, reader, f"couple:{number}", now))
    done = traces.erase(person.id)
    assert done.shared
    with traces.database.reading() as session:
        mailbox = session.get_one(Mailbox, person.mailbox_id)
        assert (mailbox.address, mailbox.fingerprint) == (ADDRESS, None)
        assert suppression.stops(session, [mailbox.id]) == {}
        assert [each.first_name for each in session.scalars(select(Subscriber))] == ["Visitor 014"]
        fates = session.execute(
            select(Delivery.state, Delivery.reason, Delivery.person_id, Delivery.fields)
            .where(Delivery.dedupe_key.like("couple:%"))
            .order_by(Delivery.id)
        ).all()
    assert fates == [
        ("canceled", "erased", None, {}),
        ("queued", None, other.id, {"first_name": "for couple:1"}),
    ]
    assert traces.found(["unheard-of-name", "a-browser-of-hers", "203.0.113.77"]) == []


def _waiting(mailbox_id: int, person_id: int, key: str, now: Any) -> Delivery:
    return Delivery(
        dedupe_key=key,
        stream="marketing",
        mailbox_id=mailbox_id,
        person_id=person_id,
        letter="version:1",
        fields={"first_name": f"for {key}"},
        created_at=now,
        send_after=now,
        expires_at=now,
        next_try_at=now,
    )


def test_an_address_that_she_had_before_is_erased_too(traces):
    person = traces.live()
    now = traces.story.clock.now()
    with traces.database.writing.begin() as session:
        newer = mailboxes.find_or_add(session, "newer@example.com", "newer@example.com", now)
        session.get_one(Subscriber, person.id).mailbox_id = newer.id
    traces.erase(person.id)
    assert traces.found([*MARKS, "newer@example.com"]) == []
    with traces.database.reading() as session:
        prints = set(session.scalars(select(Mailbox.fingerprint)))
    vault = traces.story.house.vault
    assert prints == {vault.fingerprint(KEY), vault.fingerprint("newer@example.com")}


def test_somebody_who_is_gone_already_is_not_found(traces):
    person = traces.live()
    traces.erase(person.id)
    with pytest.raises(NotFound):
        traces.erase(person.id)
    assert rows(traces, Suppression, Suppression.reason == "erased") == 1


def test_of_two_erasures_at_once_one_finds_her(traces):
    person = traces.live()
    barrier = threading.Barrier(2)
    ends: list[str] = []

    def act() -> None:
        barrier.wait(10)
        try:
            traces.erase(person.id)
            ends.append("erased")
        except NotFound:
            ends.append("not found")

    both = [threading.Thread(target=act) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(30)
    assert sorted(ends) == ["erased", "not found"]
    assert rows(traces, Suppression, Suppression.reason == "erased") == 1
    traces.database.settle()
    assert traces.found() == []


@pytest.mark.parametrize("answer", LATE)
def test_erased_while_her_letter_is_being_handed_over(traces, answer):
    """The letter goes out, for nobody can call it back; of what the server then says only the outcome is kept."""
    traces.story.sign_up(ADDRESS, first_name="Unheard-of-Name")
    traces.story.confirm(ADDRESS, work=False)
    person = traces.story.person(ADDRESS)
    traces.story.rounds.admit()
    traces.story.rounds.queue()

    def erase_meanwhile() -> Any:
        traces.erase(person.id)
        return LATE[answer]

    transport = Answering([erase_meanwhile])
    assert postman(traces, transport).round() == 1
    assert transport.recipients == [ADDRESS]
    traces.database.settle()
    assert traces.found() == []
    with traces.database.reading() as session:
        last = session.scalars(select(Delivery).order_by(Delivery.id.desc()).limit(1)).one()
        tried = session.scalars(select(Attempt).order_by(Attempt.id.desc()).limit(1)).one()
    ended = {"accepted": "sent", "deferred": "canceled", "refused": "failed", "unknown": "unknown"}[answer]
    assert (last.state, last.person_id, last.fields) == (ended, None, {})
    assert (tried.outcome, tried.said) == (LATE[answer].kind, "")
    assert postman(traces, transport).round() == 0, "nothing is tried a second time"


def test_a_letter_that_reaches_the_practice_inbox_after_her_is_thrown_away(traces, monkeypatch):
    traces.story.sign_up(ADDRESS, first_name="Unheard-of-Name")
    traces.story.confirm(ADDRESS, work=False)
    person = traces.story.person(ADDRESS)
    inbox = traces.story.rounds.postman.transport
    send = inbox.send

    def slowly(envelope: Any, message: bytes) -> Any:
        traces.erase(person.id)
        return send(envelope, message)

    monkeypatch.setattr(inbox, "send", slowly)
    traces.story.rounds.until_idle()
    traces.database.settle()
    assert states(traces) == {"sent": 2}
    assert traces.found() == []


def test_a_letter_that_is_being_written_is_not_handed_over(traces):
    traces.story.sign_up(ADDRESS)
    traces.story.confirm(ADDRESS, work=False)
    person = traces.story.person(ADDRESS)
    traces.story.rounds.admit()
    traces.story.rounds.queue()
    transport = Answering()
    sender = postman(traces, transport)
    render = sender.render

    def slowly(letter: str, fields: Any) -> Any:
        traces.erase(person.id)
        return render(letter, fields)

    sender.render = slowly
    sender.round()
    assert transport.handed == []
    assert states(traces) == {"sent": 1, "canceled": 1}


def postman(traces: Traces, transport: Any) -> Postman:
    return replace(traces.story.rounds.postman, transport=transport)


def test_a_number_that_was_hers_is_nobody_else_s_ever(traces):
    """Her old links carry it, and so do the keys by which a letter goes out once."""
    person = traces.live()
    with traces.database.reading() as session:
        way = session.scalars(select(Enrollment.id)).one()
    traces.erase(person.id)
    traces.story.sign_up("reader@example.com")
    traces.story.confirm("reader@example.com")
    assert traces.story.person("reader@example.com").id > person.id
    with traces.database.reading() as session:
        assert session.scalars(select(Enrollment.id)).one() > way
    assert traces.story.subjects("reader@example.com") == ["The first letter"]


def test_she_may_come_back_and_be_erased_again(traces):
    for _ in range(2):
        person = traces.live()
        traces.erase(person.id)
        assert traces.found() == []
    vault = traces.story.house.vault
    with traces.database.reading() as session:
        assert session.scalars(select(Mailbox.fingerprint)).all() == [vault.fingerprint(KEY)] * 2


def test_a_sign_up_that_waited_for_the_erasure_begins_anew(traces):
    """It had found her mailbox, then waited for the lock: the row it gets must have an address."""
    person = traces.live()
    house = traces.story.house
    started, ended = threading.Event(), threading.Event()

    def sign_up() -> None:
        started.set()
        with house.database.writing.begin() as session:
            signup.request(session, SignUp(ADDRESS), house.links, house.clock.now())
        ended.set()

    other = threading.Thread(target=sign_up)
    with house.database.writing.begin() as session:
        erasing.erase(session, person.id, house.vault, house.clock.now())
        other.start()
        started.wait(10)
        assert not ended.wait(0.3)
    other.join(30)
    assert ended.is_set()
    assert traces.story.person(ADDRESS).mailbox_id != person.mailbox_id


def test_an_old_confirm_link_leads_to_nobody(traces):
    person = traces.live()
    house = traces.story.house
    token = house.links.sign(Purpose.CONFIRM, person.mailbox_id, person.id)
    traces.erase(person.id)
    with pytest.raises(signup.ConfirmRefused):
        traces.story.confirm_by(token)


def test_erasing_locks_the_mailbox_before_it_looks_again(traces, monkeypatch):
    """Somebody who moves meanwhile is not half erased: it is refused, and may be tried again."""
    person = traces.live()
    now = traces.story.clock.now()
    lock = mailboxes.lock

    def moving_meanwhile(session: Any, ids: Any) -> None:
        lock(session, ids)
        newer = mailboxes.find_or_add(session, "newer@example.com", "newer@example.com", now)
        session.execute(update(Subscriber).values(mailbox_id=newer.id))

    monkeypatch.setattr(mailboxes, "lock", moving_meanwhile)
    with pytest.raises(Refused, match="please try again"), traces.database.writing.begin() as session:
        erasing.erase(session, person.id, traces.story.house.vault, now)
    assert traces.story.person(ADDRESS).id == person.id
