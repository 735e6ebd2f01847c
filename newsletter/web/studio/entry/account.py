"""Her own page: her name, her password, and the end of her other visits. The telephone's step stands in `two_step`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import flash, g, redirect, render_template, request, url_for
from flask import session as visit
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.staff import passwords, patience, recovery, roll, visits
from newsletter.staff.models import Staff
from newsletter.staff.passwords import PasswordRefused
from newsletter.web.access import ANYONE, changes, me, reads
from newsletter.web.studio.entry import arriving, credentials
from newsletter.web.transaction import house

P = ParamSpec("P")

NOT_IT = "This is not your password."
ANEW = "Sign out, and come in by a new link: within 15 minutes of that you need no password here."
HERS = "password_now"  # the field that proves it is she


@reads()
def show(session: Session) -> ResponseReturnValue:
    """All of it on one page."""
    return page(session)


@changes(roles=ANYONE)
def name(session: Session) -> ResponseReturnValue:
    """How colleagues see her."""
    _mine(session).name = roll.named(request.form.get("name", ""))
    flash("Saved.")
    return back()


def counted(proof: str) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Count a try at her `password` or `code` before the view looks at it, and forgive what was `proved`.

    In transactions of their own, so that a wrong one stays counted although its answer changes nothing.
    """

    def at(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def after_a_knock(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            subjects, writing = (f"{proof}:{me().id}",), house().database.writing
            if proof == "password" and arriving.is_fresh():
                return view(*args, **kwargs)
            with writing.begin() as session:
                wait = patience.knock(session, subjects, house().clock.machine())
            if wait:
                with house().database.reading() as session:
                    return page(session, 429, said=credentials.said(wait))
            answer = view(*args, **kwargs)
            if g.get("proved"):
                with writing.begin() as session:
                    patience.forgive(session, subjects)
            return answer

        return after_a_knock

    return at


@counted("password")
@changes(roles=ANYONE)
def password(session: Session) -> ResponseReturnValue:
    """Set it or change it; every other visit of hers ends."""
    one = _mine(session)
    if wrong := unproven(one):
        return page(session, 400, password_now=wrong)
    try:
        passwords.choose(
            session, one, request.form.get("password", ""), house().settings.clinic.name, visit["staff"]
        )
    except PasswordRefused as refused:
        return page(session, 400, password=refused.line)
    flash("Your password is set. You are signed out everywhere else.")
    return back()


@changes(roles=ANYONE)
def sign_out_everywhere(session: Session) -> ResponseReturnValue:
    """End every visit of hers, this one too."""
    visits.end_all(session, me().id)
    visit.clear()
    flash("You are signed out everywhere.")
    return redirect(url_for("studio.sign_in"), 303)


def page(session: Session, status: int = 200, **wrong: str) -> ResponseReturnValue:
    """The page; `wrong` says by field what is, `said` stands above."""
    one = _mine(session)
    shown = render_template(
        "studio/account.html",
        one=one,
        typed_name=request.form.get("name", one.name),
        proof_needed=not arriving.is_fresh(),
        two_step=one.totp_secret is not None,
        codes_left=recovery.left(session, one.id),
        wrong=wrong,
    )
    return shown, status


def back() -> ResponseReturnValue:
    """To the page, by GET."""
    return redirect(url_for("studio.account"), 303)


def unproven(one: Staff) -> str:
    """What is wrong with her proof; nothing where it is good, or where she has just come in by a link."""
    if arriving.is_fresh():
        return ""
    if one.password_hash is None:
        return ANEW
    g.proved = passwords.check(one.password_hash, request.form.get(HERS, ""))
    return "" if g.proved else NOT_IT


def _mine(session: Session) -> Staff:
    return session.get_one(Staff, me().id)
