"""The do-not-mail list: who stands on it and why, one more by hand, and off it again with a note."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.audience import blocking
from newsletter.audience.addresses import AddressRefused
from newsletter.delivery.models import Mailbox
from newsletter.errors import Refused
from newsletter.web.access import SEES_PEOPLE, changes, reads, remark
from newsletter.web.studio.newsletters.newsletter import sentence
from newsletter.web.studio.people.listing import LONGEST_SEARCH, dated
from newsletter.web.transaction import house


@reads(roles=SEES_PEOPLE)
def show(session: Session) -> ResponseReturnValue:
    """The list, newest first; search and reason stand in the address."""
    return _list(session)


@changes()
def add(session: Session) -> ResponseReturnValue:
    """Put an address on it, known here or not; what waits for it is canceled."""
    form, now = request.form, house().clock.now()
    try:
        new = blocking.add(session, form.get("email", ""), form.get("scope", ""), form.get("why", ""), now)
    except AddressRefused as refused:
        return _list(session, {"email": refused.line}), 400
    except Refused as refused:
        return _list(session, {"why": sentence(refused)}), 400
    flash("This address is not mailed any more." if new else "This address is on the list already.")
    return redirect(url_for("studio.blocked"), 303)


@reads(roles=SEES_PEOPLE)
def one(session: Session, mailbox_id: int) -> ResponseReturnValue:
    """Why one mailbox stands there, and the way off."""
    return _one(session, mailbox_id)


@changes()
def release(session: Session, mailbox_id: int) -> ResponseReturnValue:
    """Let it be mailed again, with a note; what its owner did herself stays."""
    try:
        lifted = blocking.release(session, mailbox_id, request.form.get("note", ""), house().clock.now())
    except Refused as refused:
        return _one(session, mailbox_id, sentence(refused)), 400
    remark(lifted=lifted)
    flash("This address may be mailed again. Subscriptions that ended stay ended.")
    return redirect(url_for("studio.blocked"), 303)


def _list(session: Session, wrong: dict[str, str] | None = None) -> str:
    text, reason = request.args.get("q", "")[:LONGEST_SEARCH].strip(), request.args.get("reason", "")
    page = blocking.page(session, text, reason, request.args.get("before", type=int))
    asked: dict[str, Any] = {name: value for name, value in (("q", text), ("reason", reason)) if value}
    return render_template(
        "studio/people_blocked.html",
        page=page,
        asked=asked,
        reasons={each: blocking.said(each) for each in [*blocking.reasons(session), reason] if each},
        said=blocking.said,
        dated=dated,
        older=url_for("studio.blocked", **asked, before=page.stops[-1].id) if page.more else "",
        newest=url_for("studio.blocked", **asked) if "before" in request.args else "",
        typed=request.form,
        wrong=defaultdict(str, wrong or {}),
    )


def _one(session: Session, mailbox_id: int, wrong: str = "") -> str:
    stops = blocking.standing(session, mailbox_id)
    mailbox = session.get(Mailbox, mailbox_id)
    if mailbox is None or not stops:
        abort(404)
    return render_template(
        "studio/people_release.html",
        mailbox=mailbox,
        stops=stops,
        liftable=[each for each in stops if not blocking.is_hers(each.reason)],
        is_hers=blocking.is_hers,
        said=blocking.said,
        dated=dated,
        typed=request.form.get("note", ""),
        wrong=wrong,
    )
