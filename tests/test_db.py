"""The database: aware instants only, readers that cannot write, writers that wait for each other."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from threading import Barrier

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError

from newsletter.db import BUSY_MILLISECONDS, DatabaseUnusable, insert_new, open_database, readable
from newsletter.delivery.models import Mailbox
from newsletter.limits import Counter

NOW = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)


def mailbox(number=1, at=NOW):
    key = f"reader{number}@example.com"
    return {"address": key, "address_key": key, "created_at": at}


def test_an_instant_comes_back_aware_and_in_utc(database):
    lord_howe = timezone(timedelta(hours=10, minutes=30))
    with database.writing.begin() as session:
        session.add(Mailbox(**mailbox(at=NOW.astimezone(lord_howe))))
    with database.reading() as session:
        at = session.scalar(select(Mailbox.created_at))
    assert (at, at.utcoffset()) == (NOW, timedelta(0))


def test_instants_of_different_zones_compare_as_instants(database):
    with database.writing.begin() as session:
        session.add(Mailbox(**mailbox(1, NOW.astimezone(timezone(timedelta(hours=14))))))
        session.add(
            Mailbox(**mailbox(2, (NOW + timedelta(hours=1)).astimezone(timezone(timedelta(hours=-11)))))
        )
    with database.reading() as session:
        since = NOW.astimezone(timezone(timedelta(hours=5, minutes=45))) + timedelta(minutes=30)
        assert session.scalars(select(Mailbox.address).where(Mailbox.created_at > since)).all() == [
            "reader2@example.com"
        ]


def test_a_naive_datetime_is_refused_on_the_way_in(database):
    with pytest.raises(StatementError, match="naive"), database.writing.begin() as session:
        session.add(Mailbox(**mailbox(at=datetime(2026, 3, 2, 9, 30))))
    with pytest.raises(StatementError, match="naive"), database.reading() as session:
        session.scalar(select(Mailbox.id).where(Mailbox.created_at < datetime(2026, 3, 2)))


def test_nothing_is_nothing(database):
    with database.reading() as session:
        assert session.scalar(select(func.max(Mailbox.created_at))) is None


def test_a_writing_session_commits_when_it_returns_and_not_when_it_fails(database):
    with database.writing.begin() as session:
        session.add(Mailbox(**mailbox(1)))

    def fail_after_a_write():
        with database.writing.begin() as session:
            session.add(Mailbox(**mailbox(2)))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_a_write()
    with database.reading() as session:
        assert session.scalars(select(Mailbox.address)).all() == ["reader1@example.com"]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO counters (key, seen, until) VALUES ('a', 1, 'b')",
        "DELETE FROM mailboxes",
        "DROP TABLE counters",
    ],
)
def test_a_reading_session_cannot_write_on_sqlite(sqlite_database, statement):
    with sqlite_database.reading() as session, pytest.raises(OperationalError, match="readonly"):
        session.execute(text(statement))


def test_sqlite_loses_no_acknowledged_commit_and_keeps_its_references(sqlite_database):
    for factory in (sqlite_database.writing, sqlite_database.reading):
        with factory() as session:
            pragmas = {
                name: session.scalar(text(f"PRAGMA {name}"))
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
        assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_a_reader_is_not_kept_waiting_by_a_writer(sqlite_database):
    with sqlite_database.writing.begin() as writer:
        writer.add(Mailbox(**mailbox()))
        writer.flush()
        with sqlite_database.reading() as reader:
            assert reader.scalar(select(func.count()).select_from(Mailbox)) == 0


def test_writers_that_read_first_wait_for_each_other_and_lose_nothing(database):
    """With a deferred BEGIN this fails at once with "database is locked" (read, then write after another's commit)."""
    with database.writing.begin() as session:
        session.add(Counter(key="turns", seen=0, until=NOW))
    start = Barrier(6)

    def count_up(_):
        start.wait()
        for _turn in range(5):
            with database.writing.begin() as session:
                counter = session.scalars(
                    select(Counter).where(Counter.key == "turns").with_for_update()
                ).one()
                counter.seen += 1

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(count_up, range(6)))
    with database.reading() as session:
        assert session.scalar(select(Counter.seen)) == 30


def test_new_rows_are_inserted_and_known_ones_left_alone(database):
    with database.writing.begin() as session:
        first = insert_new(session, Mailbox, [mailbox(1), mailbox(2)])
        second = insert_new(session, Mailbox, [mailbox(2, NOW + timedelta(days=1)), mailbox(3)])
        assert (len(first), len(second)) == (2, 1)
        assert insert_new(session, Mailbox, []) == []
        kept = select(Mailbox.created_at).where(Mailbox.address_key == "reader2@example.com")
        assert session.scalar(kept) == NOW


