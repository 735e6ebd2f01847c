"""`/check/<token>`: after signing up. The letter's owner has it now; this page knows a mailbox's number, no more."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template, request
from flask import session as visit
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.audience import signup
from newsletter.links import Purpose
from newsletter.web.site import form
from newsletter.web.transaction import house, in_transaction

GOOD_FOR = timedelta(hours=1)


@in_transaction
def show(session: Session, token: str) -> ResponseReturnValue:
    """Where to look, and what to do when nothing comes."""
    return _page(session, token, _mailbox(token))


@in_transaction
def again(session: Session, token: str) -> ResponseReturnValue:
    """Send the letter once more, under the limits; the page says the same whether or not they let it."""
    mailbox_id = _mailbox(token)
    signup.again(session, mailbox_id, house().links, house().clock.now(), request.remote_addr or "unknown")
    return _page(session, token, mailbox_id, asked_again=True)


def pending(mailbox_id: int) -> str:
    """The token of this page: for an hour, by the machine's clock."""
    return house().links.sign(Purpose.PENDING, mailbox_id, until=house().clock.machine() + GOOD_FOR)


def _mailbox(token: str) -> int:
    return house().links.read(Purpose.PENDING, token, house().clock.machine())[0]


def _page(session: Session, token: str, mailbox_id: int, *, asked_again: bool = False) -> str:
    """Shows the address only to the browser that typed it."""
    known, typed, source = visit.get("asked", [None, "", "site"])
    address = typed if known == mailbox_id else ""
    return render_template(
        "site/check.html",
        token=token,
        address=address,
        asked_again=asked_again,
        typed=form.Typed(email=address, form=source),
        opened=form.opening(form.standing(session, source).words),
    )
