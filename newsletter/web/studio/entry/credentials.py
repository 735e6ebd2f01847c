"""Into the studio outside practice: a link by e-mail, or a password; then the code, where there is one."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import update
from sqlalchemy.orm import Session

from newsletter.audience.letters import visitor
from newsletter.staff import entering, passwords, patience, recovery, roll, totp
from newsletter.staff.models import Staff
from newsletter.web.access import door
from newsletter.web.studio.entry import arriving, closed
from newsletter.web.transaction import house, in_transaction

WRONG = "This address and password do not belong together."
WRONG_CODE = "This code is not good. Wait for the next one, and type that."


@door
@in_transaction
def ask_link(session: Session) -> ResponseReturnValue:
    """Mail a link; the same answer for every address."""
    _outside_practice()
    arriving.remember(request.form.get("to", ""))
    typed = request.form.get("email", "").strip()[:320]
    entering.ask(session, typed, whoever(), house().links, house().clock.now())
    return render_template("studio/link_sent.html", address=typed)


@door
def by_password() -> ResponseReturnValue:
    """Sign in by a password. No transaction is open while it is checked: that takes a while, on purpose."""
    _outside_practice()
    arriving.remember(request.form.get("to", ""))
    typed, password = request.form.get("email", "").strip()[:320], request.form.get("password", "")
    subjects = (f"address:{roll.spelled(typed)}", f"from:{whoever()}")
    with house().database.writing.begin() as session:
        wait = patience.knock(session, subjects, house().clock.machine())
        found = None if wait else roll.find(session, typed)
        known = (found.id, found.password_hash) if found else (0, None)
    if wait:
        return closed.way_in(status=429, address=typed, wait=said(wait) + " Or send yourself a link.")
    staff_id, kept = known
    if not passwords.check(kept, password) or kept is None:
        return closed.way_in(status=400, address=typed, wrong=WRONG)
    better = passwords.renewed(kept, password)
    with house().database.writing.begin() as session:
        one = roll.by_id(session, staff_id)
        if one is None or one.password_hash != kept:  # removed or changed meanwhile
            return closed.way_in(status=400, address=typed, wrong=WRONG)
        if better:
            session.execute(update(Staff).where(Staff.id == staff_id).values(password_hash=better))
        patience.forgive(session, subjects)
        return arriving.proceed(session, one, "password")


@door
def code() -> ResponseReturnValue:
    """Where the telephone's six digits go, or a recovery code."""
    return _ask_code(200) if arriving.halfway() else redirect(url_for("studio.sign_in"), 303)


@door
@in_transaction
def enter_code(session: Session) -> ResponseReturnValue:
    """The second step."""
    half = arriving.halfway()
    one = roll.by_id(session, half[0]) if half else None
    if half is None or one is None:
        return redirect(url_for("studio.sign_in"), 303)
    subjects = (code_subject(one.id), f"from:{whoever()}")
    wait = patience.knock(session, subjects, house().clock.machine())
    if wait:
        return _ask_code(429, said(wait))
    how = took(session, one, request.form.get("code", ""))
    if how is None:
        return _ask_code(400, WRONG_CODE)
    patience.forgive(session, subjects)
    return arriving.arrive(session, one, half[1], step=how)


def took(session: Session, one: Staff, typed: str) -> str | None:
    """By what a code is good, `code` or `recovery`, taking it; None for one that is not."""
    machine = house().clock.machine()
    if recovery.take(session, one.id, typed, machine):
        return "recovery"
    return "code" if totp.take(session, one, typed, house().vault, machine) else None


def code_subject(staff_id: int) -> str:
    """Under which her wrong codes are counted, at sign-in and on her own page."""
    return f"code:{staff_id}"


def said(wait: timedelta) -> str:
    """How long, truly: whole minutes, rounded up."""
    minutes = -(-int(wait.total_seconds()) // 60)
    return f"Too many wrong tries in a row. Try again in {minutes} minute{'' if minutes == 1 else 's'}."


def whoever() -> str:
    """Who counts as one visitor."""
    return visitor(request.remote_addr or "")


def _ask_code(status: int, wrong: str = "") -> ResponseReturnValue:
    return render_template("studio/code.html", wrong=wrong), status


def _outside_practice() -> None:
    if house().settings.practice:
        abort(404)
