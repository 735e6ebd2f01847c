"""One request, one transaction: a view that returns commits, a view that raises rolls back.

Reading requests get a session that cannot write (on SQLite the database itself refuses), so a GET or a HEAD changes
nothing, whoever wrote the view.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from flask import current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.house import House

P = ParamSpec("P")
READING = frozenset({"GET", "HEAD", "OPTIONS"})


def house() -> House:
    """The open installation that this application serves."""
    return cast("House", current_app.extensions["newsletter"])


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
