"""Putting and canceling, and from which states a letter can still be called back."""

from __future__ import annotations

import threading

from sqlalchemy import func, select

from newsletter.delivery import queue
from newsletter.delivery.models import ENDED, OPEN, Delivery
from newsletter.delivery.queue import Order
from tests.delivery.office import Office

STILL_OURS = ("queued", "claimed")


def count(office: Office) -> int:
    with office.database.reading() as session:
        return session.scalar(select(func.count(Delivery.id))) or 0


def test_what_is_put_waits_for_its_moment_with_all_that_it_needs(office: Office):
    number = office.put(fields={"first_name": "Visitor 014"}, campaign="welcome", step="hello", occurrence=2)
    row = office.row(number)
    assert (row.state, row.tries, row.crashes, row.epoch) == ("queued", 0, 0, 0)
    assert row.next_try_at == row.send_after == office.clock.now()
    assert (row.campaign, row.step, row.occurrence) == ("welcome", "hello", 2)
    assert row.fields == {"first_name": "Visitor 014"}


def test_the_same_key_makes_one_letter_and_keeps_the_first(office: Office):
    now, mailbox = office.clock.now(), office.mailbox()
    first = Order("one-and-only", "marketing", mailbox, "version:1", {"n": 1}, now, now)
    second = Order("one-and-only", "marketing", mailbox, "version:2", {"n": 2}, now, now)
    with office.database.writing.begin() as session:
        (number,) = queue.put(session, [first, second], now)
        assert queue.put(session, [second], now) == []
    assert count(office) == 1
    assert office.row(number).letter == "version:1"


def test_two_processes_that_put_the_same_make_one(office: Office):
    now, mailbox = office.clock.now(), office.mailbox()
    together, made = threading.Barrier(2), []

    def put() -> None:
        together.wait()
        with office.database.writing.begin() as session:
            order = Order("one-and-only", "marketing", mailbox, "version:1", {}, now, now)
            made.extend(queue.put(session, [order], now))

    threads = [threading.Thread(target=put) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == count(office) == 1


def test_nothing_put_is_nothing_asked(office: Office):
    with office.database.writing.begin() as session:
        assert queue.put(session, [], office.clock.now()) == []


def test_only_what_is_not_being_handed_over_can_be_called_back(office: Office):
    letters = {state: office.put() for state in OPEN + ENDED}
    for state, number in letters.items():
        office.force(number, state=state, reason="as it was")
    assert office.cancel(*letters.values()) == len(STILL_OURS)
    for state, number in letters.items():
        expected = ("canceled", "a test") if state in STILL_OURS else (state, "as it was")
        row = office.row(number)
        assert (row.state, row.reason) == expected


def test_a_newer_letter_may_supersede_an_older_one(office: Office):
    number = office.put()
    assert office.cancel(number, state="superseded") == 1
    assert office.row(number).state == "superseded"


def test_only_what_matches_is_called_back(office: Office):
    meant, other = office.put(), office.put()
    office.cancel(meant)
    assert office.states([meant, other]) == ["canceled", "queued"]
