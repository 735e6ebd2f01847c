"""Who hears about what: the moves a subscription can make, without asking why.

Callers hold the mailbox's lock (`delivery.mailboxes.lock`), because a stop may begin or end here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.db import insert_new
from newsletter.errors import NotFound, Refused


def topics(session: Session) -> list[Topic]:
    """Every topic, retired ones too, in the order that pages show; raises Refused before there are any."""
    found = list(session.scalars(select(Topic).order_by(Topic.position)))
    if not found:
        raise Refused("there are no topics yet; run `newsletter migrate`, which loads them")
    return found


def offered(session: Session, held: Collection[str] = ()) -> list[Topic]:
    """The topics that can be chosen: those that are not retired, and of retired ones whatever is `held` already."""
    return [topic for topic in topics(session) if topic.retired_at is None or topic.slug in held]


def chosen(session: Session, slugs: Collection[str], held: Collection[str] = ()) -> list[Topic]:
    """The topics of these slugs, all that are offered when none is named.

    Raises NotFound for a slug that is no topic, or a retired one that is not `held` already.
    """
    every = offered(session, held)
    unknown = sorted(set(slugs) - {topic.slug for topic in every})
    if unknown:
        names = ", ".join(topic.slug for topic in every)
        raise NotFound(f"there is no topic “{unknown[0][:40]}”; right would be {names}")
    return [topic for topic in every if not slugs or topic.slug in slugs]


def of(session: Session, subscriber_id: int) -> dict[str, Subscription]:
    """Her subscriptions as they are now, by topic slug, in the order of the topics."""
    rows = (
        select(Topic.slug, Subscription)
        .join(Topic, Subscription.topic_id == Topic.id)
        .where(Subscription.subscriber_id == subscriber_id)
        .order_by(Topic.position)
        .execution_options(populate_existing=True)
    )
    return dict(session.execute(rows).all())


def status(states: Iterable[str]) -> str:
    """One word for a person whose subscriptions are in `states`: confirmed, pending or unsubscribed."""
    held = set(states)
    return next((word for word in ("confirmed", "pending") if word in held), "unsubscribed")


def ask(session: Session, subscriber_id: int, wanted: Collection[Topic], source: str, now: datetime) -> None:
    """Make `wanted` pending, save what is confirmed already. Two statements, whoever she is."""
    new = {"subscriber_id": subscriber_id, "state": "pending", "source": source, "requested_at": now}
    insert_new(session, Subscription, [{**new, "topic_id": topic.id} for topic in wanted])
    session.execute(
        update(Subscription)
        .where(
            Subscription.subscriber_id == subscriber_id,
            Subscription.topic_id.in_([topic.id for topic in wanted]),
            Subscription.state != "confirmed",
        )
        .values(state="pending", requested_at=now)
        .execution_options(synchronize_session=False)
    )


def confirm(session: Session, person: Subscriber, slugs: Collection[str], now: datetime) -> bool:
    """Confirm these subscriptions; True if she heard nothing before, and so has arrived.

    `admitted_at` becomes NULL: campaigns look at each of them once.
    """
    held = of(session, person.id)
    arrives = status(each.state for each in held.values()) != "confirmed"
    for slug in slugs:
        held[slug].state = "confirmed"
        held[slug].confirmed_at = now
        held[slug].ended_at = held[slug].admitted_at = None
    person.arrivals += arrives
    session.flush()
    return arrives


def end(session: Session, held: Mapping[str, Subscription], now: datetime) -> None:
    """End these subscriptions, confirmed or pending."""
    for subscription in held.values():
        subscription.state = "unsubscribed"
        subscription.ended_at = now
    session.flush()
