"""What `tidy` forgets by itself, in its own time and in short transactions."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from newsletter import bookmarks
from newsletter.audience import erased, letters, subscriptions
from newsletter.audience.letters import Addressee
from newsletter.audience.models import Consent, Hold, Subscriber
from newsletter.delivery import mailboxes, suppression
from newsletter.delivery.models import Attempt, Delivery, Mailbox, PracticeLetter, Suppression
from newsletter.privacy import tidying, unconfirmed
from tests.privacy.traces import ADDRESS, KEY, MARKS

PENDING = "never.answered@example.com"


def tidy(traces: Any, **span: float) -> None:
    traces.story.clock.advance(**span)
    traces.story.rounds.tidy()


def rows(traces: Any, table: Any, *which: Any) -> int:
    with traces.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table).where(*which)) or 0


def ask(traces: Any, address: str = PENDING) -> Any:
    traces.story.sign_up(address, first_name="Never-Answered", ip="203.0.113.88")
    return traces.story.person(address)


def test_a_sign_up_that_nobody_confirmed_is_gone_after_thirty_days(traces):
    ask(traces)
    tidy(traces, days=29)
    assert rows(traces, Subscriber) == 1
    tidy(traces, days=2)
    assert rows(traces, Subscriber) == rows(traces, Consent) == 0
    assert traces.found(["never.answered", "never-answered", "203.0.113.88"]) == []
    with traces.database.reading() as session:
        row = session.scalars(select(Delivery)).one()
        assert (row.state, row.fields, row.person_id) == ("sent", {}, None)


def test_she_agreed_to_nothing_so_no_stop_and_no_hash_is_kept(traces):
    person = ask(traces)
    tidy(traces, days=31)
    assert rows(traces, Suppression) == 0
    with traces.database.reading() as session:
        assert session.get_one(Mailbox, person.mailbox_id).fingerprint is None
    traces.story.sign_up(PENDING)
    traces.story.confirm(PENDING)
    assert traces.story.subjects(PENDING) == ["The first letter"]


def test_an_address_on_the_do_not_mail_list_stays_on_it(traces):
    person = ask(traces)
    with traces.database.writing.begin() as session:
        suppression.suppress(session, person.mailbox_id, "all", "hard bounce", traces.story.clock.now())
    tidy(traces, days=31)
    assert rows(traces, Subscriber) == 0
    with traces.database.reading() as session:
        assert session.get_one(Mailbox, person.mailbox_id).address == PENDING


def test_an_address_that_somebody_shares_stays_for_her(traces):
    person = ask(traces)
    with traces.database.writing.begin() as session:
        now = traces.story.clock.now()
        session.add(Subscriber(mailbox_id=person.mailbox_id, signed_up=False, source="list", created_at=now))
    tidy(traces, days=31)
    assert rows(traces, Subscriber) == 1
    assert rows(traces, Mailbox, Mailbox.address == PENDING) == 1


def test_a_letter_that_still_waits_for_her_is_canceled(traces):
    ask(traces)
    with traces.database.writing.begin() as session:
        session.scalars(select(Delivery)).one().state = "queued"
    tidy(traces, days=31)
    with traces.database.reading() as session:
        row = session.scalars(select(Delivery)).one()
    assert (row.state, row.reason) == ("canceled", "never confirmed")


def test_who_confirmed_stays_however_long_it_is_ago(traces):
    traces.live()
    tidy(traces, days=800)
    assert rows(traces, Subscriber) == rows(traces, Hold) == 1
    assert traces.story.person(ADDRESS).first_name == "Unheard-of-Name"


def test_after_twelve_months_her_traces_and_her_letters_words_are_gone(traces):
    traces.live()
    tidy(traces, days=350)
    assert rows(traces, Consent, Consent.ip.is_not(None)) == 1
    assert rows(traces, PracticeLetter) == 3
    assert rows(traces, Attempt, Attempt.said != "") == 3
    tidy(traces, days=20)
    assert rows(traces, Consent, Consent.ip.is_not(None)) == 0
    assert rows(traces, PracticeLetter) == 0
    assert rows(traces, Attempt, Attempt.said != "") == 0
    assert rows(traces, Consent) == 2
    assert rows(traces, Delivery, Delivery.person_id.is_not(None)) == 3
    kept = {place.partition(":")[0] for place in traces.found(MARKS[:2])}
    assert "deliveries" not in kept
    assert {"subscribers", "mailboxes"} <= kept


def test_a_round_with_nothing_to_forget_writes_nothing(traces, monkeypatch):
    traces.live()

    def work(*_: Any) -> int:
        raise AssertionError("there was nothing to do")

    chores = tuple(chore._replace(work=work) for chore in tidying.CHORES)
    monkeypatch.setattr("newsletter.rounds.CHORES", chores)
    tidy(traces, days=1)


@pytest.mark.parametrize("few", [1, 2])
def test_many_go_in_slices_of_a_few(traces, few):
    for number in range(3):
        ask(traces, f"visitor-{number}@example.com")
    traces.story.clock.advance(days=31)
    gone = []
    for _ in range(4):
        with traces.database.writing.begin() as session:
            gone.append(unconfirmed.forget_people(session, traces.story.clock.now(), few))
    assert sum(gone) == 3
    assert max(gone) == few


def test_who_confirms_between_the_look_and_the_lock_stays(traces, monkeypatch):
    person = ask(traces)
    traces.story.clock.advance(days=31)
    lock = mailboxes.lock

    def confirming_meanwhile(session: Any, ids: Any) -> None:
        lock(session, ids)
        mine = session.get_one(Subscriber, person.id)
        subscriptions.confirm(session, mine, ["tips"], traces.story.clock.now())

    monkeypatch.setattr(mailboxes, "lock", confirming_meanwhile)
    with traces.database.writing.begin() as session:
        assert unconfirmed.forget_people(session, traces.story.clock.now(), 10) == 0
    assert rows(traces, Subscriber) == 1


def ask_to_move(traces: Any, person: Any, address: str) -> int:
    """She asked for her letters to come to `address`; returns the number of that mailbox."""
    now = traces.story.clock.now()
    with traces.database.writing.begin() as session:
        box = mailboxes.find_or_add(session, address, address, now)
        to = Addressee(box.id, person.id)
        letters.new_address(session, to, person.mailbox_id, traces.story.house.links, now)
    traces.story.rounds.until_idle()
    return box.id


def test_an_address_that_she_never_moved_to_is_forgotten_after_thirty_days(traces):
    person = traces.live()
    ask_to_move(traces, person, "a.slip@example.com")
    tidy(traces, days=29)
    assert "mailboxes: a.slip" in traces.found(["a.slip"])
    tidy(traces, days=2)
    assert "mailboxes: a.slip" not in traces.found(["a.slip"])
    assert rows(traces, Suppression, Suppression.reason == "erased") == 0
    assert traces.story.person(ADDRESS).id == person.id


def test_an_address_that_she_moved_to_or_that_must_not_be_mailed_stays(traces):
    person = traces.live()
    moved = ask_to_move(traces, person, "newer@example.com")
    stopped = ask_to_move(traces, person, "stopped@example.com")
    with traces.database.writing.begin() as session:
        session.get_one(Subscriber, person.id).mailbox_id = moved
        suppression.suppress(session, stopped, "all", "hard bounce", traces.story.clock.now())
    tidy(traces, days=31)
    with traces.database.reading() as session:
        kept = session.scalars(select(Mailbox.address).order_by(Mailbox.id)).all()
    assert kept == [ADDRESS, "newer@example.com", "stopped@example.com"]


def test_a_slip_that_was_somebody_else_s_address_is_not_marked_as_erased(traces):
    """Else a list that brings its real owner would be told to leave her out."""
    person = traces.live()
    box = ask_to_move(traces, person, "a.slip@example.com")
    traces.erase(person.id)
    assert traces.found(["a.slip", *MARKS]) == []
    with traces.database.reading() as session:
        assert session.get_one(Mailbox, box).fingerprint is None
        assert erased.erased(session, traces.story.house.vault, ["a.slip@example.com", KEY]) == {KEY}


def test_each_mailbox_is_looked_at_once(traces):
    traces.live()
    tidy(traces, days=31)
    with traces.database.reading() as session:
        assert not unconfirmed.any_address(session, traces.story.clock.now())
        assert bookmarks.read(session, unconfirmed.ORPHANS) == traces.story.person(ADDRESS).mailbox_id
