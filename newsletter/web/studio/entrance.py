"""Into the studio, by the one-time link that `newsletter up` prints."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, redirect, render_template, url_for
from flask import session as visit
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter import limits
from newsletter.limits import Limit
from newsletter.links import Purpose
from newsletter.web.transaction import house, in_transaction

# A window longer than any link lives: once is once.
ONCE = Limit("studio-entrance", 1, timedelta(days=3650))


def today() -> ResponseReturnValue:
    """The studio's first page: in practice, the inbox."""
    return redirect(url_for("studio.inbox"))


def show(token: str) -> ResponseReturnValue:
    """A button: a chat program that looks at the link must not use it up."""
    _nonce(token)
    return render_template("site/enter.html")


@in_transaction
def post(session: Session, token: str) -> ResponseReturnValue:
    """Open the studio for this browser, until it is closed."""
    if not limits.take(session, ONCE, str(_nonce(token)), house().clock.machine()):
        abort(410)
    visit.clear()
    visit["entered"] = True
    return redirect(url_for("studio.inbox"), 303)


def _nonce(token: str) -> int:
    return house().links.read(Purpose.ENTER, token, house().clock.now())[0]