def test_two_that_insert_the_same_make_one_row(database):
    start = Barrier(4)

    def insert(_):
        start.wait()
        with database.writing.begin() as session:
            return len(insert_new(session, Mailbox, [mailbox()]))

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(insert, range(4))) == [0, 0, 0, 1]


@pytest.mark.parametrize("url", ["mysql://db/newsletter", "nonsense", "", "oracle+cx://x"])
def test_a_url_of_another_kind_is_refused_with_the_right_ones(url):
    with pytest.raises(DatabaseUnusable, match=r"sqlite:///.*postgresql://"):
        open_database(url)


def test_a_row_shows_its_number_and_never_an_address(database):
    with database.writing.begin() as session:
        session.add(Mailbox(**mailbox()))
    with database.reading() as session:
        row = session.scalars(select(Mailbox)).one()
    assert repr(row) == f"<Mailbox {row.id}>"


def failure(work):
    with pytest.raises(DBAPIError) as failed:
        work()
    return readable(failed.value).line


def test_a_locked_database_is_one_line(sqlite_database, monkeypatch):
    monkeypatch.setattr("newsletter.db.BUSY_MILLISECONDS", 20)  # nobody here waits ten seconds
    hasty = open_database(sqlite_database.url)
    try:
        with sqlite_database.writing.begin() as holder:
            holder.execute(text("SELECT 1"))
            line = failure(lambda: hasty.writing().execute(text("SELECT 1")))
    finally:
        hasty.close()
    assert line == "the database is locked by another process; try again in a moment"


def test_a_database_without_tables_says_what_to_do(empty_database):
    def read():
        with empty_database.reading() as session:
            session.scalar(select(Mailbox.id))

    assert failure(read) == "the database has no tables yet; run `newsletter migrate`"


def test_a_server_that_is_not_there_is_one_line(tmp_path):
    database = open_database(f"postgresql://newsletter@/nowhere?host={tmp_path}")
    try:
        line = failure(database.engine.connect)
    finally:
        database.close()
    assert line.startswith("the database did not answer: ")


def test_a_file_that_is_no_database_is_one_line(tmp_path):
    (tmp_path / "letter.txt").write_text("not a database, but a letter " * 100)
    database = open_database(f"sqlite:///{tmp_path / 'letter.txt'}")
    try:
        line = failure(database.engine.connect)
    finally:
        database.close()
    assert "database" in line


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("database or disk is full", "the disk is full: nothing was changed; make room and try again"),
        (
            "could not extend file: No space left on device",
            "the disk is full: nothing was changed; make room and try again",
        ),
        (
            "attempt to write a readonly database",
            "the database may not be written by this user; check the owner of its folder",
        ),
        (
            "unable to open database file",
            "the database file cannot be opened; check that its folder exists and may be written",
        ),
    ],
)
def test_a_driver_s_words_become_a_person_s(words, line):
    assert readable(OperationalError("SELECT", {}, sqlite3.OperationalError(words))).line == line


def test_sqlite_overwrites_what_is_deleted(sqlite_database):
    with sqlite_database.writing.begin() as session:
        assert session.scalar(text("PRAGMA secure_delete")) == 1


def test_settled_the_log_is_empty_and_the_file_holds_everything(sqlite_database, tmp_path):
    with sqlite_database.writing.begin() as session:
        session.execute(text("CREATE TABLE notes (words TEXT)"))
        session.execute(text("INSERT INTO notes VALUES ('a word that can be found')"))
    log = next(tmp_path.glob("*.db-wal"))
    file = tmp_path / log.name.removesuffix("-wal")
    assert b"a word that can be found" in log.read_bytes()
    assert sqlite_database.settle()
    assert log.stat().st_size == 0
    assert b"a word that can be found" in file.read_bytes()
    with sqlite_database.writing.begin() as session:
        session.execute(text("DELETE FROM notes"))
    assert sqlite_database.settle()
    assert b"a word that can be found" not in file.read_bytes() + log.read_bytes()


def test_while_somebody_reads_it_is_not_settled_and_nobody_waits_for_ever(sqlite_database, monkeypatch):
    monkeypatch.setattr("newsletter.db.SETTLE_MILLISECONDS", 20)
    with sqlite_database.reading() as reader:
        reader.execute(text("SELECT * FROM alembic_version")).all()
        with sqlite_database.writing.begin() as session:
            session.execute(text("CREATE TABLE notes (words TEXT)"))
        assert not sqlite_database.settle()
    assert sqlite_database.settle()


def test_settling_leaves_a_connection_as_patient_as_before(sqlite_database):
    for _ in range(12):
        sqlite_database.settle()
        with sqlite_database.writing.begin() as session:
            assert session.scalar(text("PRAGMA busy_timeout")) == BUSY_MILLISECONDS


def test_postgresql_has_nothing_to_settle(postgres_database):
    assert postgres_database.settle()
