"""Why did she get this letter, or not? The decision replayed in words a person understands. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.campaigns import anchors, timelines
from newsletter.campaigns.dispatch import dedupe_key
from newsletter.campaigns.enrollment import HOURS
from newsletter.campaigns.models import Enrollment, Sequence, StepRun
from newsletter.campaigns.planning import Planned, plan
from newsletter.delivery import suppression
from newsletter.delivery.models import Delivery

SAYS = {
    "queued": "waiting to be sent",
    "claimed": "being written",
    "handoff": "being handed over",
    "sent": "sent",
    "skipped": "not sent",
    "canceled": "canceled",
    "superseded": "not sent",
    "expired": "too late to be useful, not sent",
    "failed": "not sent",
    "unknown": "maybe sent: the mail server never answered",
    "poison": "stopped after repeated failures",
}


def explain(session: Session, subscriber: Subscriber, slug: str, now: datetime) -> list[str]:
    """One line for each thing that decided, in order. Raises NotFound for an unknown sequence."""
    sequence = timelines.find(session, slug)
    lines = [*_consent(session, subscriber), *_stops(session, subscriber)]
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
            yield f"{topic}: confirmed {_when(subscription.confirmed_at)}."
        elif subscription.state == "pending":
            yield f"{topic}: signed up {_when(subscription.requested_at)}, not confirmed yet."
        elif subscription.ended_at:
            yield f"{topic}: left {_when(subscription.ended_at)}."


def _stops(session: Session, subscriber: Subscriber) -> Iterator[str]:
    stops = suppression.stops(session, [subscriber.mailbox_id]).get(subscriber.mailbox_id, {})
    for scope, reason in stops.items():
        yield f"Do not mail ({'everything' if scope == 'all' else scope}): {reason}."


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
        return f"Not in this sequence: she confirmed before it was switched on, {_when(sequence.on_since)}."
    return "Not in this sequence yet: it takes her in at its next round."


def _way(session: Session, sequence: Sequence, enrollment: Enrollment, now: datetime) -> Iterator[str]:
    state = f"{enrollment.state}: {enrollment.reason}" if enrollment.reason else enrollment.state
    paused = "; the sequence is paused" if sequence.state == "paused" else ""
    yield f"In the sequence since {_when(enrollment.created_at)}, times follow {enrollment.zone} ({state}{paused})."
    timeline = timelines.read(session, sequence.live_timeline_id or enrollment.timeline_id)
    runs = {
        (run.step_key, run.occurrence): run
        for run in session.scalars(select(StepRun).where(StepRun.enrollment_id == enrollment.id))
    }
    zone = ZoneInfo(enrollment.zone)
    for planned in plan(timeline.plans, anchors.read(enrollment.anchors), zone, HOURS):
        run = runs.pop(planned.run, None)
        yield _letter(session, enrollment, planned, run, now)
    for run in runs.values():
        yield f"{run.step_key}: {run.outcome} {_when(run.decided_at)}; this step is not in the sequence any more."


def _letter(
    session: Session, enrollment: Enrollment, planned: Planned, run: StepRun | None, now: datetime
) -> str:
    meant = f"{planned.key}: planned for {planned.local:%a %Y-%m-%d %H:%M %Z}"
    if run is None:
        if enrollment.state == "exited":
            return f"{meant}; not sent: {enrollment.reason}."
        return f"{meant}; {'still to come' if planned.until > now else 'its time has passed'}."
    reason = f": {run.reason}" if run.reason else ""
    if run.outcome != "queued":
        return f"{meant}; not sent{reason}."
    key = dedupe_key(enrollment.id, *planned.run)
    delivery = session.scalar(select(Delivery).where(Delivery.dedupe_key == key))
    if delivery is None:
        return f"{meant}; queued{reason}."
    sent = f" {_when(delivery.sent_at)}" if delivery.sent_at else ""
    because = f": {delivery.reason}" if delivery.reason else ""
    return f"{meant}; {SAYS[delivery.state]}{sent}{because}."


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
