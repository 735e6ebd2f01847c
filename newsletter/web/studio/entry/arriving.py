"""The last step in: the code where she has one, the visit, and the page that she wanted."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from flask import redirect, url_for
from flask import session as visit
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter import audit
from newsletter.staff import visits
from newsletter.staff.models import Staff
from newsletter.web.transaction import house

HALFWAY = timedelta(minutes=10)  # from the first step to the code
FRESH = timedelta(minutes=15)  # how long a link stands in for the password that she has forgotten
# Nothing that a browser could read as another host or as a step upward: no colon or backslash in the path, no empty
# part, no part that begins with a dot; and the way in itself is no place to land.
OWN_PAGE = re.compile(
    r"/studio/(?!enter|sign-)(?:[\w~-][\w.~-]*/)*(?:[\w~-][\w.~-]*)?(?:\?[\w.~%&=+:,@-]*)?", re.ASCII
)


def own_page(asked: str) -> str:
    """`asked` where it is a page of the studio, else nothing."""
    return asked if len(asked) <= 500 and OWN_PAGE.fullmatch(asked) else ""


def remember(asked: str) -> None:
    """Where she wanted to go: it waits in her browser until she is in."""
    if page := own_page(asked):
        visit["wanted"] = page


def proceed(session: Session, one: Staff, by: str) -> ResponseReturnValue:
    """In, or on to the code. `by`: link, password or button."""
    if one.totp_secret is None:
        return arrive(session, one, by)
    until = house().clock.machine() + HALFWAY
    visit["halfway"] = {"staff": one.id, "by": by, "until": int(until.timestamp())}
    return redirect(url_for("studio.code"), 303)


def halfway() -> tuple[int, str] | None:
    """Who has taken the first step in this browser, and by what; None where nobody has, or long ago."""
    found = visit.get("halfway")
    if not found or datetime.fromtimestamp(found["until"], UTC) <= house().clock.machine():
        return None
    return found["staff"], found["by"]


def arrive(session: Session, one: Staff, by: str, **how: str) -> ResponseReturnValue:
    """Begin her visit, on the page that she wanted.

    Everything else that this browser kept is forgotten. The token of its forms stays: a page that was open when her
    last visit ended can then still be sent.
    """
    machine = house().clock.machine()
    token, wanted = visit.get("csrf_token"), visit.get("wanted", "")
    visit.clear()
    if token:
        visit["csrf_token"] = token
    lasts = visits.LASTS_IN_PRACTICE if house().settings.practice else visits.LASTS
    visit["staff"] = visits.begin(session, one.id, machine, lasts)
    if by != "password":
        visit["fresh"] = int((machine + FRESH).timestamp())
    audit.note(session, one.id, "sign_in", {"by": by, **how}, machine)
    return redirect(own_page(wanted) or url_for("studio.today"), 303)


def is_fresh() -> bool:
    """Whether this visit began by a link, not long ago."""
    until = visit.get("fresh")
    return until is not None and datetime.fromtimestamp(until, UTC) > house().clock.machine()
