"""`/u/<token>`: stop. The link is the authority, so nothing else is asked: no cookie, no login, no second page.

A mail program posts `List-Unsubscribe=One-Click` (RFC 8058), urlencoded or multipart, and gets 200 at once, also for
people who are gone. The page's own button posts the same and `from=page`, and is answered with a page.
"""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.audience import addresses, locking, preferences
from newsletter.audience.preferences import Preferences
from newsletter.campaigns import leaving
from newsletter.delivery.models import Mailbox
from newsletter.errors import NotFound
from newsletter.links import LinkDamaged, Purpose
from newsletter.web import visitor
from newsletter.web.transaction import house, in_transaction


class Whom(NamedTuple):
    """What stands in the token; `person_id` is 0 for a letter to nobody in particular."""

    mailbox_id: int
    person_id: int
    stream: int


@in_transaction
def show(session: Session, token: str) -> ResponseReturnValue:
    """The button."""
    return render_template("site/unsubscribe.html", **_known(session, _whom(token)))


@in_transaction
def post(session: Session, token: str) -> ResponseReturnValue:
    """Stop all letters to this mailbox. Again and again is once."""
    whom = _whom(token)
    if request.form.get("List-Unsubscribe") != "One-Click":
        abort(400)
    by_hand = request.form.get("from") == "page"
    how = "unsubscribe-page" if by_hand else "one-click"
    for mailbox_id in _mailboxes(session, whom):
        leaving.leave(session, mailbox_id, house().clock.now(), visitor.evidence(how, "/u"))
    if by_hand:
        return render_template("site/left.html", **_known(session, whom))
    return "unsubscribed\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


def _whom(token: str) -> Whom:
    ids = house().links.read(Purpose.UNSUBSCRIBE, token, house().clock.now())
    if len(ids) != len(Whom._fields):
        raise LinkDamaged
    return Whom(*ids)


def _mailboxes(session: Session, whom: Whom) -> list[int]:
    """The mailbox that got the letter, and the one that she has moved to since: her letters stop, wherever they go."""
    boxes = {whom.mailbox_id}
    with suppress(NotFound):
        boxes.add(locking.locked(session, whom.person_id).mailbox_id)
    return sorted(boxes)


def _known(session: Session, whom: Whom) -> dict[str, object]:
    """What is left of her here: perhaps nothing, years later."""
    mailbox = session.get(Mailbox, whom.mailbox_id)
    person = _person(session, whom.person_id)
    link = house().links.sign(Purpose.PREFERENCES, whom.person_id) if person else ""
    return {
        "masked": addresses.masked(mailbox.address) if mailbox and mailbox.address else "",
        "person": person,
        "preferences": url_for("site.preferences", token=link) if person else "",
    }


def _person(session: Session, person_id: int) -> Preferences | None:
    try:
        return preferences.read(session, person_id)
    except NotFound:
        return None
