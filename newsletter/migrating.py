"""Bring the schema to a revision, up or down, on either database, without an ini file."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from newsletter import paths
from newsletter.db import Database, DatabaseUnusable, readable


def migrate(database: Database, target: str = "head") -> str | None:
    """Move to `target` (a revision, `head`, `base`, `-1`); returns the revision that the schema now has.

    Raises DatabaseUnusable for an unknown revision, or a database from a newer version of this program.
    """
    script = _config(None)
    try:
        with database.engine.connect() as connection:
            before = _revision(connection)
            _refuse_newer(before)
            if database.on_sqlite:  # batch operations would cascade into children: off before BEGIN
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            script.attributes["connection"] = connection
            goes_down = target == "base" or target.startswith("-") or _is_older(target, before)
            (command.downgrade if goes_down else command.upgrade)(script, target)
            if database.on_sqlite:
                _check_references(connection)
            connection.commit()
            after = _revision(connection)
            connection.rollback()
            if database.on_sqlite:
                connection.invalidate()  # its foreign keys are off: let nobody have it
            return after
    except CommandError as unknown:
        raise DatabaseUnusable(
            f"no revision “{target}”; right would be head, base or one of {_names()}"
        ) from unknown
    except DBAPIError as failure:
        raise readable(failure) from failure


def current(database: Database) -> str | None:
    """The schema's revision; None before the first migration."""
    try:
        with database.reading() as session:
            return _revision(session.connection())
    except DBAPIError as failure:
        raise readable(failure) from failure


def head() -> str | None:
    """The newest revision that this program knows."""
    return ScriptDirectory(str(paths.MIGRATIONS)).get_current_head()


def ensure_current(database: Database) -> None:
    """Raise DatabaseUnusable unless the schema is the one this program was written for."""
    revision = current(database)
    if revision == head():
        return
    _refuse_newer(revision)
    has = "has no tables yet" if revision is None else "is from an older version"
    raise DatabaseUnusable(f"the database {has}; run `newsletter migrate`")


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(paths.MIGRATIONS)).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _names() -> str:
    return ", ".join(script.revision for script in ScriptDirectory(str(paths.MIGRATIONS)).walk_revisions())


def _refuse_newer(revision: str | None) -> None:
    known = {script.revision for script in ScriptDirectory(str(paths.MIGRATIONS)).walk_revisions()}
    if revision is not None and revision not in known:
        raise DatabaseUnusable(
            f"the database is from a newer version (schema {revision}); install that version, or restore a backup"
        )


def _is_older(target: str, present: str | None) -> bool:
    if present is None or target == "head":
        return False
    below = [
        script.revision
        for script in ScriptDirectory(str(paths.MIGRATIONS)).iterate_revisions(present, "base")
    ]
    return target in below[1:]


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise DatabaseUnusable(f"the migration would orphan rows of {broken[0]}; nothing was changed")
