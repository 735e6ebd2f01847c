"""One request, one transaction: a view that returns commits, a view that raises rolls back.

Reading requests get a session that cannot write (on SQLite the database itself refuses), so a GET or a HEAD changes
nothing, whoever wrote the view.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from flask import Flask, current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from newsletter import stored
from newsletter.audience import wordings
from newsletter.audience.wordings import Parts
from newsletter.house import House

P = ParamSpec("P")
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def house() -> House:
    """The open installation that this application serves, the clinic as the studio has it at this request."""
    return cast("House", g.get("house") or as_started())


def as_started() -> House:
    """The same as the environment alone has it, whatever was decided in the studio."""
    return cast("House", current_app.extensions["newsletter"])


def said() -> dict[str, Parts]:
    """What people agree to, in the words of this request: text by text, part by part. For visitors' pages only."""
    return cast("dict[str, Parts]", g.said)


def read_decisions(app: Flask) -> None:
    """Read once for each request what was decided in the studio: a changed telephone number needs no restart."""

    def read() -> None:
        if request.blueprint == "health" or request.endpoint == "static":
            return
        try:
            with as_started().database.reading() as session:
                g.house = as_started().as_decided(session)
                if request.blueprint == "site":
                    g.said = wordings.said(stored.get(session, wordings.STORED))
        except DBAPIError:
            if request.endpoint is not None:  # that a page does not exist is said without a database, too
                raise

    app.before_request(read)


def in_transaction(
    view: Callable[Concatenate[Session, P], ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Give `view` a session as its first argument, for exactly as long as it runs."""

    @wraps(view)
    def with_session(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        database = house().database
        factory = database.reading if request.method in READING else database.writing
        with factory.begin() as session:
            return view(session, *args, **kwargs)

    return with_session
