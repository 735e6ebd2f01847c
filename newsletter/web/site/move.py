"""A new address: `/data/<token>` (site/data) asks for it, and `/move/<token>` has the button in the letter to it."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.audience import addresses, moving
from newsletter.audience.addresses import Address, AddressRefused
from newsletter.audience.datalinks import Asked
from newsletter.delivery.models import Mailbox
from newsletter.links import Purpose
from newsletter.web import visitor
from newsletter.web.transaction import house, in_transaction


def form(
    session: Session, _token: str, asked: Asked, typed: str = "", wrong: str = "", suggestion: str = ""
) -> ResponseReturnValue:
    """One field; `wrong` stands at it, `suggestion` asks."""
    address = session.get_one(Mailbox, asked.mailbox_id).address
    shown = {"address": address, "typed": typed, "wrong": wrong, "suggestion": suggestion}
    return render_template("site/move.html", **shown), 400 if wrong else 200


def post(session: Session, token: str, asked: Asked) -> ResponseReturnValue:
    """Ask the new mailbox, whoever's it is; only a good address uses the link up."""
    typed = _typed()
    try:
        address = moving.judge(session, asked, typed)
    except AddressRefused as wrong:
        return form(session, token, asked, typed, wrong.line, wrong.suggestion or "")
    if address.suggestion and request.form.get("keep") != typed:
        return form(session, token, asked, typed, suggestion=address.suggestion)
    return _ask(session, token, address)


@in_transaction
def show(session: Session, token: str) -> ResponseReturnValue:
    """The button; after the tap, that it is done."""
    move = moving.read(token, house().links, house().clock.now())
    waiting = moving.look(session, move)
    if not waiting.done:
        return render_template("site/move_here.html", address=waiting.address)
    link = house().links.sign(Purpose.PREFERENCES, move.subscriber_id)
    return render_template(
        "site/moved.html", address=waiting.address, preferences=url_for("site.preferences", token=link)
    )


@in_transaction
def follow(session: Session, token: str) -> ResponseReturnValue:
    """Her tap in the new mailbox. As often as she likes."""
    now = house().clock.now()
    move = moving.read(token, house().links, now)
    moving.follow(session, move, house().vault, visitor.evidence("address-change", "/move"), now)
    return redirect(url_for("site.move", token=token), 303)


def _typed() -> str:
    """What she typed, or the suggestion, if she took it."""
    return addresses.meant(request.form.get("email", ""), request.form.get("use", ""))


def _ask(session: Session, token: str, address: Address) -> ResponseReturnValue:
    now, place = house().clock.now(), request.remote_addr or "unknown"
    moving.request(session, token, address, house().links, now, place)
    return render_template("site/move_asked.html", address=address.address)
