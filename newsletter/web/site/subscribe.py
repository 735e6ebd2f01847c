"""`POST /subscribe`: somebody asks for the letters, from our form, from another site's, or as JSON.

Status, body and work are the same for every address that is one. The limits of `audience.letters` guard mailboxes
behind this; here stand the trap for programs and a brake on forms sent faster than a person can type.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from flask import jsonify, redirect, request, url_for
from flask import session as visit
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from newsletter import limits
from newsletter.audience import addresses, signup, wordings
from newsletter.audience.addresses import AddressRefused
from newsletter.audience.signup import SignUp
from newsletter.audience.wordings import Words
from newsletter.errors import NotFound
from newsletter.limits import Limit
from newsletter.web import visitor
from newsletter.web.site import check, form
from newsletter.web.site.form import Typed, WrongShape
from newsletter.web.transaction import house, in_transaction

QUICKEST = 2.0  # seconds from opening the form to sending it; autofill and a quick thumb do take less
HURRIED = Limit("sign-up-hurried", 20, timedelta(hours=1))
ELSEWHERE = Words("elsewhere", "The form stood on another page; its words are not known here.")
PRESS_AGAIN = "That was quick. Please press once more, so that we know a person is there."


@in_transaction
def post(session: Session) -> ResponseReturnValue:
    """Keep the request, queue the letter that its owner will read, answer as always."""
    return _from_program(session) if request.is_json else _from_visitor(session)


def _from_program(session: Session) -> ResponseReturnValue:
    try:
        typed = form.from_json(request.get_json())
        _ask(session, typed)
    except (BadRequest, RecursionError):  # the latter for brackets without end
        return jsonify(error="the body is not JSON", field=""), 400
    except WrongShape as wrong:
        return jsonify(error=wrong.line, field=wrong.field), 400
    except AddressRefused as wrong:
        return jsonify(error=wrong.line, field="email"), 400
    except NotFound as wrong:
        return jsonify(error=wrong.line, field="topics"), 400
    return jsonify(status="check your inbox")


def _from_visitor(session: Session) -> ResponseReturnValue:
    typed = form.from_form(request.form)
    try:
        address = addresses.judge(typed.email)
    except AddressRefused as wrong:
        return form.page(session, typed, wrong=wrong.line, suggestion=wrong.suggestion or "", status=400)
    if address.suggestion and typed.kept != typed.email:
        return form.page(session, typed, suggestion=address.suggestion)
    if _hurries(session, typed):
        return form.page(session, typed, press_again=PRESS_AGAIN, status=429)
    try:
        mailbox_id = _ask(session, typed)
    except NotFound as wrong:  # a topic that another page's form made up
        return form.page(session, replace(typed, topics=()), wrong=wrong.line, status=400)
    visit["asked"] = [mailbox_id, address.address]
    return redirect(url_for("site.check", token=check.pending(mailbox_id)), 303)


def _ask(session: Session, typed: Typed) -> int:
    """The mailbox that was asked for; 0 where a program fell into the trap, which then learns nothing."""
    if typed.trapped:
        addresses.judge(typed.email)
        return 0
    wish = SignUp(
        email=typed.email,
        first_name=typed.first_name,
        topics=typed.topics,
        time_zone=typed.time_zone,
        form=typed.form,
        page=visitor.came_from(),
        ip=request.remote_addr or "unknown",
        user_agent=visitor.user_agent(),
        words=ELSEWHERE if form.seconds_open(typed) is None else wordings.SIGN_UP,
    )
    return signup.request(session, wish, house().links, house().clock.now()).mailbox_id


def _hurries(session: Session, typed: Typed) -> bool:
    """Whether this came too fast, and too many did this hour. A single quick thumb is let through."""
    seconds = form.seconds_open(typed)
    if seconds is None or seconds >= QUICKEST:
        return False
    return not limits.take(session, HURRIED, "", house().clock.machine())
