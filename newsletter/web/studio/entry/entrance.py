"""Into the studio: in practice by one button at this computer, and everywhere by a link that works once.

Whoever asks for a page and is not signed in meets the way in at that page's own address, and lands there afterward.
"""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask import session as visit
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter import audit
from newsletter.staff import entering, roll, visits
from newsletter.web.access import door, is_at_home
from newsletter.web.studio.entry import arriving, closed
from newsletter.web.transaction import house, in_transaction


@door
def sign_in() -> ResponseReturnValue:
    """The way in, for whoever looks for it by its name."""
    return closed.way_in(status=200)


@door
@in_transaction
def show(session: Session, token: str) -> ResponseReturnValue:
    """A button: a chat program or a mail scanner that looks at the link must not use it up."""
    key = entering.read(house().links, token, house().clock.now())
    one = roll.by_id(session, key.staff_id)
    if one is None:
        abort(410)
    return render_template("studio/enter.html", who=one.name or one.address)


@door
@in_transaction
def post(session: Session, token: str) -> ResponseReturnValue:
    """Sign in whom the link names, once; where she has a second step, ask for it."""
    now = house().clock.now()
    key = entering.read(house().links, token, now)
    one = roll.by_id(session, key.staff_id)
    if one is None or not entering.spend(session, key, now):
        abort(410)
    return arriving.proceed(session, one, "link")


@door
@in_transaction
def here(session: Session) -> ResponseReturnValue:
    """The one button of practice, at this computer."""
    if not (house().settings.practice and is_at_home()):
        abort(404)
    arriving.remember(request.form.get("to", ""))
    owner = roll.by_id(session, roll.practice_owner(session, house().clock.machine()))
    return arriving.proceed(session, owner, "button") if owner else abort(410)


@door
@in_transaction
def sign_out(session: Session) -> ResponseReturnValue:
    """End the visit of this browser."""
    key, machine = visit.get("staff", ""), house().clock.machine()
    who = visits.find(session, key, machine)
    if who is not None:
        visits.end(session, key)
        audit.note(session, who.id, "sign_out", {}, machine)
    visit.clear()
    flash("You are signed out.")
    return redirect(url_for("studio.sign_in"), 303)
