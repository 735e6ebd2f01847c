"""Several visitors at the same moment: one address is one person, and the limits count for all together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from threading import Barrier

import pytest
from sqlalchemy import func, select

from newsletter.audience import letters, signup
from newsletter.audience.models import Consent, Subscriber, Subscription, Wording
from newsletter.audience.signup import SignUp
from newsletter.clock import FrozenClock
from newsletter.db import open_database
from newsletter.delivery.models import Delivery, Mailbox
from newsletter.limits import Limit
from tests.audience.desk import READER, Desk, open_desk

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
VISITORS = 8


def together(work, many=VISITORS):
    """Run `work(number)` in `many` threads that start at one moment; the results in order, failures raised."""
    start = Barrier(many)

    def run(number):
        start.wait()
        return work(number)

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run, range(many)))


def counts(desk, *tables):
    with desk.database.reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) for table in tables]


def test_one_address_signed_up_by_many_at_once_is_one_person_with_one_letter(desk):
    asked = together(lambda number: desk.ask(topics=(("tips", "news", "resources")[number % 3],)))
    assert len({each.mailbox_id for each in asked}) == 1
    assert counts(desk, Mailbox, Subscriber, Subscription, Delivery, Wording) == [1, 1, 3, 1, 1]
    assert counts(desk, Consent) == [VISITORS]
    assert desk.card()["topics"] == ["resources", "tips", "news"]


def test_a_known_address_typed_by_many_at_once_gets_one_more_letter(desk):
    desk.ask()
    desk.clock.advance(minutes=5)
    together(lambda number: desk.ask(ip=f"198.51.100.{number}"))
    assert desk.letters() == ["confirm", "confirm"]


def test_send_again_pressed_by_many_at_once_sends_one(desk):
    asked = desk.ask()
    desk.clock.advance(minutes=5)
    assert sum(together(lambda _: desk.again(asked.mailbox_id))) == 1
    assert desk.letters() == ["confirm", "confirm"]


def test_many_taps_at_once_are_one_confirmation(desk):
    desk.ask()
    taps = together(lambda _: desk.tap())
    assert sorted(each.first_time for each in taps) == [False] * (VISITORS - 1) + [True]
    assert desk.person().arrivals == 1
    assert [act for act, _ in desk.acts()] == ["requested", "confirmed"]


def test_the_total_holds_when_many_ask_at_once(desk, monkeypatch):
    monkeypatch.setattr(letters, "IN_TOTAL", Limit("sign-up-total", 3, timedelta(hours=1)))
    together(lambda number: desk.ask(f"reader{number}@example.com", ip=f"198.51.100.{number}"))
    assert counts(desk, Subscriber, Delivery) == [VISITORS, 3]


def ask_from_another_process(url, number):
    """What a second web process does."""
    database = open_database(url)
    try:
        desk = Desk(database, FrozenClock(NOW), signup.Links("https://letters.clinic.example", ("k" * 40,)))
        for turn in range(16):
            desk.ask(f"reader{number}-{turn}@example.com", ip="198.51.100.7")
        desk.ask(READER, ip=f"198.51.100.{number + 10}")
    finally:
        database.close()


@pytest.mark.slow
def test_the_limits_hold_across_processes(database_url):
    database = open_database(database_url)
    desk = open_desk(database, FrozenClock(NOW))
    spawn = get_context("spawn")
    processes = [
        spawn.Process(target=ask_from_another_process, args=(database_url, number)) for number in range(2)
    ]
    try:
        for process in processes:
            process.start()
        for process in processes:
            process.join(60)
        assert [process.exitcode for process in processes] == [0] * 2
        assert counts(desk, Subscriber) == [33]
        assert desk.letters(READER) == ["confirm"]
        assert counts(desk, Delivery) == [31], (
            "thirty from one visitor, and the one letter to the shared address"
        )
    finally:
        database.close()


def test_a_sign_up_whose_commit_never_comes_leaves_nothing(desk):
    with desk.database.writing() as session:  # closed without a commit: power cut
        signup.request(session, SignUp(READER), desk.links, desk.clock.now())
    assert counts(desk, Mailbox, Subscriber, Subscription, Consent, Delivery) == [0] * 5
