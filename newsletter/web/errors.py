"""Which failure becomes which page: one table. What went wrong is logged by kind and place, never with a value."""

from __future__ import annotations

from dataclasses import dataclass
from traceback import extract_tb

import structlog
from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from newsletter.audience.datalinks import LinkUsed
from newsletter.audience.moving import MoveRefused
from newsletter.audience.signup import ConfirmRefused
from newsletter.db import DatabaseUnusable
from newsletter.errors import NotFound, Refused
from newsletter.links import LinkDamaged, LinkLapsed

log = structlog.get_logger("newsletter.web")


@dataclass(frozen=True)
class Answer:
    """One calm page: what happened, and what to do about it. An empty `line` takes the failure's own."""

    status: int
    title: str
    line: str


TRY_LATER = "Nothing was changed. Try again in a minute."
BUSY = Answer(503, "One moment, please", f"We cannot reach our records just now. {TRY_LATER}")
BROKEN = Answer(500, "That was our mistake", f"Something went wrong here, and it was noted. {TRY_LATER}")
STALE = "This page was open for long, or your browser keeps no cookies. Go back, reload it, and press again."

# The first class that fits, from top to bottom.
FAILURES: tuple[tuple[type[Exception], Answer], ...] = (
    (
        LinkDamaged,
        Answer(404, "This link is not complete", "Copy all of it, or use the newest e-mail from us."),
    ),
    (
        LinkLapsed,
        Answer(410, "This link is no longer good", "It was good for a limited time, which is over."),
    ),
    (ConfirmRefused, Answer(410, "This link has done its work", "")),
    (MoveRefused, Answer(410, "Your letters stay where they are", "")),
    (LinkUsed, Answer(410, "This link was used already", "")),
    (DatabaseUnusable, BUSY),
    # Not every DBAPIError: a broken constraint is our mistake, not the database's absence.
    (OperationalError, BUSY),
    (InterfaceError, BUSY),
    (ProgrammingError, BUSY),
    (PoolTimeout, BUSY),
    (CSRFError, Answer(400, "Please press once more", STALE)),
    (NotFound, Answer(404, "This page does not exist", "")),
    (Refused, Answer(400, "That cannot be done", "")),
)
STATUSES = {
    400: Answer(400, "We could not read that", "Go back, reload the page, and try again."),
    401: Answer(401, "The studio is closed", "Open it with the one-time link that was printed at the start."),
    404: Answer(404, "This page does not exist", "The address may have lost its end. Copy all of it."),
    405: Answer(405, "This page cannot be used that way", "Open it in a browser, and use its button."),
    410: Answer(410, "This link was used already", "It works once. Start the program again for a new one."),
    413: Answer(413, "That was too much at once", "Send less, and it will work."),
    429: Answer(429, "Too many at once", "Wait a few minutes, then try again."),
}


def answer_failures(app: Flask) -> None:
    """Every failure ends here."""
    app.register_error_handler(Exception, _answer)


def _answer(failure: Exception) -> ResponseReturnValue:
    answer = _known(failure)
    if answer.status >= 500:
        _note(failure)
    own = failure.line if isinstance(failure, Refused) else ""
    return _page(answer, answer.line or own[:1].upper() + own[1:], failure)


def _known(failure: Exception) -> Answer:
    for kind, answer in FAILURES:
        if isinstance(failure, kind):
            return answer
    if isinstance(failure, HTTPException):
        code = failure.code or 500
        return STATUSES.get(code) or (BUSY if code == 503 else STATUSES[400] if code < 500 else BROKEN)
    return BROKEN


def _page(answer: Answer, line: str, failure: Exception) -> ResponseReturnValue:
    headers = {"Retry-After": "60"} if answer.status in {429, 503} else {}
    if isinstance(failure, HTTPException) and failure.code == 405:
        headers["Allow"] = dict(failure.get_headers()).get("Allow", "GET")
    if wants_json():
        return jsonify(error=line or answer.title), answer.status, headers
    return render_template("site/message.html", title=answer.title, line=line), answer.status, headers


def wants_json() -> bool:
    """Whether a program asked: it sent JSON, or prefers it."""
    accepted = request.accept_mimetypes
    return request.is_json or accepted.best_match(("text/html", "application/json")) == "application/json"


def _note(failure: Exception) -> None:
    """The kind and the place only: a database driver's message repeats the values, addresses among them."""
    place = extract_tb(failure.__traceback__)[-1] if failure.__traceback__ else None
    log.error(
        "request failed",
        kind=type(failure).__name__,
        endpoint=request.endpoint,
        place=f"{place.filename}:{place.lineno}" if place else None,
    )
