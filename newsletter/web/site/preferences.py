"""`/preferences/<token>`: topics, first name, stop. The link came in a letter, which may have been forwarded."""

from __future__ import annotations

from flask import abort, flash, get_flashed_messages, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.audience import preferences
from newsletter.campaigns import leaving
from newsletter.links import Purpose
from newsletter.web import visitor
from newsletter.web.site import coming
from newsletter.web.transaction import house, in_transaction

STOPPED = "Done. No more letters."


@in_transaction
def show(session: Session, token: str) -> ResponseReturnValue:
    """The switches as they are."""
    person = preferences.read(session, _subscriber_id(token))
    zone = person.time_zone or house().settings.clinic.time_zone
    return render_template(
        "site/preferences.html",
        person=person,
        place=zone.rpartition("/")[2].replace("_", " "),
        saved=" ".join(map(str, get_flashed_messages())),
        action=url_for("site.choose", token=token),
    )


@in_transaction
def post(session: Session, token: str) -> ResponseReturnValue:
    """Save what was chosen; no topic at all is leaving."""
    subscriber_id = _subscriber_id(token)
    act = request.form.get("do", "save")
    if act not in {"save", "return", "stop"}:
        abort(400)
    topics = request.form.getlist("topics")
    if act == "stop" or (act == "save" and not topics):
        flash(_stop(session, subscriber_id))
    else:
        flash(_save(session, subscriber_id, topics))
    return redirect(url_for("site.preferences", token=token), 303)


def _stop(session: Session, subscriber_id: int) -> str:
    mailbox_id = preferences.read(session, subscriber_id).mailbox_id
    leaving.leave(session, mailbox_id, house().clock.now(), visitor.evidence("preferences", "/preferences"))
    return STOPPED


def _save(session: Session, subscriber_id: int, topics: list[str]) -> str:
    now = house().clock.now()
    preferences.choose_topics(
        session, subscriber_id, topics, visitor.evidence("preferences", "/preferences"), now
    )
    if "first_name" in request.form:
        preferences.set_first_name(session, subscriber_id, request.form["first_name"])
    following = coming.next_letter(session, subscriber_id)
    return f"Done. Next letter: {following}." if following else "Done."


def _subscriber_id(token: str) -> int:
    return house().links.read(Purpose.PREFERENCES, token, house().clock.now())[0]
