"""The schema moves up and down on both databases, and a filled one loses nothing that it should keep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Boolean, Date, DateTime, column, func, inspect, select, text
from sqlalchemy import table as sql_table
from sqlalchemy.types import JSON, LargeBinary

from newsletter import migrating
from newsletter.db import DatabaseUnusable, UTCDateTime, open_database
from newsletter.models import Base

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WORDS = {
    "state": {
        "subscriptions": "confirmed",
        "deliveries": "queued",
        "sequences": "on",
        "enrollments": "active",
        "broadcasts": "draft",
        "campaign_drafts": "open",
    },
    "stream": {"deliveries": "marketing", "consents": "marketing", "practice_letters": "marketing"},
    "act": {"consents": "requested"},
    "scope": {"suppressions": "all"},
    "kind": {"sequences": "marketing", "holds": "break", "events": "opened"},
    "origin": {"campaign_drafts": "import"},
    "role": {"staff": "owner"},
}


def value(table, column, number):
    """Something that the column and its constraints accept."""
    if column.foreign_keys:
        return number
    if table.name in WORDS.get(column.name, {}):
        return WORDS[column.name][table.name]
    kind = column.type
    if isinstance(kind, UTCDateTime | DateTime):
        return NOW + timedelta(minutes=number)
    for types, made in (
        (Date, NOW.date()),
        (Boolean, True),
        (JSON, {"row": number}),
        (LargeBinary, b"\x00\xff"),
    ):
        if isinstance(kind, types):
            return made
    return number if kind.python_type is int else f"{column.name[:8]}{number}"


def fill(database, rows=3):
    """A few rows in every table that is there, each of its columns given."""
    there = {
        name: {each["name"] for each in inspect(database.engine).get_columns(name)}
        for name in tables(database)
    }
    with database.writing.begin() as session:
        for table in Base.metadata.sorted_tables:
            columns = [each for each in table.columns if each.name in there.get(table.name, ())]
            # Named anew: the models' own would add the defaults of columns that are not there yet.
            then = sql_table(table.name, *(column(each.name, each.type) for each in columns))
            for number in range(1, rows + 1) if columns else ():
                session.execute(then.insert().values({c.name: value(table, c, number) for c in columns}))


def counted(database):
    there = tables(database)
    with database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table))
            for table in Base.metadata.sorted_tables
            if table.name in there
        }


def tables(database):
    return set(inspect(database.engine).get_table_names())


def test_from_nothing_to_the_newest_and_back(empty_database):
    assert migrating.current(empty_database) is None
    assert migrating.migrate(empty_database) == migrating.head() == migrating.current(empty_database)
    assert set(Base.metadata.tables) <= tables(empty_database)
    assert migrating.migrate(empty_database, "base") is None
    assert tables(empty_database) <= {"alembic_version"}


def test_the_newest_schema_is_what_the_models_say(empty_database):
    migrating.migrate(empty_database)
    with empty_database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_migrating_twice_changes_nothing(database):
    fill(database)
    before = counted(database)
    assert migrating.migrate(database) == migrating.head()
    assert counted(database) == before


def test_a_filled_database_goes_up_down_and_up_and_only_new_tables_lose_their_rows(empty_database):
    """A batch operation with references on would take the rows of other tables with it, silently: all are counted."""
    migrating.migrate(empty_database)
    fill(empty_database)
    before = counted(empty_database)
    assert set(before.values()) == {3}
    assert migrating.migrate(empty_database, "-1") != migrating.head()
    older = tables(empty_database) & set(before)
    with empty_database.reading() as session:
        assert {session.scalar(text(f"SELECT count(*) FROM {name}")) for name in older} <= {3}
    assert migrating.migrate(empty_database) == migrating.head()
    assert counted(empty_database) == {name: 3 if name in older else 0 for name in before}


def test_from_the_bottom_up_again_it_can_be_filled_again(empty_database):
    migrating.migrate(empty_database)
    fill(empty_database)
    before = counted(empty_database)
    assert migrating.migrate(empty_database, "base") is None
    migrating.migrate(empty_database)
    assert set(counted(empty_database).values()) == {0}
    fill(empty_database)
    assert counted(empty_database) == before


def test_after_migrating_sqlite_still_minds_its_references(empty_database):
    """They are off while a migration runs; no connection that was used for one may come back so."""
    migrating.migrate(empty_database)
    if empty_database.on_sqlite:
        for _ in range(12):
            with empty_database.engine.connect() as connection:
                assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_migration_that_would_orphan_rows_is_undone(sqlite_database):
    with sqlite_database.engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql(
            "INSERT INTO attempts (delivery_id, epoch, at, outcome, said) VALUES (99, 1, '2026-03-02', 'sent', '')"
        )
        connection.commit()
        connection.invalidate()
    with pytest.raises(DatabaseUnusable, match="orphan rows of attempts; nothing was changed"):
        migrating.migrate(sqlite_database)


def test_a_database_from_a_newer_version_is_refused_and_left_alone(database):
    with database.writing.begin() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for attempt in (
        migrating.migrate,
        migrating.ensure_current,
        lambda each: migrating.migrate(each, "base"),
    ):
        with pytest.raises(
            DatabaseUnusable, match=r"from a newer version \(schema 9999\); install that version"
        ):
            attempt(database)
    assert migrating.current(database) == "9999"
    assert set(Base.metadata.tables) <= tables(database)


def test_an_older_database_is_told_what_to_run(empty_database):
    with pytest.raises(DatabaseUnusable, match="run `newsletter migrate`"):
        migrating.ensure_current(empty_database)
    migrating.migrate(empty_database)
    migrating.ensure_current(empty_database)


@pytest.mark.parametrize("target", ["nowhere", "9999", "-99", "+99", "base:head", "x" * 1000, "';--"])
def test_an_unknown_revision_is_answered_with_the_known_ones(database, target):
    with pytest.raises(DatabaseUnusable, match=r"right would be head, base or one of .*0001"):
        migrating.migrate(database, target)
    assert migrating.current(database) == migrating.head()


def test_tables_of_somebody_else_are_left_alone(empty_database):
    with empty_database.engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE bookings (id INTEGER)")
        connection.commit()
    migrating.migrate(empty_database)
    migrating.migrate(empty_database, "base")
    assert "bookings" in tables(empty_database)


def test_a_locked_database_is_one_line_and_nothing_moves(sqlite_database, monkeypatch):
    monkeypatch.setattr("newsletter.db.BUSY_MILLISECONDS", 20)  # nobody here waits ten seconds
    hasty = open_database(sqlite_database.url)
    try:
        with sqlite_database.writing.begin() as holder:
            holder.execute(text("SELECT 1"))
            with pytest.raises(DatabaseUnusable, match="locked by another process"):
                migrating.migrate(hasty, "base")
    finally:
        hasty.close()
    assert migrating.current(sqlite_database) == migrating.head()


@pytest.mark.parametrize("table", ["subscribers", "enrollments"])
def test_a_number_that_was_deleted_is_never_given_again(database, table):
    """Erased people's numbers stand in mailed links; an enrollment's stands in the key of its letters."""
    fill(database)
    named = Base.metadata.tables[table]
    with database.writing.begin() as session:
        for other in reversed(Base.metadata.sorted_tables):
            if other.name != table and any(key.column.table.name == table for key in other.foreign_keys):
                session.execute(text("DELETE FROM step_runs"))
                session.execute(other.delete())
        session.execute(named.delete().where(named.c.id == 3))
        if session.get_bind().dialect.name == "postgresql":
            session.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 3)"))
        row = {
            c.name: value(named, c, 2)
            for c in named.columns
            if c.name not in {"id", "entry_key", "signed_up"}
        }
        row |= {"entry_key": "another"} if table == "enrollments" else {"signed_up": False}
        assert session.scalar(named.insert().values(row).returning(named.c.id)) == 4


def test_an_older_database_learns_it_and_keeps_its_rows_and_indexes(empty_database):
    migrating.migrate(empty_database, "0003")
    names = {
        table: {index["name"] for index in inspect(empty_database.engine).get_indexes(table)}
        for table in ("subscribers", "enrollments")
    }
    fill(empty_database)
    before = counted(empty_database)
    migrating.migrate(empty_database)
    assert {name: number for name, number in counted(empty_database).items() if name in before} == before
    for table, those in names.items():
        assert those <= {index["name"] for index in inspect(empty_database.engine).get_indexes(table)}
