"""Why did she get this letter, or not? The decision replayed in words a person understands. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience.models import Hold, Subscriber, Subscription, Topic
from newsletter.campaigns import anchors, timelines, why_issue
from newsletter.campaigns.dispatch import dedupe_key
from newsletter.campaigns.enrollment import HOURS
from newsletter.campaigns.fates import fate, when
from newsletter.campaigns.models import Broadcast, Enrollment, Sequence, StepRun
from newsletter.campaigns.planning import Planned, plan
from newsletter.delivery import suppression
from newsletter.delivery.models import Delivery

HELD = {"break": "She takes a break", "healing": "Held back by the clinic"}


def explain(
    session: Session, subscriber: Subscriber, slug: str, clinic_zone: ZoneInfo, now: datetime
) -> list[str]:
    """One line for each thing that decided, in order. Raises NotFound where `slug` names no campaign."""
    lines = [*_consent(session, subscriber), *_stops(session, subscriber), *_holds(session, subscriber, now)]
    issue = session.scalar(select(Broadcast).where(Broadcast.slug == slug))
    if issue is not None:
        return [*lines, *why_issue.lines(session, issue, subscriber, clinic_zone, now)]
    sequence = timelines.find(session, slug)
    enrollments = session.scalars(
        select(Enrollment)
        .where(Enrollment.sequence_id == sequence.id, Enrollment.subscriber_id == subscriber.id)
        .order_by(Enrollment.id)
    ).all()
    if not enrollments:
        lines.append(_why_not_in(session, sequence, subscriber))
    for enrollment in enrollments:
        lines += _way(session, sequence, enrollment, now)
    return lines


def _consent(session: Session, subscriber: Subscriber) -> Iterator[str]:
    rows = session.execute(
        select(Subscription, Topic.name)
        .join(Topic, Topic.id == Subscription.topic_id)
        .where(Subscription.subscriber_id == subscriber.id)
        .order_by(Topic.position)
    ).all()
    if not rows:
        yield "She never signed up for any topic."
    for subscription, topic in rows:
        if subscription.state == "confirmed" and subscription.confirmed_at:
            yield f"{topic}: confirmed {when(subscription.confirmed_at)}."
        elif subscription.state == "pending":
            yield f"{topic}: signed up {when(subscription.requested_at)}, not confirmed yet."
        elif subscription.ended_at:
            yield f"{topic}: left {when(subscription.ended_at)}."


def _stops(session: Session, subscriber: Subscriber) -> Iterator[str]:
    stops = suppression.stops(session, [subscriber.mailbox_id]).get(subscriber.mailbox_id, {})
    for scope, reason in stops.items():
        yield f"Do not mail ({'everything' if scope == 'all' else scope}): {reason}."


def _holds(session: Session, subscriber: Subscriber, now: datetime) -> Iterator[str]:
    open_ones = select(Hold).where(Hold.subscriber_id == subscriber.id, Hold.ended_at.is_(None))
    for hold in session.scalars(open_ones.where(Hold.until > now).order_by(Hold.id)):
        yield f"{HELD[hold.kind]} until {when(hold.until)}."


def _why_not_in(session: Session, sequence: Sequence, subscriber: Subscriber) -> str:
    confirmed = session.execute(
        select(Subscription.confirmed_at, Topic.slug)
        .join(Topic, Topic.id == Subscription.topic_id)
        .where(Subscription.subscriber_id == subscriber.id, Subscription.state == "confirmed")
    ).all()
    if not confirmed:
        return "Not in this sequence: nothing is confirmed."
    if sequence.topics and not any(row.slug in sequence.topics for row in confirmed):
        return f"Not in this sequence: it is for {', '.join(sequence.topics)}."
    if all(row.confirmed_at and row.confirmed_at < sequence.on_since for row in confirmed):
        return f"Not in this sequence: she confirmed before it was switched on, {when(sequence.on_since)}."
    return "Not in this sequence yet: it takes her in at its next round."


def _way(session: Session, sequence: Sequence, enrollment: Enrollment, now: datetime) -> Iterator[str]:
    state = f"{enrollment.state}: {enrollment.reason}" if enrollment.reason else enrollment.state
    paused = "; the sequence is paused" if sequence.state == "paused" else ""
    yield f"In the sequence since {when(enrollment.created_at)}, times follow {enrollment.zone} ({state}{paused})."
    timeline = timelines.read(session, timelines.followed(enrollment, sequence))
    if enrollment.pinned:
        yield f"She keeps the letters of {when(timeline.live_at)}: newer ones are for new people only."
    runs = {
        (run.step_key, run.occurrence): run
        for run in session.scalars(select(StepRun).where(StepRun.enrollment_id == enrollment.id))
    }
    zone = ZoneInfo(enrollment.zone)
    for planned in plan(timeline.plans, anchors.read(enrollment.anchors), zone, HOURS):
        run = runs.pop(planned.run, None)
        yield _letter(session, enrollment, planned, run, now)
    for run in runs.values():
        yield f"{run.step_key}: {run.outcome} {when(run.decided_at)}; this step is not in the sequence any more."


def _letter(
    session: Session, enrollment: Enrollment, planned: Planned, run: StepRun | None, now: datetime
) -> str:
    meant = f"{planned.key}: planned for {planned.local:%a %Y-%m-%d %H:%M %Z}"
    if run is None:
        return f"{meant}; {_not_decided(enrollment, planned, now)}."
    reason = f" ({run.reason})" if run.reason else ""
    if run.outcome != "queued":
        return f"{meant}; not sent: {run.reason}."
    key = dedupe_key(enrollment.id, *planned.run)
    delivery = session.scalar(select(Delivery).where(Delivery.dedupe_key == key))
    return f"{meant}{reason}; {fate(session, delivery)}." if delivery else f"{meant}{reason}; queued."


def _not_decided(enrollment: Enrollment, planned: Planned, now: datetime) -> str:
    """Of a letter that nobody has decided about: what moved it, and whether it can still come."""
    if enrollment.state == "exited":
        return f"not sent: {enrollment.reason}"
    if planned.until <= now:
        return "its time has passed"
    waits = (enrollment.reason or "").partition(f"{planned.key} waits: ")[2]
    because = "; ".join((*planned.reasons, *((waits,) if waits else ())))
    useful = f"still to come, worth sending until {planned.until.astimezone(planned.local.tzinfo):%a %Y-%m-%d %H:%M}"
    return f"{useful} ({because})" if because else useful
