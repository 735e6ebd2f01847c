"""What is still to come, as a visitor, a reader and the command line may see it. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.campaigns import timelines
from newsletter.campaigns.enrollment import HOURS, is_meant, left_midway, still_to_come, zone_of
from newsletter.campaigns.models import Enrollment, Sequence
from newsletter.campaigns.planning import Planned
from newsletter.campaigns.rehearsing import Letter, Rehearsed, rehearse
from newsletter.campaigns.timelines import Timeline
from newsletter.campaigns.timings import Day


@dataclass(frozen=True)
class Shown:
    """One letter of the sign-up sequence, as the front page lists it; `when` is "today" or "day 2"."""

    number: int
    subject: str
    when: str


def letters(session: Session) -> tuple[Shown, ...]:
    """The letters that every sign-up brings, in order; those for single topics come on top of them."""
    found = []
    for sequence in (each for each in _open_to_sign_ups(session) if not each.topics):
        for step in timelines.read(session, sequence.live_timeline_id or 0).steps:
            timing = step.plan.intent.timing
            days = timing.day if isinstance(timing, Day) else timing.span.days
            found.append((days, step.subject))
    found.sort(key=lambda each: each[0])
    return tuple(
        Shown(number, subject, f"day {days}" if days else "today")
        for number, (days, subject) in enumerate(found, start=1)
    )


def for_person(
    session: Session, subscriber_id: int, now: datetime, clinic_zone: ZoneInfo
) -> tuple[Rehearsed, ...]:
    """The letters that this person has still to get, in order, in her own zone.

    Also right in the moment between her confirmation and her admission: then it says what admission will bring.
    """
    enrolled = session.execute(
        select(Enrollment, Sequence)
        .join(Sequence, Sequence.id == Enrollment.sequence_id)
        .where(Enrollment.subscriber_id == subscriber_id, Enrollment.state == "active")
    ).all()
    coming = [
        rehearsed
        for enrollment, sequence in enrolled
        for rehearsed in _still_to_come(session, enrollment, timelines.followed(enrollment, sequence), now)
    ]
    if not enrolled:
        coming += _after_admission(session, session.get_one(Subscriber, subscriber_id), now, clinic_zone)
    return tuple(sorted(coming, key=lambda each: each.at))


def _after_admission(
    session: Session, subscriber: Subscriber, now: datetime, clinic_zone: ZoneInfo
) -> list[Rehearsed]:
    new = session.execute(
        select(Subscription.confirmed_at, Topic.slug)
        .join(Topic, Topic.id == Subscription.topic_id)
        .where(
            Subscription.subscriber_id == subscriber.id,
            Subscription.state == "confirmed",
            Subscription.confirmed_at.is_not(None),
            Subscription.admitted_at.is_(None),
        )
    ).all()
    if not new:
        return []
    coming = []
    for sequence in _open_to_sign_ups(session):
        meant = [at for at, topic in new if at and is_meant(sequence, at, topic)]
        if not meant:
            continue
        live_id = sequence.live_timeline_id or 0
        back = left_midway(session, sequence, [subscriber.id], now)
        if back:
            coming += _still_to_come(session, back[0], live_id, now)
        elif _would_enter(session, sequence, subscriber):
            timeline = timelines.read(session, live_id)
            coming += rehearse(as_letters(timeline), meant[-1], zone_of(subscriber, clinic_zone), HOURS)
    return coming


def as_letters(timeline: Timeline) -> list[Letter]:
    """The timeline's steps as rehearsing takes them."""
    return [Letter(step.plan, step.subject) for step in timeline.steps]


def _open_to_sign_ups(session: Session) -> list[Sequence]:
    admitting = select(Sequence).where(
        Sequence.trigger == "confirmed", Sequence.live_timeline_id.is_not(None)
    )
    return list(session.scalars(admitting.order_by(Sequence.id)))


def _would_enter(session: Session, sequence: Sequence, subscriber: Subscriber) -> bool:
    if sequence.reentry:
        return True
    been = select(Enrollment.id).where(
        Enrollment.sequence_id == sequence.id, Enrollment.subscriber_id == subscriber.id
    )
    return session.scalar(been.limit(1)) is None


def _still_to_come(
    session: Session, enrollment: Enrollment, timeline_id: int, now: datetime
) -> list[Rehearsed]:
    timeline = timelines.read(session, timeline_id)
    zone = ZoneInfo(enrollment.zone)
    return [_rehearsed(each, timeline, zone) for each in still_to_come(session, enrollment, timeline, now)]


def _rehearsed(each: Planned, timeline: Timeline, zone: ZoneInfo) -> Rehearsed:
    return Rehearsed(
        each.key,
        each.occurrence,
        timeline.step(each.key).subject,
        each.local,
        each.until.astimezone(zone),
        each.step.only_if,
        each.reasons,
    )
