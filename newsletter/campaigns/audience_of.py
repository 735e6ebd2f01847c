"""Who gets an issue, and who does not and why: the same conditions for counting before and for sending."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from newsletter.audience import holds
from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.campaigns.models import Broadcast
from newsletter.delivery.models import Suppression

USEFUL = timedelta(hours=48)  # how long after its moment an issue is worth sending


@dataclass(frozen=True)
class Count:
    """How many get it, and out of everybody confirmed for anything why others do not, by reason."""

    gets: int
    everybody: int
    left_out: dict[str, int]


def chosen(broadcast: Broadcast, at: datetime) -> ColumnElement[bool]:
    """Subscribed at `at` to the issue's topic and to none that it leaves out; for a query over Subscriber."""
    wanted = _subscribed(at, [broadcast.topic])
    if not broadcast.except_topics:
        return wanted
    return and_(wanted, ~_subscribed(at, broadcast.except_topics))


def is_held(at: datetime, kinds: Collection[str] = (holds.BREAK, holds.HEALING)) -> ColumnElement[bool]:
    """Held back until an issue that begins at `at` is worth nothing; who is held for less gets it after that."""
    return holds.past(at + USEFUL, kinds)


def count(session: Session, broadcast: Broadcast, at: datetime) -> Count:
    """The issue's audience as it is at `at`; what happens later, the gate sees."""
    stopped = exists().where(
        Suppression.mailbox_id == Subscriber.mailbox_id, Suppression.released_at.is_(None)
    )
    inside = chosen(broadcast, at)
    reachable = and_(inside, ~stopped)
    everybody = _number(session, _subscribed(at, None))
    of_the_topic = _number(session, _subscribed(at, [broadcast.topic]))
    chosen_ones = _number(session, inside)
    unreachable = chosen_ones - _number(session, reachable)
    on_break = _number(session, and_(reachable, is_held(at, [holds.BREAK])))
    healing = _number(session, and_(reachable, is_held(at))) - on_break
    reasons = {
        f"do not hear about {broadcast.topic}": everybody - of_the_topic,
        f"hear about {', '.join(broadcast.except_topics)}": of_the_topic - chosen_ones,
        "do not mail": unreachable,
        holds.REASONS[holds.BREAK]: on_break,
        holds.REASONS[holds.HEALING]: healing,
    }
    left_out = {reason: number for reason, number in reasons.items() if number}
    return Count(chosen_ones - unreachable - on_break - healing, everybody, left_out)


def _subscribed(at: datetime, topics: list[str] | None) -> ColumnElement[bool]:
    """Confirmed at `at`, whatever came since: who left later is still counted, and the gate stops her letter.

    Also here by then: a list may bring people who confirmed elsewhere long ago.
    """
    held = (
        select(Subscription.id)
        .join(Topic, Topic.id == Subscription.topic_id)
        .where(
            Subscription.subscriber_id == Subscriber.id,
            Subscription.confirmed_at <= at,
            Subscriber.created_at <= at,
            or_(
                Subscription.state == "confirmed",
                and_(Subscription.state == "unsubscribed", Subscription.ended_at > at),
            ),
        )
    )
    if topics is not None:
        held = held.where(Topic.slug.in_(topics))
    return held.exists()


def _number(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Subscriber).where(condition)) or 0
