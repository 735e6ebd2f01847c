"""People and time: how many get a newsletter and who does not, when it goes, and the button that sends it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from newsletter.audience import subscriptions
from newsletter.campaigns import audience_of
from newsletter.campaigns.desk import drafting, launching, shelf, telling
from newsletter.campaigns.desk.drafting import EditedMeanwhile
from newsletter.campaigns.desk.launching import NotLikeThat
from newsletter.campaigns.desk.shelf import Newsletter
from newsletter.errors import Refused
from newsletter.web.access import WRITES, changes, me, reads, remark
from newsletter.web.studio.newsletters import choices, newsletter
from newsletter.web.studio.newsletters.choices import Typed
from newsletter.web.transaction import house

SENDABLE = ("draft", "late")
EDITED = "The letter was changed meanwhile. Look at it again, then press Send once more."
TWICE = "It is going out already, so nothing was sent twice."


@reads(roles=WRITES)
def show(session: Session, slug: str) -> ResponseReturnValue:
    """The form with its numbers; asked again, by htmx or by a button, with what is chosen in the address."""
    found = shelf.uncounted(session, slug)
    if found.state not in SENDABLE:
        return redirect(url_for("studio.newsletter", slug=slug))
    return _page(session, found, _read(found, request.args), {})


@changes()
def post(session: Session, slug: str) -> ResponseReturnValue:
    """Send it as chosen, once; or the same page with a sentence where something is not right."""
    found = shelf.uncounted(session, slug)
    if found.state not in SENDABLE:
        return newsletter.page(session, slug, {"deed": TWICE}), 400
    typed = _read(found, request.form)
    wrong = choices.wrong(typed, [topic.slug for topic in subscriptions.topics(session)])
    if not wrong:
        try:
            with session.begin_nested():
                people = _launch(session, slug, typed)
        except Refused as refused:
            wrong = _at_its_field(refused)
        else:
            remark(people=people)
            flash(f"{people:,} {'person gets' if people == 1 else 'people get'} this.")
            return redirect(url_for("studio.newsletter", slug=slug), 303)
    found = shelf.uncounted(session, slug)
    if found.state not in SENDABLE:
        return newsletter.page(session, slug, {"deed": TWICE}), 400
    return _page(session, found, _read(found, request.form), wrong), 400


def _launch(session: Session, slug: str, typed: Typed) -> int:
    now = house().clock.now()
    people = audience_of.count(session, typed.whom, now).gets
    if not people:
        raise NotLikeThat("people", "Nobody would get this. Choose other people.")
    if typed.counted != str(people):
        meant = f"{people:,} {'person' if people == 1 else 'people'} would get this, not the number you saw"
        raise NotLikeThat("people", f"{meant}. Press Send once more if that is right.")
    launching.launch(
        session,
        slug,
        typed.choice,
        typed.revision_seen,
        staff_id=me().id,
        zone=house().settings.clinic.zone,
        now=now,
    )
    return people


def _at_its_field(refused: Refused) -> dict[str, str]:
    match refused:
        case NotLikeThat():
            return {refused.field: newsletter.sentence(refused)}
        case EditedMeanwhile():
            return {"seen": EDITED}
        case _:
            return {"seen": newsletter.sentence(refused)}


def _page(session: Session, found: Newsletter, typed: Typed, wrong: Mapping[str, str]) -> str:
    now, zone = house().clock.now(), house().settings.clinic.zone
    draft = drafting.open_draft(session, found.slug)
    people = audience_of.count(session, typed.whom, now)
    topics = subscriptions.offered(session, {typed.topic, *typed.except_topics})
    mistakes = drafting.mistakes(session, draft) if draft else ()
    return render_template(
        "studio/choose.html",
        newsletter=found,
        typed=typed,
        wrong=wrong,
        topics=topics,
        people=people,
        left_out=telling.left_out(people, {topic.slug: topic.name for topic in topics}),
        mistakes=[telling.mistake(line) for line in mistakes],
        seen=f"{draft.id}:{draft.revision}" if draft else "0:0",
        hours=[(hour, f"{hour}:00") for hour in choices.HOURS],
        today=now.astimezone(zone).date(),
    )


def _read(found: Newsletter, form: MultiDict[str, str]) -> Typed:
    today = house().clock.now().astimezone(house().settings.clinic.zone).date()
    return choices.read(form, found, today + timedelta(days=1))
