"""Finding people among many: by how an address or a name begins, by where they stand, topic, tag, source, day.

Reads only. A page costs the same wherever it lies, and the same number of statements however many people it shows.
Nobody is found who never had to do with our letters: whoever is here for care alone is a number (`tally`).
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, and_, case, cast, func, not_, select
from sqlalchemy.orm import Session

from newsletter.audience import holds
from newsletter.audience.holds import Held
from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.audience.wanted import STANDINGS, Standing, Wanted, conditions, is_seen, standing_is, stands
from newsletter.delivery import suppression
from newsletter.delivery.models import Mailbox

PER_PAGE = 50
MOST_COUNTED = 10_000
MOST_NAMED = 200


@dataclass(frozen=True)
class Found:
    """One person in a list. `stop` is why she must not be mailed, `held` until when she is held back."""

    id: int
    address: str
    first_name: str | None
    tags: list[Any]
    source: str
    joined: datetime
    standing: Standing
    topics: tuple[str, ...]
    stop: str | None
    held: Held | None


@dataclass(frozen=True)
class Page:
    """Newest first. `more`: there are others, with smaller numbers than the last one's."""

    people: tuple[Found, ...]
    more: bool


def page(session: Session, wanted: Wanted, now: datetime, before: int | None = None) -> Page:
    """Those with a number below `before`. Four statements."""
    rows = (
        select(
            Subscriber.id,
            Subscriber.mailbox_id,
            Mailbox.address,
            Subscriber.first_name,
            Subscriber.tags,
            Subscriber.source,
            Subscriber.created_at,
        )
        .join(Mailbox, Mailbox.id == Subscriber.mailbox_id)
        .where(*conditions(wanted, now))
        .order_by(Subscriber.id.desc())
        .limit(PER_PAGE + 1)
    )
    found = session.execute(rows.where(Subscriber.id < before) if before else rows).all()
    shown = found[:PER_PAGE]
    ids = [row.id for row in shown]
    topics, held = _topics(session, ids), holds.held(session, ids, now)
    stops = suppression.stops(session, [row.mailbox_id for row in shown])
    people = []
    for row in shown:
        stop = stops.get(row.mailbox_id, {})
        states = topics.get(row.id, {})
        standing = stands(states.values(), stopped=bool(stop), held=row.id in held)
        people.append(
            Found(
                id=row.id,
                address=row.address,
                first_name=row.first_name,
                tags=row.tags,
                source=row.source,
                joined=row.created_at,
                standing=standing,
                topics=tuple(name for name, state in states.items() if state != "unsubscribed"),
                stop=stop.get("all") or stop.get("marketing"),
                held=held.get(row.id),
            )
        )
    return Page(tuple(people), len(found) > PER_PAGE)


def count(session: Session, wanted: Wanted, now: datetime) -> int:
    """How many there are; one more than `MOST_COUNTED` stands for any number above it."""
    some = select(Subscriber.id).where(*conditions(wanted, now)).limit(MOST_COUNTED + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def after(session: Session, wanted: Wanted, now: datetime, last: int, most: int) -> list[int]:
    """The next `most` people with a number above `last`, in ascending order: a walk over all of them in slices."""
    rows = select(Subscriber.id).where(*conditions(wanted, now), Subscriber.id > last)
    return list(session.scalars(rows.order_by(Subscriber.id).limit(most)))


def tally(session: Session, now: datetime) -> dict[str, int]:
    """Everybody once, by where they stand; `care` is whoever is here for care alone. Looks at each person."""
    where: list[Any] = [
        func.count(case((and_(is_seen(), standing_is(each, now)), Subscriber.id))).label(each)
        for each in STANDINGS
    ]
    where.append(func.count(case((not_(is_seen()), Subscriber.id))).label("care"))
    return dict(session.execute(select(*where)).mappings().one())


def tags(session: Session) -> list[str]:
    """Tags that people have, by the alphabet; from at most `MOST_NAMED` different sets of them."""
    written = cast(Subscriber.tags, Text)
    rows = select(written).where(written != "[]").distinct().limit(MOST_NAMED)
    return sorted({tag for each in session.scalars(rows) for tag in json.loads(each)}, key=str.casefold)


def sources(session: Session) -> list[str]:
    """Where people came from, as forms and lists call themselves; at most `MOST_NAMED`."""
    return sorted(session.scalars(select(Subscriber.source).distinct().limit(MOST_NAMED)), key=str.casefold)


def _topics(session: Session, ids: Collection[int]) -> dict[int, dict[str, str]]:
    """Person -> name of a topic -> state, in the order of the topics."""
    rows = (
        select(Subscription.subscriber_id, Topic.name, Subscription.state)
        .join(Topic, Topic.id == Subscription.topic_id)
        .where(Subscription.subscriber_id.in_(ids))
        .order_by(Topic.position)
    )
    found: dict[int, dict[str, str]] = {}
    for person, name, state in session.execute(rows):
        found.setdefault(person, {})[name] = state
    return found
