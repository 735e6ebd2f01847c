"""One person: who she is to us, everything that happened in one story, and why she got a letter or did not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from newsletter.audience import blocking, enlisting, holds, subscriptions, zones
from newsletter.audience.lists import cells
from newsletter.audience.models import Subscriber, Topic
from newsletter.audience.wanted import is_seen, stands
from newsletter.campaigns import upcoming, why
from newsletter.campaigns.desk import onlookers
from newsletter.campaigns.enrollment import zone_of
from newsletter.campaigns.fates import SAYS
from newsletter.delivery.models import Delivery
from newsletter.errors import NotFound
from newsletter.insights import history, rereading, retelling
from newsletter.insights.happenings import TOLD, Place
from newsletter.privacy import exporting, spans
from newsletter.web.access import SEES_PEOPLE, reads
from newsletter.web.studio.people.listing import STANDS, TONES, came_from, dated
from newsletter.web.studio.practice import letters
from newsletter.web.studio.practice.inbox import FRAME_POLICY
from newsletter.web.transaction import house

POLICY = {"Content-Security-Policy": FRAME_POLICY}
VIEWS = ("desktop", "phone", "text")


@reads(roles=SEES_PEOPLE)
def show(session: Session, person_id: int) -> ResponseReturnValue:
    """The page. `why` in the address names a campaign, `before` a place in her story."""
    return page(session, person_id)


@reads(roles=SEES_PEOPLE)
def letter(session: Session, person_id: int, number: int) -> ResponseReturnValue:
    """One letter that she was sent, on a desktop, on a phone, dark, as text."""
    person, sent = find(session, person_id), _sent(session, person_id, number)
    view = request.args.get("view", "desktop")
    if view not in VIEWS:
        abort(404)
    read = _reread(session, sent)
    return render_template(
        "studio/person_letter.html",
        person=person,
        sent=sent,
        read=read,
        view=view,
        dark=request.args.get("dark") == "1",
        zone=_zone(person),
        kept=spans.said(spans.BODIES),
        fate=retelling.reason(sent.reason),
        says=SAYS[sent.state],
    )


@reads(roles=SEES_PEOPLE)
def letter_html(session: Session, person_id: int, number: int) -> ResponseReturnValue:
    """The letter itself, for a frame without scripts."""
    seen = _reread(session, _sent(session, person_id, number)).seen
    if seen is None:
        abort(404)
    return letters.framed(seen.html, dark=request.args.get("dark") == "1"), 200, POLICY


def page(
    session: Session,
    person_id: int,
    wrong: Mapping[str, str] | None = None,
    typed: Mapping[str, Any] | None = None,
) -> str:
    """The page as HTML; `wrong` is what could not be done, by form, with what was `typed` there."""
    person, now = find(session, person_id), house().clock.now()
    zone = _zone(person)
    held = subscriptions.of(session, person_id)
    every = session.scalars(select(Topic).order_by(Topic.position)).all()
    by_state = {
        state: [topic for topic in every if topic.slug in held and held[topic.slug].state == state]
        for state in ("confirmed", "pending")
    }
    stops = blocking.standing(session, person.mailbox_id)
    hold = holds.held(session, [person_id], now).get(person_id)
    standing = stands([each.state for each in held.values()], stopped=bool(stops), held=hold is not None)
    before = Place.read(request.args.get("before", ""))
    story = history.page(session, person, before)
    return render_template(
        "studio/person.html",
        person=person,
        standing=(STANDS[standing], TONES[standing]),
        hears=by_state["confirmed"],
        waits=by_state["pending"],
        topics_offered={each.slug: each.name for each in every if _is_offered(each, by_state["confirmed"])},
        stops=stops,
        liftable=[each for each in stops if not blocking.is_hers(each.reason)],
        said=blocking.said,
        hold=hold,
        on_break=holds.on_break_until(session, person_id, now) is not None,
        shared=exporting.others(session, person),
        zone=zone,
        place=zones.place(zone.key),
        offered=zones.offered(),
        zone_offered=any(person.time_zone == name for part in zones.offered().values() for name, _ in part),
        tags=cells.spell_words(person.tags),
        wording=enlisting.TOLD,
        story=retelling.retold(story, zone),
        moment=_moment,
        older=story.older,
        newest=before is not None,
        coming=upcoming.for_person(session, person_id, now, house().settings.clinic.zone)
        if not before
        else (),
        campaigns=history.campaigns(session),
        why=request.args.get("why", ""),
        because=_because(session, person),
        came_from=came_from,
        dated=dated,
        wrong=defaultdict(str, wrong or {}),
        typed=typed or {},
    )


def _is_offered(topic: Topic, hears: Collection[Topic]) -> bool:
    return topic.retired_at is None and topic not in hears


def find(session: Session, person_id: int) -> Subscriber:
    """The person with her mailbox; raises NotFound for who is gone or is none of ours to see."""
    rows = select(Subscriber).where(Subscriber.id == person_id, is_seen())
    person = session.scalar(rows.options(joinedload(Subscriber.mailbox)))
    if person is None:
        raise NotFound("Nobody with this number is on our list.")
    return person


def _because(session: Session, person: Subscriber) -> list[str]:
    """Line by line what decided; nothing where no campaign is asked for. Raises NotFound for one that is none."""
    slug = request.args.get("why", "")
    if not slug:
        return []
    return why.explain(session, person, slug, house().settings.clinic.zone, house().clock.now())


def _moment(at: datetime, zone: ZoneInfo) -> str:
    """An aware instant as an entry of a story says it: "Tue 3 Mar 2026, 10:04"."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M}"


def _zone(person: Subscriber) -> ZoneInfo:
    return zone_of(person, house().settings.clinic.zone)


def _sent(session: Session, person_id: int, number: int) -> Delivery:
    person = find(session, person_id)
    hers = exporting.hers(person, shared=exporting.others(session, person) > 0)
    sent = session.scalar(select(Delivery).where(Delivery.id == number, hers, Delivery.stream.in_(TOLD)))
    return sent or abort(404)


def _reread(session: Session, sent: Delivery) -> rereading.Reread:
    everybody = onlookers.everybody(house().settings.clinic, house().links)
    return rereading.reread(session, sent, everybody)
