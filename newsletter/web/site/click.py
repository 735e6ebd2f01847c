"""`/c/<token>/<n>`: to where link n of a letter leads, and the click counted.

The one GET that writes: a number, after the answer has gone out, so that whatever becomes of the count, a reader gets
where she wanted. Where she wanted stands in our own records: nothing of the request is an address.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from newsletter.campaigns import clicking
from newsletter.campaigns.clicking import Clicked
from newsletter.delivery.machines import Look
from newsletter.errors import NotFound
from newsletter.links import LinkDamaged, Purpose
from newsletter.web import visitor
from newsletter.web.transaction import house, in_transaction

log = structlog.get_logger("newsletter.web")


@in_transaction
def show(session: Session, token: str, number: int) -> ResponseReturnValue:
    """On to the page; for a link that is none of ours, a page that says so."""
    try:
        clicked = _find(session, token, number)
    except (LinkDamaged, NotFound):
        return render_template("site/astray.html"), 404
    answer, now = make_response(redirect(clicked.leads)), house().clock.now()
    answer.call_on_close(noted(lambda writing, look: clicking.count(writing, clicked, look, now)))
    return answer


def noted(write: Callable[[Session, Look], None]) -> Callable[[], None]:
    """What to do when the answer is out: `write` in a transaction of its own. A failure is logged, and that is all."""
    database, look = house().database, _look()

    def note() -> None:
        try:
            with database.writing.begin() as session:
                write(session, look)
        except SQLAlchemyError as failure:
            log.warning("a click was not counted", kind=type(failure).__name__)

    return note


def _find(session: Session, token: str, number: int) -> Clicked:
    """The link behind a token of either kind. Raises LinkDamaged, NotFound."""
    links, now, facts = house().links, house().clock.now(), house().settings.clinic.fields()
    try:
        ids = links.read(Purpose.CLICK, token, now)
    except LinkDamaged:
        return clicking.of_letter(session, _name(links.read(Purpose.COUNT, token, now)), number, facts)
    return clicking.of_delivery(session, ids[0], number, facts)


def _name(ids: tuple[int, ...]) -> str:
    """A letter's name, whose bytes are the token's numbers."""
    return bytes(ids).decode()


def _look() -> Look:
    said = request.headers
    ahead = " ".join(
        filter(None, (said.get(name) for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")))
    )
    return Look(request.method, visitor.user_agent() or "", ahead)
