"""`/confirm/<token>`: one tap to finish. A GET changes nothing, for scanners open every link."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.audience import erased, preferences, signup
from newsletter.links import LinkLapsed, Purpose
from newsletter.web import visitor
from newsletter.web.site import check, coming
from newsletter.web.transaction import house, in_transaction


@in_transaction
def show(session: Session, token: str) -> ResponseReturnValue:
    """The button; after the tap, what comes next; for a lapsed link, a new one."""
    try:
        ids = _ids(token)
    except LinkLapsed:
        return render_template("site/lapsed.html", token=token), 410
    waiting = signup.look(session, ids)
    if not waiting.done:
        return render_template("site/confirm.html", address=waiting.address)
    subscriber_id = ids[1]
    return render_template(
        "site/confirmed.html",
        letters=coming.lines(session, subscriber_id),
        back=coming.is_back(session, subscriber_id),
        person=preferences.read(session, subscriber_id),
        action=url_for("site.choose", token=house().links.sign(Purpose.PREFERENCES, subscriber_id)),
    )


@in_transaction
def post(session: Session, token: str) -> ResponseReturnValue:
    """Her tap. As often as she likes."""
    try:
        ids = _ids(token)
    except LinkLapsed:
        return render_template("site/lapsed.html", token=token), 410
    now = house().clock.now()
    confirmed = signup.confirm(session, ids, visitor.evidence("confirm-page", "/confirm"), now)
    erased.welcome_back(session, confirmed.mailbox_id, house().vault, now)
    return redirect(url_for("site.confirm", token=token), 303)


@in_transaction
def renew(session: Session, token: str) -> ResponseReturnValue:
    """A new link to the mailbox that had the lapsed one, under the same limits as a sign-up."""
    try:
        mailbox_id, _ = _ids(token)
    except LinkLapsed as lapsed:
        mailbox_id, _ = lapsed.ids
    signup.again(session, mailbox_id, house().links, house().clock.now(), request.remote_addr or "unknown")
    return redirect(url_for("site.check", token=check.pending(mailbox_id)), 303)


def _ids(token: str) -> tuple[int, ...]:
    return house().links.read(Purpose.CONFIRM, token, house().clock.now())
