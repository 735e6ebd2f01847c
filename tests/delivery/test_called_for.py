"""When refusals add up to a stop: the table of what one more refusal calls for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.delivery import recording
from newsletter.delivery.leases import Claimed
from newsletter.delivery.transports import Outcome
from tests.delivery.office import READER, Office

FULL = Outcome("deferred", 452, "4.2.2", "mailbox full", "recipient")
DISABLED = Outcome("refused", 550, "5.2.1", "mailbox disabled", "recipient")
BLOCKED = Outcome("refused", 550, "5.7.1", "blocked for spam", "sender")


def refuse(office: Office, outcome: Outcome, *, days: float = 0, number: int | None = None) -> int:
    """One letter, refused `days` later; returns its number."""
    office.clock.advance(days=days)
    number = number or office.put(READER, expires_at=office.clock.now() + timedelta(days=90))
    office.force(number, state="queued", next_try_at=office.clock.now())
    mine = next(each for each in office.claim() if each.id == number)
    office.force(number, state="handoff")
    _record(office, mine, outcome)
    office.cancel(number)
    return number


def _record(office: Office, mine: Claimed, outcome: Outcome) -> None:
    with office.database.writing.begin() as session:
        recording.record(session, mine, outcome, office.clock.now(), jitter=0.5)


def test_one_letter_to_a_disabled_mailbox_is_no_stop_and_the_second_in_a_week_is(office: Office) -> None:
    refuse(office, DISABLED)
    assert office.stops() == []
    refuse(office, DISABLED, days=6)
    assert office.stops() == [("all", "disabled mailbox")]


def test_two_letters_to_a_disabled_mailbox_more_than_a_week_apart_are_no_stop(office: Office) -> None:
    refuse(office, DISABLED)
    refuse(office, DISABLED, days=8)
    assert office.stops() == []


def test_the_fifth_soft_refusal_on_the_third_day_ends_marketing_only(office: Office) -> None:
    for days in (0, 0, 1, 0):
        refuse(office, FULL, days=days)
        assert office.stops() == []
    refuse(office, FULL, days=1)
    assert office.stops() == [("marketing", "soft bounces")]


@pytest.mark.parametrize(
    ("why", "days"),
    [("all on two days", (0, 0, 0, 1, 0)), ("spread over more than thirty days", (0, 10, 10, 10, 10))],
)
def test_soft_refusals_that_do_not_add_up_are_no_stop(
    office: Office, why: str, days: tuple[int, ...]
) -> None:
    for pause in days:
        refuse(office, FULL, days=pause)
    assert office.stops() == [], why


def test_a_letter_counts_once_however_often_it_was_tried(office: Office) -> None:
    number = refuse(office, FULL)
    for _ in range(6):
        refuse(office, FULL, days=1, number=number)
    assert office.stops() == []


def test_a_refusal_of_the_sender_never_counts_against_the_address(office: Office) -> None:
    for _ in range(6):
        refuse(office, BLOCKED, days=1)
    assert office.stops() == []
