"""The database: typed Base, aware instants, and two session factories, one that reads and one that writes.

SQLite runs in WAL with `synchronous=FULL` (NORMAL may lose acknowledged commits when power fails). Its writing
transactions open with `BEGIN IMMEDIATE`: a deferred BEGIN that reads first and writes later fails with "database is
locked" at once, whatever the busy timeout says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Dialect,
    Engine,
    Integer,
    MetaData,
    create_engine,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import DateTime, TypeDecorator

from newsletter.errors import Refused

BUSY_MILLISECONDS = 10_000
SETTLE_MILLISECONDS = 500
CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class DatabaseUnusable(Refused):
    """The database cannot be opened, is locked, or is of another version."""


class UTCDateTime(TypeDecorator[datetime]):
    """An instant. Naive values are refused on the way in; values come back aware, in UTC, from every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse what has no offset; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime reached the database: {value!r}; give it a zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite hands back naive values: they are UTC by construction."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Rows of such a table are deleted, and their numbers stand in mailed links and in keys that must never fit somebody
# else. PostgreSQL gives no number twice; SQLite, unless told so, gives the last one again.
NEVER_AGAIN: dict[str, Any] = {"sqlite_autoincrement": True}

# SQLite numbers rows by itself only where the type is exactly INTEGER.
Id = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    """Every table's parent."""

    metadata = MetaData(naming_convention=CONVENTION)
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads it from the class)
        datetime: UTCDateTime,
        int: Id,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }

    def __repr__(self) -> str:
        """The class and the row's number: never an address or a name."""
        return f"<{type(self).__name__} {getattr(self, 'id', None)}>"


@dataclass(frozen=True)
class Database:
    """An open database. `reading` sessions cannot write on SQLite; `writing.begin()` commits when it returns."""

    url: str
    engine: Engine
    reading: sessionmaker[Session]
    writing: sessionmaker[Session]

    @property
    def on_sqlite(self) -> bool:
        """Whether this is the one-file database."""
        return self.engine.dialect.name == "sqlite"

    def settle(self) -> bool:
        """Write SQLite's log into the file and empty it, so that what was erased is in neither; True when it was done.

        Best effort: a reader that is at it keeps the log, and the next call has it. PostgreSQL has VACUUM for this.
        """
        if not self.on_sqlite:
            return True
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            # It keeps writers out while it waits for readers.
            cursor.execute(f"PRAGMA busy_timeout = {SETTLE_MILLISECONDS}")
            busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() or (1,)
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
            return not busy
        finally:
            connection.close()

    def close(self) -> None:
        """Give every connection back."""
        self.engine.dispose()
        bound = self.reading.kw["bind"]
        if bound is not self.engine:
            bound.dispose()


def open_database(url: str) -> Database:
    """Open `url` (SQLite, or PostgreSQL through psycopg 3). Raises DatabaseUnusable for a URL that names neither.

    Nothing is connected yet: the first session is.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as broken:
        raise DatabaseUnusable(
            "NEWSLETTER_DATABASE_URL is not a database URL; right would be sqlite:///var/newsletter.db or "
            "postgresql://user@host/name"
        ) from broken
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        writer, reader = (
            _sqlite(url, "BEGIN IMMEDIATE"),
            _sqlite(url, "BEGIN", read_only=True),
        )
        return Database(url, writer, _sessions(reader), _sessions(writer))
    if backend == "postgresql":
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            # Whatever the server's default is: above it the gate keeps a snapshot from before it waited.
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=10,
            hide_parameters=True,  # a failure's text may end in a log: no addresses in it
        )
        return Database(url, engine, _sessions(engine), _sessions(engine))
    raise DatabaseUnusable(f"“{backend}” is not supported; right would be sqlite:///… or postgresql://…")


def insert_new(
    session: Session,
    table: Any,
    rows: Sequence[Mapping[str, Any]],
    *,
    returning: Any = None,
) -> list[Any]:
    """Insert `rows`, leaving out those that a unique constraint knows already; returns the chosen column of new ones.

    One statement on both databases, so that two processes doing the same make one row.
    """
    if not rows:
        return []
    dialect = session.get_bind().dialect.name
    build: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement = build(table).on_conflict_do_nothing()
    column = returning if returning is not None else table.id
    return list(session.scalars(statement.returning(column), rows))


def readable(failure: DBAPIError) -> DatabaseUnusable:
    """Turn a driver's failure into one line for a person."""
    text = str(failure.orig).splitlines()[0] if failure.orig else str(failure)
    if "database is locked" in text:
        return DatabaseUnusable("the database is locked by another process; try again in a moment")
    if "no such table" in text or "does not exist" in text:
        return DatabaseUnusable("the database has no tables yet; run `newsletter migrate`")
    if "disk is full" in text or "No space left" in text:
        return DatabaseUnusable("the disk is full: nothing was changed; make room and try again")
    if "readonly database" in text:
        return DatabaseUnusable("the database may not be written by this user; check the owner of its folder")
    if "unable to open database file" in text:
        return DatabaseUnusable(
            "the database file cannot be opened; check that its folder exists and may be written"
        )
    if isinstance(failure, OperationalError):
        return DatabaseUnusable(f"the database did not answer: {text}")
    return DatabaseUnusable(f"the database refused: {text}")


def _sessions(engine: Engine) -> sessionmaker[Session]:
    return sessionmaker(engine, expire_on_commit=False)


def _sqlite(url: str, begin: str, *, read_only: bool = False) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=10,
        max_overflow=20,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "timeout": BUSY_MILLISECONDS / 1000},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        if read_only:
            cursor.execute("PRAGMA query_only = ON")
        else:
            cursor.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten, not only let go
        cursor.close()

    @event.listens_for(engine, "begin")
    def open_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
