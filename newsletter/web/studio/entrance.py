"""Into the studio: in practice by one button at this computer, and everywhere by a link that works once."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, redirect, render_template, url_for
from flask import session as visit
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter import limits
from newsletter.limits import Limit
from newsletter.links import Purpose
from newsletter.staff import roll, visits
from newsletter.web.access import door, is_at_home
from newsletter.web.transaction import house, in_transaction

# A window longer than any link lives: once is once.
ONCE = Limit("studio-entrance", 1, timedelta(days=3650))


@door
def show(token: str) -> ResponseReturnValue:
    """A button: a chat program that looks at the link must not use it up."""
    _nonce(token)
    return render_template("site/enter.html")


@door
@in_transaction
def post(session: Session, token: str) -> ResponseReturnValue:
    """Open the studio for this browser, until it is closed."""
    if not limits.take(session, ONCE, str(_nonce(token)), house().clock.machine()):
        abort(410)
    return _sign_in(session, roll.practice_owner(session, house().clock.machine()))


@door
@in_transaction
def here(session: Session) -> ResponseReturnValue:
    """The one button of practice, at this computer."""
    if not (house().settings.practice and is_at_home()):
        abort(404)
    return _sign_in(session, roll.practice_owner(session, house().clock.machine()))


def _sign_in(session: Session, staff_id: int) -> ResponseReturnValue:
    visit.clear()
    lasts = visits.LASTS_IN_PRACTICE if house().settings.practice else visits.LASTS
    visit["staff"] = visits.begin(session, staff_id, house().clock.machine(), lasts)
    return redirect(url_for("studio.today"), 303)


def _nonce(token: str) -> int:
    return house().links.read(Purpose.ENTER, token, house().clock.now())[0]
