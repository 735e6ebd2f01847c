"""`POST /subscribe`: somebody asks for the letters, from our form, from another site's, or as JSON.

Status, body and work are the same for every address that is one. The limits of `audience.letters` guard mailboxes
behind this; here stand the trap for programs, a brake on forms sent faster than a person can type, and the sum that
is asked for in a flood.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from flask import jsonify, redirect, request, url_for
from flask import session as visit
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import BadRequest

from newsletter import limits
from newsletter.audience import addresses, signup
from newsletter.audience.addresses import AddressRefused
from newsletter.audience.signup import SignUp
from newsletter.errors import NotFound
from newsletter.limits import Limit
from newsletter.web import visitor
from newsletter.web.errors import wants_json
from newsletter.web.site import check, form, proof
from newsletter.web.site.form import Typed, WrongShape
from newsletter.web.transaction import house, in_transaction

QUICKEST = 2.0  # seconds from opening the form to sending it; autofill and a quick thumb do take less
HURRIED = Limit("sign-up-hurried", 20, timedelta(hours=1))
PRESS_AGAIN = "That was quick. Please press once more, so that we know a person is there."
FLOOD = (
    "Very many sign-ups are coming in just now. A browser that runs scripts goes on by itself after a short sum; "
    "without scripts, please press again in {}. What you typed is kept."
)


@dataclass(frozen=True)
class Answer:
    """What came of a form, before it becomes a page or JSON."""

    status: int = 200
    wrong: str = ""
    field: str = "email"  # where `wrong` belongs
    suggestion: str = ""
    press_again: str = ""
    challenge: Mapping[str, Any] | None = None
    mailbox_id: int = 0
    address: str = ""


@in_transaction
def post(session: Session) -> ResponseReturnValue:
    """Keep the request, queue the letter that its owner will read, answer as always."""
    if request.is_json:
        return _from_program(session)
    typed = form.from_form(request.form)
    answer = _decide(session, typed)
    return _as_json(answer) if wants_json() else _as_page(session, typed, answer)


def _from_program(session: Session) -> ResponseReturnValue:
    try:
        return _as_json(_decide(session, form.from_json(request.get_json())))
    except (BadRequest, RecursionError):  # the latter for brackets without end
        return _as_json(Answer(400, wrong="the body is not JSON", field=""))
    except WrongShape as wrong:
        return _as_json(Answer(400, wrong=wrong.line, field=wrong.field))


def _decide(session: Session, typed: Typed) -> Answer:
    try:
        address = addresses.judge(typed.email)
    except AddressRefused as wrong:
        return Answer(400, wrong=wrong.line, suggestion=wrong.suggestion or "")
    if address.suggestion and typed.kept != typed.email:
        return Answer(suggestion=address.suggestion)
    if typed.trapped:  # as if it had worked: the program learns nothing
        return Answer(address=address.address)
    if _hurries(session, typed):
        return Answer(429, press_again=PRESS_AGAIN)
    if not _may_go_on(session, typed):
        return _ask_for_proof()
    try:
        mailbox_id = _ask(session, typed)
    except NotFound as wrong:  # a topic that another page's form made up
        return Answer(400, wrong=wrong.line, field="topics")
    return Answer(mailbox_id=mailbox_id, address=address.address)


def _as_json(answer: Answer) -> ResponseReturnValue:
    if answer.wrong or answer.press_again:
        said = {
            "error": answer.wrong or answer.press_again,
            "field": answer.field if answer.wrong else "",
            "suggestion": answer.suggestion,
            "challenge": answer.challenge,
        }
        known = {name: value for name, value in said.items() if value or name == "field"}
        return jsonify(known), answer.status, _later(answer)
    if answer.suggestion:
        return jsonify(status="did you mean", suggestion=answer.suggestion)
    return jsonify(status="check your inbox")


def _as_page(session: Session, typed: Typed, answer: Answer) -> ResponseReturnValue:
    if answer.wrong or answer.suggestion or answer.press_again:
        kept = replace(typed, topics=()) if answer.field == "topics" else typed
        page, status = form.page(
            session,
            kept,
            wrong=answer.wrong,
            suggestion=answer.suggestion,
            press_again=answer.press_again,
            challenge=answer.challenge,
            status=answer.status,
        )
        return page, status, _later(answer)
    visit["asked"] = [answer.mailbox_id, answer.address, typed.form]
    return redirect(url_for("site.check", token=check.pending(answer.mailbox_id)), 303)


def _ask(session: Session, typed: Typed) -> int:
    """The mailbox that was asked for."""
    stands = form.standing(session, typed.form)
    wish = SignUp(
        email=typed.email,
        first_name=typed.first_name,
        topics=typed.topics or stands.topics,
        time_zone=typed.time_zone,
        form=typed.form,
        page=visitor.came_from(),
        ip=_place(),
        user_agent=visitor.user_agent(),
        words=form.words_shown(session, typed, stands),
    )
    return signup.request(session, wish, house().links, house().clock.now()).mailbox_id


def _hurries(session: Session, typed: Typed) -> bool:
    """Whether this came too fast, and too many did this hour. A single quick thumb is let through."""
    seconds = form.seconds_open(typed)
    if seconds is None or seconds >= QUICKEST:
        return False
    return not limits.take(session, HURRIED, "", house().clock.machine())


def _may_go_on(session: Session, typed: Typed) -> bool:
    """Whoever solved a sum uses up nothing of what is free."""
    keys, machine = house().settings.secret_keys, house().clock.machine()
    return proof.is_solved(session, typed.proof, keys, machine) or proof.is_free(session, _place(), machine)


def _ask_for_proof() -> Answer:
    machine = house().clock.machine()
    minutes = proof.minutes_left(machine)
    wait = "a minute" if minutes == 1 else f"{minutes} minutes"
    sum_ = proof.challenge(house().settings.secret_keys, machine)
    return Answer(429, press_again=FLOOD.format(wait), challenge=sum_)


def _later(answer: Answer) -> dict[str, str]:
    if answer.challenge is None:
        return {}
    return {"Retry-After": str(60 * proof.minutes_left(house().clock.machine()))}


def _place() -> str:
    return request.remote_addr or "unknown"
