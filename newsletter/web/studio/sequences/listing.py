"""Every sequence: whether it is on, how many letters it has, who is in it; a new one, and one more like another."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.audience import subscriptions
from newsletter.campaigns import listing
from newsletter.campaigns.desk import beginning, standing
from newsletter.errors import NotFound, Refused
from newsletter.web.access import WRITES, changes, me, reads, remark
from newsletter.web.studio.newsletters.newsletter import sentence
from newsletter.web.studio.sequences import sequence
from newsletter.web.studio.sequences.sequence import Typed
from newsletter.web.transaction import house

NO_TOPIC = "This topic is not there any more. Choose among these."


@reads()
def show(session: Session) -> ResponseReturnValue:
    """The list, by name."""
    found = [each for each in listing.summaries(session) if each.kind == "marketing"]
    return render_template("studio/sequences.html", sequences=sorted(found, key=lambda each: each.name))


@reads(roles=WRITES)
def new(session: Session) -> ResponseReturnValue:
    """Name, topics, and whether people may come in again."""
    return _form(session)


@changes()
def create(session: Session) -> ResponseReturnValue:
    """Put a new one on the desk, and open its calendar."""
    name, topics = request.form.get("name", ""), request.form.getlist("topics")
    reentry = request.form.get("reentry") == "yes"
    wrong = {}
    try:
        subscriptions.chosen(session, topics)
    except NotFound:
        wrong["topics"] = NO_TOPIC
    try:
        draft = beginning.begin(session, name, topics, me().id, house().clock.now(), reentry=reentry)
    except Refused as refused:
        wrong["name"] = sentence(refused)
    if wrong:
        return _form(session, name, topics, wrong, reentry=reentry), 400
    remark(slug=draft.slug)
    flash("It is a draft: nobody gets it before you use it. Write its first letter, then add the next.")
    return redirect(url_for("studio.sequence", slug=draft.slug), 303)


@changes()
def duplicate(session: Session, slug: str) -> ResponseReturnValue:
    """One more with the same letters, under a name of its own."""
    name = request.form.get("name", "")
    standing.of(session, slug)
    try:
        copy = beginning.duplicate(session, slug, name, me().id, house().clock.now())
    except Refused as refused:
        return sequence.page(session, slug, copy=Typed(text=name, wrong=sentence(refused)), status=400)
    remark(copy=copy.slug)
    flash("This is a copy: a draft of its own, and nobody is in it.")
    return redirect(url_for("studio.sequence", slug=copy.slug), 303)


def _form(
    session: Session,
    name: str = "",
    chosen: Collection[str] = (),
    wrong: Mapping[str, str] | None = None,
    *,
    reentry: bool = False,
) -> str:
    return render_template(
        "studio/sequence_new.html",
        topics=subscriptions.offered(session),
        name=name,
        chosen=chosen,
        wrong=wrong or {},
        reentry=reentry,
    )
