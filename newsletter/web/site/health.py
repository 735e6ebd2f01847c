"""`/health` and `/ready`: for whoever watches the machine. No cookie, no words about people."""

from __future__ import annotations

from flask import jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from newsletter import migrating, pulse
from newsletter.db import DatabaseUnusable
from newsletter.web.transaction import house

OK = "ok"


def process() -> ResponseReturnValue:
    """This process answers."""
    return jsonify(status=OK)


def ready() -> ResponseReturnValue:
    """200 when database, schema and worker are well, else 503 and which is not."""
    found = {"database": _database(), "schema": OK, "worker": OK}
    if found["database"] == OK:
        found["schema"], found["worker"] = _schema(), _worker()
    else:
        found["schema"] = found["worker"] = "unknown"
    well = all(word == OK for word in found.values())
    return jsonify(status="ready" if well else "not ready", **found), 200 if well else 503


def _database() -> str:
    try:
        migrating.current(house().database)
    except (DatabaseUnusable, SQLAlchemyError):
        return "does not answer"
    return OK


def _schema() -> str:
    try:
        migrating.ensure_current(house().database)
    except DatabaseUnusable as other:
        return other.line
    return OK


def _worker() -> str:
    """Whether mail is going out, by the machine's clock."""
    try:
        with house().database.reading() as session:
            seen = pulse.last_beat(session)
            alive = pulse.is_alive(session, house().clock.machine())
    except SQLAlchemyError:
        return "unknown"
    if alive:
        return OK
    return f"last seen {seen.isoformat(timespec='seconds')}" if seen else "never seen"
