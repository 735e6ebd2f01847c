"""Who gets an issue, and who does not and why: the same conditions for counting before and for sending."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Label,
    ScalarSelect,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.orm import Session

from newsletter.audience import holds
from newsletter.audience.models import Hold, Subscriber, Subscription, Topic
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
    """The audience as it is at `at`; what happens later, the gate sees. In one statement."""
    slugs = [whom.topic, *whom.except_topics]
    heard = _heard(session, slugs, at, by_person=True)
    everybody = Counter({fate: sum(kinds.values()) for fate, kinds in heard.items()})
    of_the_topic, chosen_ones = (_of(heard, slugs, each) for each in (Whom(whom.topic), whom))
    causes: dict[Cause, int] = {
        "topic": everybody.total() - of_the_topic.total(),
        "except": of_the_topic.total() - chosen_ones.total(),
    }
    causes |= {fate: chosen_ones[fate] for fate in FATES}
    return Count(whom, chosen_ones[None], everybody.total(), causes)


def gets(session: Session, several: Sequence[Audience], at: datetime) -> list[int]:
    """How many each audience has at `at`, in one statement however many there are."""
    if not several:
        return []
    slugs = sorted({slug for whom in several for slug in (whom.topic, *whom.except_topics)})
    # Who hears about a topic has one row for it: only where topics are left out must her rows be seen together.
    heard = _heard(session, slugs, at, by_person=any(whom.except_topics for whom in several))
    return [_of(heard, slugs, whom)[None] for whom in several]


# What keeps somebody who hears of the topic from getting it: the first that holds.
FATES: tuple[Cause, ...] = ("stopped", "break", "healing")
Heard = dict[Cause | None, Counter[int]]


def _heard(session: Session, slugs: Sequence[str], at: datetime, *, by_person: bool) -> Heard:
    """Fate (None: gets it) -> which of `slugs` she hears about, as bits -> how many; 0 for who hears about others.

    Nearly everybody has no fate at all. So all are counted by their subscriptions alone, and the few whom something
    may keep are looked at one by one and taken off again. Unless `by_person`, each subscription counts by itself.
    """
    everybody = select(_which(slugs, together=by_person), literal("everybody").label("fate")).where(
        *_hears(at)
    )
    few = (
        select(_which(slugs, together=by_person), _fate(at))
        .join(Subscriber, Subscriber.id == Subscription.subscriber_id)
        .where(*_hears(at), Subscriber.id.in_(_perhaps_kept(at)))
    )
    if by_person:
        everybody, few = everybody.group_by(Subscription.subscriber_id), few.group_by(Subscriber.id)
    heard: Heard = {fate: Counter() for fate in (None, *FATES)}
    parts = (_counted(everybody), _counted(few))
    for bits, fate, number in session.execute(union_all(*parts)):
        if fate == "everybody":
            heard[None][bits] += number
        elif fate:
            heard[None][bits] -= number
        if fate in FATES:
            heard[fate][bits] += number
    return heard


def _counted(rows: Select[int, str]) -> Select[int, str, int]:
    told = rows.subquery()
    return select(told.c.bits, told.c.fate, func.count()).group_by(told.c.bits, told.c.fate)


def _of(heard: Heard, slugs: Sequence[str], whom: Audience) -> Counter[Cause | None]:
    """Fate -> how many of those who are chosen."""
    wanted = 1 << slugs.index(whom.topic)
    but = sum({1 << slugs.index(slug) for slug in whom.except_topics})
    return Counter(
        {
            fate: sum(number for bits, number in kinds.items() if bits & wanted and not bits & but)
            for fate, kinds in heard.items()
        }
    )


def _which(slugs: Sequence[str], *, together: bool) -> Label[int]:
    """Which of `slugs` a row is about, or all rows of one person, who has one for each topic at most."""
    bit = {
        slug: 1 << place for place, slug in reversed([*enumerate(slugs)])
    }  # a slug that is there twice: the first
    about = case(*((Subscription.topic_id == _topic(slug), value) for slug, value in bit.items()), else_=0)
    return (cast(func.sum(about), BigInteger) if together else about).label("bits")


def _topic(slug: str) -> ScalarSelect[int]:
    return select(Topic.id).where(Topic.slug == slug).scalar_subquery()


def _hears(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return Subscription.confirmed_at <= at, _confirmed_then(at)


def _perhaps_kept(at: datetime) -> CompoundSelect[int]:
    """Everybody whom `_fate` may name, and some whom it does not."""
    stopped = select(Suppression.mailbox_id).where(Suppression.released_at.is_(None))
    return union(
        select(Subscriber.id).where(Subscriber.mailbox_id.in_(stopped)),
        select(Hold.subscriber_id).where(Hold.ended_at.is_(None)),
        select(Subscriber.id).where(Subscriber.created_at > at),
    )


def _fate(at: datetime) -> Label[str]:
    return case(
        (Subscriber.created_at > at, "late"),
        (_stopped(), "stopped"),
        (is_held(at, [holds.BREAK]), "break"),
        (is_held(at), "healing"),
        else_="",
    ).label("fate")


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
            _confirmed_then(at),
        )
    )
    if topics is not None:
        held = held.where(Topic.slug.in_(topics))
    return held.exists()


def _confirmed_then(at: datetime) -> ColumnElement[bool]:
    left_later = and_(Subscription.state == "unsubscribed", Subscription.ended_at > at)
    return or_(Subscription.state == "confirmed", left_later)
