"""What stood in e-mails is forgotten when its time is over; that they were sent is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from newsletter import bookmarks
from newsletter.delivery import mailboxes, retention
from newsletter.delivery.models import ENDED, OPEN, Attempt, Delivery, Mailbox, PracticeLetter
from tests.delivery.office import READER, Office

SERVER = "550 5.1.1 <reader@example.com> user unknown"


def ended(office: Office, state: str = "sent", reason: str | None = None, **facts: Any) -> int:
    """A letter that rests in `state`, with what a server said of it; returns its number."""
    number = office.put(**{"person_id": 7, "fields": {"first_name": "reader"}, **facts})
    office.force(number, state=state, reason=reason)
    with office.database.writing.begin() as session:
        said = {
            "delivery_id": number,
            "epoch": 1,
            "at": office.clock.now(),
            "outcome": "accepted",
            "said": SERVER,
        }
        session.execute(insert(Attempt), [said])
    return number


def empty_old(office: Office, days: float = 365, limit: int = 1_000) -> int:
    before = office.clock.now() - timedelta(days=days)
    with office.database.writing.begin() as session:
        waits = retention.any_old(session, before)
        done = retention.empty_old(session, before, limit)
        assert waits == bool(done)
        return done


def said(office: Office, number: int) -> list[str]:
    with office.database.reading() as session:
        return list(session.scalars(select(Attempt.said).where(Attempt.delivery_id == number)))


def practice(office: Office, recipient: str = READER) -> None:
    with office.database.writing.begin() as session:
        session.add(
            PracticeLetter(
                recipient=recipient,
                sender="letters@clinic.example",
                subject="A letter",
                stream="marketing",
                received_at=office.clock.now(),
                raw=b"To: somebody\r\n\r\nHello",
            )
        )


def recipients(office: Office) -> list[str]:
    with office.database.reading() as session:
        return list(session.scalars(select(PracticeLetter.recipient).order_by(PracticeLetter.id)))


def test_an_old_letter_loses_what_stood_in_it_and_keeps_what_is_counted(office):
    number = ended(office)
    before = office.row(number)
    office.clock.advance(days=366)
    assert empty_old(office) == 1
    after = office.row(number)
    assert (after.fields, said(office, number)) == ({}, [""])
    for name in ("state", "person_id", "mailbox_id", "campaign", "letter", "created_at", "tries"):
        assert getattr(after, name) == getattr(before, name), name


def test_a_day_too_soon_it_keeps_everything(office):
    number = ended(office)
    office.clock.advance(days=364)
    assert empty_old(office) == 0
    assert office.row(number).fields == {"first_name": "reader"}
    assert said(office, number) == [SERVER]


@pytest.mark.parametrize("state", ENDED)
def test_of_reasons_only_our_own_words_stay(office, state):
    number = ended(office, state, "words")
    office.clock.advance(days=366)
    empty_old(office)
    ours = {"skipped", "canceled", "superseded", "unknown", "poison"}
    assert office.row(number).reason == ("words" if state in ours else None)


@pytest.mark.parametrize("state", OPEN)
def test_a_letter_that_has_not_ended_holds_up_those_behind_it(office, state):
    first, second = ended(office, state), ended(office)
    office.clock.advance(days=366)
    assert empty_old(office) == 0
    assert office.row(second).fields
    office.force(first, state="canceled")
    assert empty_old(office) == 2


def test_the_walk_goes_on_where_it_was_left_and_never_looks_back(office):
    numbers = [ended(office) for _ in range(5)]
    office.clock.advance(days=366)
    assert [empty_old(office, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    with office.database.reading() as session:
        assert bookmarks.read(session, "bodies") == numbers[-1]
    office.force(numbers[0], fields={"first_name": "late"})
    assert empty_old(office) == 0


def test_the_walk_stops_at_the_first_letter_that_is_young(office):
    old = ended(office)
    office.clock.advance(days=366)
    young = ended(office)
    assert empty_old(office) == 1
    assert (office.row(old).fields, office.row(young).fields) == ({}, {"first_name": "reader"})


def test_emptied_for_nobody_it_names_nobody(office):
    number, other = ended(office), ended(office, person_id=8)
    with office.database.writing.begin() as session:
        assert retention.empty(session, Delivery.person_id == 7, nobody=True) == 1
    assert office.row(number).person_id is None
    assert office.row(other).person_id == 8
    assert said(office, other) == [SERVER]


def test_a_letter_queued_for_somebody_while_she_was_erased_is_emptied_and_canceled(office):
    number, other = (
        office.put(person_id=7, fields={"first_name": "reader"}),
        office.put("other@example.com", person_id=8),
    )
    with office.database.writing.begin() as session:
        assert not retention.any_stray(session)
        mailboxes.bury(session, office.row(number).mailbox_id, "a fingerprint")
    with office.database.writing.begin() as session:
        assert retention.any_stray(session)
        assert retention.empty_strays(session, 10) == 1
        assert not retention.any_stray(session)
    stray = office.row(number)
    assert (stray.state, stray.reason, stray.person_id, stray.fields) == ("canceled", "erased", None, {})
    assert office.row(other).state == "queued"


def test_practice_letters_go_after_a_year_the_first_ones_first(office):
    practice(office, "first@example.com")
    office.clock.advance(days=1)
    practice(office, "second@example.com")
    office.clock.advance(days=364)
    before = office.clock.now() - timedelta(days=364)
    with office.database.writing.begin() as session:
        assert retention.any_old_practice(session, before)
        assert retention.forget_old_practice(session, before, 10) == 1
        assert not retention.any_old_practice(session, before)
        assert retention.forget_old_practice(session, before, 10) == 0
    assert recipients(office) == ["second@example.com"]


def test_practice_letters_go_in_slices(office):
    for _ in range(3):
        practice(office)
    office.clock.advance(days=1)
    gone = []
    for _ in range(3):
        with office.database.writing.begin() as session:
            gone.append(retention.forget_old_practice(session, office.clock.now(), 2))
    assert gone == [2, 1, 0]


@pytest.mark.parametrize(
    ("address", "envelope"),
    [
        (READER, READER),
        ("reader@bücher.example", "reader@xn--bcher-kva.example"),
        ("odd address", "odd address"),
    ],
)
def test_the_practice_letters_of_one_address_go_however_the_envelope_spelled_it(office, address, envelope):
    practice(office, envelope)
    practice(office, "somebody.else@example.com")
    with office.database.writing.begin() as session:
        assert retention.forget_practice_of(session, address) == 1
    assert recipients(office) == ["somebody.else@example.com"]


def test_a_buried_mailbox_has_no_address_and_a_key_of_its_own(office):
    first, second = office.mailbox(READER), office.mailbox("other@example.com")
    with office.database.writing.begin() as session:
        for number in (first, second):
            assert not mailboxes.is_buried(session, number)
            mailboxes.bury(session, number, None)
            assert mailboxes.is_buried(session, number)
        rows = session.execute(select(Mailbox.address, Mailbox.address_key).order_by(Mailbox.id)).all()
    assert rows == [("", f"erased:{first}"), ("", f"erased:{second}")]
    assert office.mailbox(READER) not in {first, second}, "whoever comes again gets a row of her own"
