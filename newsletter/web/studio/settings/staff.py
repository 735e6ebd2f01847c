"""Who works here: put somebody on the roll, give another role, take somebody off; each says first what it will do."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.errors import Refused
from newsletter.staff import entering, roll
from newsletter.staff.models import Staff
from newsletter.web.access import OWNS, changes, me, reads, remark
from newsletter.web.transaction import house

DEEDS = {
    "owner": "everything, and says who works here",
    "marketer": "writes newsletters and sequences, and sees who reads them",
    "clinician": "sees people and what they get; changes nothing that goes out to all",
    "viewer": "sees wordings and numbers, never a person",
}


@reads(roles=OWNS)
def show(session: Session) -> ResponseReturnValue:
    """The roll, and the form for one more."""
    return _roll(session)


@changes(roles=OWNS)
def add(session: Session) -> ResponseReturnValue:
    """Put somebody on the roll; her link is shown once, and mailed outside practice."""
    form, now = request.form, house().clock.now()
    try:
        one = roll.add(session, form.get("email", ""), form.get("role", ""), form.get("name", ""), now)
    except Refused as refused:
        return _roll(session, 400, refused.line)
    remark(staff_id=one.id, role=one.role)
    return _show_link(session, one)


@reads(roles=OWNS)
def colleague(session: Session, staff_id: int) -> ResponseReturnValue:
    """One of them, and what can be done."""
    return _colleague(session, staff_id)


@changes(roles=OWNS)
def role(session: Session, staff_id: int) -> ResponseReturnValue:
    """Give another role; her visits end."""
    one, given = _one(session, staff_id), request.form.get("role", "")
    try:
        changed = roll.set_role(session, one, given)
    except Refused as refused:
        return _colleague(session, staff_id, 400, role=refused.line)
    remark(role=given)
    flash(f"{called(one)} is now: {roll.ROLES[one.role]}." if changed else "That is the role already.")
    return redirect(url_for("studio.staff"), 303)


@changes(roles=OWNS)
def remove(session: Session, staff_id: int) -> ResponseReturnValue:
    """Take somebody off the roll; her visits end."""
    one = _one(session, staff_id)
    try:
        roll.remove(session, one, house().clock.machine())
    except Refused as refused:
        return _colleague(session, staff_id, 400, remove=refused.line)
    flash(f"{called(one)} works here no more.")
    return redirect(url_for("studio.staff"), 303)


@changes(roles=OWNS)
def link(session: Session, staff_id: int) -> ResponseReturnValue:
    """A new way in, for whoever has lost hers."""
    return _show_link(session, _one(session, staff_id))


def called(one: Staff) -> str:
    """How she is called on the screen."""
    return one.name or one.address


def _show_link(session: Session, one: Staff) -> ResponseReturnValue:
    now, good_for = house().clock.now(), entering.PRINTED_GOOD_FOR
    mailed = not house().settings.practice
    if mailed:
        entering.mail(session, one, house().links, now, good_for)
    url = entering.link(house().links, one.id, now + good_for)
    return render_template("studio/staff_link.html", one=one, url=url, mailed=mailed)


def _roll(session: Session, status: int = 200, wrong: str = "") -> ResponseReturnValue:
    shown = render_template(
        "studio/staff.html", people=roll.everyone(session), deeds=DEEDS, typed=request.form, wrong=wrong
    )
    return shown, status


def _colleague(session: Session, staff_id: int, status: int = 200, **wrong: str) -> ResponseReturnValue:
    one = _one(session, staff_id)
    shown = render_template(
        "studio/colleague.html",
        one=one,
        name=called(one),
        myself=one.id == me().id,
        deeds=DEEDS,
        chosen=request.form.get("role", one.role),
        wrong=wrong,
    )
    return shown, status


def _one(session: Session, staff_id: int) -> Staff:
    return roll.by_id(session, staff_id) or abort(404)
