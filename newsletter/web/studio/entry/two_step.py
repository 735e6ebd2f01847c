"""The second step: a telephone that shows six digits. Set up, shown, proved, taken off again."""

from __future__ import annotations

from io import BytesIO

import segno
from flask import Response, abort, flash, g, redirect, render_template, request, url_for
from flask import session as visit
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.staff import recovery, totp, visits
from newsletter.staff.models import Staff
from newsletter.web.access import ANYONE, changes, me, reads
from newsletter.web.studio.entry import account, credentials
from newsletter.web.transaction import house

WRONG = credentials.WRONG_CODE


@account.counted("password")
@changes(roles=ANYONE)
def begin(session: Session) -> ResponseReturnValue:
    """Make a secret. It waits, sealed, in her browser, and asks nobody for a code until one was typed."""
    one = _mine(session)
    if wrong := account.unproven(one):
        return account.page(session, 400, begin=wrong)
    visit["totp"] = house().vault.seal(totp.secret())
    return redirect(url_for("studio.two_step"), 303)


@reads()
def show(_session: Session) -> ResponseReturnValue:
    """The picture for the telephone, and where the first code goes."""
    return _setting_up() if visit.get("totp") else redirect(url_for("studio.account"), 303)


@reads()
def picture(_session: Session) -> ResponseReturnValue:
    """The picture itself, for this browser alone; kept nowhere."""
    address = totp.address(_waiting(), me().address, house().settings.clinic.name)
    out = BytesIO()
    segno.make_qr(address).save(out, kind="svg", scale=5, border=4, dark="#000", light="#fff", nl=False)
    return Response(out.getvalue(), mimetype="image/svg+xml")


@changes(roles=ANYONE)
def confirm(session: Session) -> ResponseReturnValue:
    """The first code proves that the telephone has it; from now on one is asked for."""
    if not visit.get("totp"):
        return redirect(url_for("studio.account"), 303)
    shared = _waiting()
    step = totp.step_of(shared, request.form.get("code", ""), house().clock.machine())
    if step is None:
        return _setting_up(400, WRONG)
    totp.turn_on(_mine(session), shared, step, house().vault)
    visits.end_others(session, me().id, visit["staff"])
    del visit["totp"]
    return _show_codes(session)


@account.counted("code")
@changes(roles=ANYONE)
def new_codes(session: Session) -> ResponseReturnValue:
    """Eight new recovery codes for a code; the old ones are good no more."""
    if not _proved(session):
        return account.page(session, 400, code=WRONG)
    return _show_codes(session)


@account.counted("code")
@changes(roles=ANYONE)
def off(session: Session) -> ResponseReturnValue:
    """Ask for no code any more."""
    if not _proved(session):
        return account.page(session, 400, code=WRONG)
    totp.turn_off(_mine(session))
    recovery.forget(session, me().id)
    flash("The second step is off. Your telephone's codes are no longer asked for.")
    return account.back()


def _proved(session: Session) -> bool:
    g.proved = credentials.took(session, _mine(session), request.form.get("code", "")) is not None
    return bool(g.proved)


def _show_codes(session: Session) -> ResponseReturnValue:
    return render_template("studio/recovery_codes.html", codes=recovery.renew(session, me().id))


def _setting_up(status: int = 200, wrong: str = "") -> ResponseReturnValue:
    shared = _waiting()
    spaced = " ".join(shared[at : at + 4] for at in range(0, len(shared), 4))
    return render_template("studio/two_step.html", secret=spaced, wrong=wrong), status


def _waiting() -> str:
    sealed = visit.get("totp")
    return house().vault.open(sealed) if sealed else abort(404)


def _mine(session: Session) -> Staff:
    return session.get_one(Staff, me().id)
