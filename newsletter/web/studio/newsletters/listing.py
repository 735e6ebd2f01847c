"""Every newsletter, the drafts among them; a new one, one more like another, and one that goes."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.audience import subscriptions
from newsletter.campaigns.desk import discarding, drafting, shelf, telling
from newsletter.errors import NotFound, Refused
from newsletter.web.access import WRITES, changes, me, reads, remark
from newsletter.web.studio.newsletters import newsletter
from newsletter.web.transaction import house

KINDS = {
    "": "All",
    "drafts": "Drafts",
    "going-out": "Going out",
    "sent": "Sent",
    "canceled": "Canceled",
}
LONGEST_SEARCH = 120
MOST_PAGES = 10_000


@reads()
def show(session: Session) -> ResponseReturnValue:
    """The list: newest first, fifty to a page; search, kind and page stand in the address."""
    search = request.args.get("q", "")[:LONGEST_SEARCH]
    kind = request.args.get("state", "")
    number = request.args.get("page", default=1, type=int)
    if kind not in KINDS or not 1 <= number <= MOST_PAGES:
        abort(404)
    now, zone = house().clock.now(), house().settings.clinic.zone
    page = shelf.page(session, now, search=search, kind=kind, number=number)
    facts = house().settings.clinic.fields()
    rows = [(each, telling.chip(each, zone, now), telling.subject(each, facts)) for each in page.newsletters]
    return render_template(
        "studio/newsletters.html", page=page, rows=rows, kinds=KINDS, kind=kind, search=search
    )


@reads(roles=WRITES)
def new(session: Session) -> ResponseReturnValue:
    """Name and topic of a new one."""
    return _form(session)


@changes()
def create(session: Session) -> ResponseReturnValue:
    """Put a new one on the desk, and go and write it."""
    name, topic = request.form.get("name", ""), request.form.get("topic", "")
    wrong = {}
    try:
        subscriptions.chosen(session, [topic])
    except NotFound:
        wrong["topic"] = "Choose what it is about."
    try:
        draft = drafting.begin(session, name, topic, me().id, house().clock.now())
    except Refused as refused:
        wrong["name"] = newsletter.sentence(refused)
    if wrong:
        return _form(session, name, topic, wrong), 400
    remark(slug=draft.slug)
    return redirect(url_for("studio.write_newsletter", slug=draft.slug), 303)


@changes()
def duplicate(session: Session, slug: str) -> ResponseReturnValue:
    """One more with the same words, under a name of its own."""
    name = request.form.get("name", "")
    shelf.uncounted(session, slug)
    try:
        copy = drafting.duplicate(session, slug, name, me().id, house().clock.now())
    except Refused as refused:
        return newsletter.page(session, slug, {"name": newsletter.sentence(refused)}, copy_name=name), 400
    remark(copy=copy.slug)
    flash(f"This is a copy: “{copy.slug}” is its own newsletter now, and nobody has it yet.")
    return redirect(url_for("studio.write_newsletter", slug=copy.slug), 303)


@reads(roles=WRITES)
def ask_discard(session: Session, slug: str) -> ResponseReturnValue:
    """What discarding does, and the name to type."""
    return newsletter.sure(session, slug, "discard")


@changes()
def discard(session: Session, slug: str) -> ResponseReturnValue:
    """Let a newsletter go that was never sent."""
    found = shelf.uncounted(session, slug)
    if not newsletter.is_typed(found):
        return newsletter.sure(session, slug, "discard", newsletter.NOT_ITS_NAME), 400
    try:
        discarding.discard(session, slug, house().clock.now())
    except Refused as refused:
        return newsletter.sure(session, slug, "discard", newsletter.sentence(refused)), 400
    flash(f"“{found.name}” is discarded. Nobody got it.")
    return redirect(url_for("studio.newsletters"), 303)


def _form(session: Session, name: str = "", topic: str = "", wrong: dict[str, str] | None = None) -> str:
    topics = subscriptions.offered(session)
    return render_template(
        "studio/newsletter_new.html", topics=topics, name=name, topic=topic, wrong=wrong or {}
    )
