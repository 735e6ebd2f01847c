"""A lease lasts as long as its holder lives, and no longer."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from newsletter.clock import Clock, SystemClock
from newsletter.delivery.renewing import renewing
from newsletter.delivery.transports import Outcome
from tests.delivery.office import ACCEPTED, Answering, Office
from tests.servers.acts import until


@dataclass
class RealMachine(SystemClock):
    """The story stands still, the machine runs."""

    story: Clock

    def now(self) -> datetime:
        return self.story.now()


@pytest.fixture
def running(office: Office) -> RealMachine:
    return RealMachine(office.clock)


def test_leases_are_renewed_during_a_long_conversation(office: Office, running: RealMachine):
    """The server answers long after the first lease has lapsed; nobody may take the letter, nor those that wait."""
    numbers, lease = [office.put(), office.put()], timedelta(seconds=1)
    other = office.postman(name="two", clock=running)

    def at_last() -> Outcome:
        granted = [office.row(number).lease_until for number in numbers]
        until(lambda: running.machine() > max(granted) + lease)
        assert other.round() == 0
        return ACCEPTED

    assert office.postman(Answering([at_last, ACCEPTED]), clock=running, lease=lease).round() == 2
    assert office.states(numbers) == ["sent", "sent"]
    assert [office.row(number).crashes for number in numbers] == [0, 0]


def test_what_a_broken_round_left_behind_is_not_kept_alive_by_the_next(office: Office, running: RealMachine):
    left, held_on = office.put(), office.put()
    office.claim("one", limit=1)
    lapses = office.row(left).lease_until

    mine = office.claim("one")
    granted = office.row(held_on).lease_until
    with renewing(office.database, running, mine, timedelta(seconds=0.1)):
        until(lambda: office.row(held_on).lease_until > granted)
    assert office.row(left).lease_until == lapses


def test_holding_nothing_costs_no_thread(office: Office, running: RealMachine):
    before = threading.active_count()
    with renewing(office.database, running, [], timedelta(seconds=1)):
        assert threading.active_count() == before


def test_a_renewal_that_fails_is_tried_again(office: Office, running: RealMachine):
    number, failures = office.put(), [2]
    mine = office.claim()

    @event.listens_for(office.database.engine, "before_cursor_execute")
    def gone(_connection, _cursor, statement: str, *_more) -> None:
        if failures[0] and statement.startswith("UPDATE"):
            failures[0] -= 1
            raise OperationalError(statement, {}, Exception("the database went away"))

    granted = office.row(number).lease_until
    with renewing(office.database, running, mine, timedelta(seconds=0.1)):
        until(lambda: office.row(number).lease_until > granted)
    assert failures == [0]
