"""Counters in the database: every thread and every process counts together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

import pytest
from sqlalchemy import select

from newsletter import limits
from newsletter.db import open_database
from newsletter.limits import Counter, Limit

HOURLY = Limit("tries", 3, timedelta(hours=1))
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def take(database, subject="198.51.100.7", now=NOW, limit=HOURLY):
    with database.writing.begin() as session:
        return limits.take(session, limit, subject, now)


def test_three_go_through_and_the_fourth_does_not(database):
    assert [take(database) for _ in range(5)] == [True, True, True, False, False]
    with database.reading() as session:
        assert limits.used(session, HOURLY, "198.51.100.7", NOW) == 3


def test_the_next_window_starts_from_nothing(database):
    for _ in range(4):
        take(database)
    later = NOW + timedelta(minutes=30)
    assert take(database, now=later - timedelta(seconds=1)) is False
    assert take(database, now=later) is True


def test_subjects_and_limits_count_apart(database):
    once = Limit("once", 1, timedelta(hours=1))
    assert [take(database, subject, limit=once) for subject in ("a", "b", "a")] == [True, True, False]
    other = Limit("another", 1, timedelta(hours=1))
    assert take(database, "a", limit=other) is True


def test_nobody_asked_yet(database):
    with database.reading() as session:
        assert limits.used(session, HOURLY, "nobody", NOW) == 0


def test_a_rollback_gives_the_turn_back(database):
    with database.writing() as session:  # closed without a commit
        assert limits.take(session, HOURLY, "a", NOW)
    with database.reading() as session:
        assert limits.used(session, HOURLY, "a", NOW) == 0


@pytest.mark.parametrize("subject", ["reader@example.com", "198.51.100.7", "", "x" * 10_000, "\x00é😀"])
def test_the_subject_is_not_kept_in_clear(database, subject):
    assert take(database, subject)
    with database.reading() as session:
        (key,) = session.scalars(select(Counter.key))
    assert len(key) <= 80
    assert not subject or subject not in key


def test_a_long_name_fits_its_column(database):
    assert take(database, limit=Limit("n" * 200, 1, timedelta(days=30)))


def test_two_long_names_with_one_beginning_count_apart(database):
    for last in "ab":
        assert take(database, limit=Limit("n" * 50 + last, 1, timedelta(days=1)))


def test_tidy_forgets_what_is_over_and_keeps_what_counts(database):
    take(database, now=NOW - timedelta(hours=2))
    take(database, now=NOW)
    with database.writing.begin() as session:
        limits.tidy(session, NOW)
    with database.reading() as session:
        (until,) = session.scalars(select(Counter.until))
    assert until == datetime(2026, 3, 2, 10, tzinfo=UTC)


def test_it_holds_among_threads(database):
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: take(database), range(24)))
    assert sum(taken) == 3


def take_many(url, results):
    """What another process does."""
    database = open_database(url)
    try:
        results.put(sum(take(database) for _ in range(10)))
    finally:
        database.close()


def test_it_holds_among_processes(database_url):
    spawn = get_context("spawn")
    results = spawn.Queue()
    processes = [spawn.Process(target=take_many, args=(database_url, results)) for _ in range(2)]
    for process in processes:
        process.start()
    through = [results.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert sum(through) == 3


def test_once_is_once_and_is_remembered_until_it_may_be_forgotten(database):
    until = NOW + timedelta(hours=1)
    with database.writing.begin() as session:
        assert limits.once(session, "link", "a", until)
        assert not limits.once(session, "link", "a", until)
        assert limits.once(session, "link", "b", until)
        assert limits.once(session, "proof", "a", until)
    for moment, again in ((NOW, False), (until + timedelta(seconds=1), True)):
        with database.writing.begin() as session:
            limits.tidy(session, moment)
            assert limits.once(session, "link", "a", until) is again


def test_of_two_who_come_at_the_same_time_one_is_first(database):
    def come(_):
        with database.writing.begin() as session:
            return limits.once(session, "link", "a", NOW)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(come, range(8))) == [False] * 7 + [True]


def test_whether_it_was_done_can_be_asked_without_doing_it(database):
    with database.writing.begin() as session:
        assert not limits.is_done(session, "link", "a")
        assert limits.once(session, "link", "a", NOW)
        assert limits.is_done(session, "link", "a")
        assert not limits.is_done(session, "link", "b")
        assert not limits.is_done(session, "proof", "a")
