"""Who gets an issue, and who does not and why: the same conditions for counting before and for sending."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from newsletter.audience import holds
from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.delivery.models import Suppression

USEFUL = timedelta(hours=48)  # how long after its moment an issue is worth sending


Cause = Literal["topic", "except", "stopped", "break", "healing"]


class Audience(Protocol):
    """Whom an issue is for, by slugs of topics: an issue itself, its folder, or what somebody is about to choose."""

    @property
    def topic(self) -> str:
        """Who hears about this gets it."""

    @property
    def except_topics(self) -> Sequence[Any]:
        """But not who hears about one of these."""


@dataclass(frozen=True)
class Whom:
    """An audience that belongs to no issue yet."""

    topic: str
    except_topics: tuple[str, ...] = ()


@dataclass(frozen=True)
class Count:
    """How many get it, and out of everybody confirmed for anything how many do not, by cause, in this order."""

    whom: Audience
    gets: int
    everybody: int
    causes: dict[Cause, int]

    @property
    def left_out(self) -> dict[str, int]:
        """The causes that keep anybody out, in words."""
        words: dict[Cause, str] = {
            "topic": f"do not hear about {self.whom.topic}",
            "except": f"hear about {', '.join(self.whom.except_topics)}",
            "stopped": "do not mail",
            "break": holds.REASONS[holds.BREAK],
            "healing": holds.REASONS[holds.HEALING],
        }
        return {words[cause]: number for cause, number in self.causes.items() if number}


def chosen(whom: Audience, at: datetime) -> ColumnElement[bool]:
    """Subscribed at `at` to the issue's topic and to none that it leaves out; for a query over Subscriber."""
    wanted = _subscribed(at, [whom.topic])
    if not whom.except_topics:
        return wanted
    return and_(wanted, ~_subscribed(at, whom.except_topics))


def is_held(at: datetime, kinds: Collection[str] = (holds.BREAK, holds.HEALING)) -> ColumnElement[bool]:
    """Held back until an issue that begins at `at` is worth nothing; who is held for less gets it after that."""
    return holds.past(at + USEFUL, kinds)


def count(session: Session, whom: Audience, at: datetime) -> Count:
    """The audience as it is at `at`; what happens later, the gate sees."""
    inside = chosen(whom, at)
    reachable = and_(inside, ~_stopped())
    everybody = _number(session, _subscribed(at, None))
    of_the_topic = _number(session, _subscribed(at, [whom.topic]))
    chosen_ones = _number(session, inside)
    unreachable = chosen_ones - _number(session, reachable)
    on_break = _number(session, and_(reachable, is_held(at, [holds.BREAK])))
    healing = _number(session, and_(reachable, is_held(at))) - on_break
    causes: dict[Cause, int] = {
        "topic": everybody - of_the_topic,
        "except": of_the_topic - chosen_ones,
        "stopped": unreachable,
        "break": on_break,
        "healing": healing,
    }
    return Count(whom, chosen_ones - unreachable - on_break - healing, everybody, causes)


def gets(session: Session, several: Sequence[Audience], at: datetime) -> list[int]:
    """How many each audience has at `at`, in one query however many there are."""
    if not several:
        return []
    numbers = [
        select(func.count())
        .select_from(Subscriber)
        .where(chosen(whom, at), ~_stopped(), ~is_held(at))
        .scalar_subquery()
        for whom in several
    ]
    return [int(number) for number in session.execute(select(*numbers)).one()]


def _stopped() -> ColumnElement[bool]:
    return exists().where(Suppression.mailbox_id == Subscriber.mailbox_id, Suppression.released_at.is_(None))


def _subscribed(at: datetime, topics: Sequence[str] | None) -> ColumnElement[bool]:
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
