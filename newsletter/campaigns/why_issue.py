"""Why did she get this newsletter, or not? What the issue is, and what became of hers. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.campaigns.audience_of import chosen
from newsletter.campaigns.enrollment import zone_of
from newsletter.campaigns.fates import fate, local, when
from newsletter.campaigns.models import Broadcast
from newsletter.delivery.models import Delivery

STATES = {
    "draft": "It is a draft: nobody gets it before somebody sends it.",
    "scheduled": "It has not begun.",
    "sending": "It is going out.",
    "paused": "It is paused: what has not been handed over waits.",
    "late": "Its moment passed while nobody was here; it waits for a decision.",
    "sent": "It has gone out.",
    "canceled": "It was canceled in the middle.",
}


def lines(
    session: Session, issue: Broadcast, subscriber: Subscriber, clinic_zone: ZoneInfo, now: datetime
) -> Iterator[str]:
    """What the issue is, whether she is among its people, and what became of hers; in that order."""
    zone = zone_of(subscriber, clinic_zone)
    yield f"“{issue.slug}” is for {_people(issue)}. {STATES[issue.state]}{_moment(issue)}"
    hers = session.scalar(
        select(Delivery).where(Delivery.dedupe_key == f"broadcast:{issue.id}:{subscriber.id}")
    )
    if hers is not None:
        yield f"Hers: planned for {local(hers.send_after, zone)}; {fate(session, hers)}."
    elif issue.started_at is None:
        yield from _before(session, issue, subscriber, now)
    else:
        yield _not_among(session, issue, subscriber, issue.started_at)


def _people(issue: Broadcast) -> str:
    spared = f", except who hears about {', '.join(issue.except_topics)}" if issue.except_topics else ""
    return f"who hears about {issue.topic}{spared}"


def _moment(issue: Broadcast) -> str:
    if issue.starts_at is None:
        return ""
    if issue.local_day is not None:
        return f" Each reader’s own clock decides: {issue.local_day:%a %Y-%m-%d} at {issue.local_hour}:00."
    return (
        f" It began {when(issue.started_at)}." if issue.started_at else f" It begins {when(issue.starts_at)}."
    )


def _before(session: Session, issue: Broadcast, subscriber: Subscriber, now: datetime) -> Iterator[str]:
    if _is_chosen(session, issue, subscriber, now):
        yield "As things stand she is among its people; a stop or a break named above still counts."
    else:
        yield _not_among(session, issue, subscriber, now)


def _not_among(session: Session, issue: Broadcast, subscriber: Subscriber, at: datetime) -> str:
    """The first reason, in the order in which the audience is chosen; `at` is when that happened, or now."""
    held = session.scalar(
        select(Subscription)
        .join(Topic, Topic.id == Subscription.topic_id)
        .where(Subscription.subscriber_id == subscriber.id, Topic.slug == issue.topic)
    )
    if subscriber.created_at > at:
        return (
            f"Not hers: she came here {when(subscriber.created_at)}, after the issue had begun ({when(at)})."
        )
    if held is None:
        return f"Not hers: she never asked for {issue.topic}."
    if held.confirmed_at is None:
        return f"Not hers: her sign-up for {issue.topic} is not confirmed."
    if held.confirmed_at > at:
        return f"Not hers: she confirmed {when(held.confirmed_at)}, after the issue had begun ({when(at)})."
    if held.ended_at is not None and held.ended_at <= at:
        return f"Not hers: she left {issue.topic} {when(held.ended_at)}, before the issue began."
    if spared := _spared(session, issue, subscriber, at):
        return f"Not hers: the issue leaves out who hears about {spared}, and she does."
    if issue.fanned_out:
        return "Not hers: when the issue reached her, she was held back until too late for it."
    return "Hers is not in the queue yet: the issue has not come to her."


def _is_chosen(session: Session, issue: Broadcast, subscriber: Subscriber, at: datetime) -> bool:
    among = select(Subscriber.id).where(Subscriber.id == subscriber.id, chosen(issue, at))
    return session.scalar(among) is not None


def _spared(session: Session, issue: Broadcast, subscriber: Subscriber, at: datetime) -> str | None:
    return session.scalar(
        select(Topic.slug)
        .join(Subscription, Subscription.topic_id == Topic.id)
        .where(
            Subscription.subscriber_id == subscriber.id,
            Topic.slug.in_(issue.except_topics),
            Subscription.confirmed_at <= at,
            or_(Subscription.state == "confirmed", Subscription.ended_at > at),
        )
        .order_by(Topic.position)
        .limit(1)
    )
