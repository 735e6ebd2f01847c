"""People as the command line lists and shows them. Reads only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from newsletter.audience import addresses, subscriptions
from newsletter.audience.models import Consent, Subscriber, Subscription, Topic
from newsletter.delivery.models import Mailbox

PAGE = 500


def named(session: Session, email: str) -> list[Subscriber]:
    """The people with this address, oldest first, their mailbox loaded. Raises AddressRefused."""
    key = addresses.judge(email).key
    rows = select(Subscriber).join(Subscriber.mailbox).where(Mailbox.address_key == key)
    return list(session.scalars(rows.options(contains_eager(Subscriber.mailbox)).order_by(Subscriber.id)))


def listed(session: Session, *, after: int = 0, most: int = PAGE) -> list[dict[str, Any]]:
    """A page of people with an id above `after`, at most `most`: what `shown` says, without the consents.

    Ask again with the last id; an empty page is the end. A page costs the same wherever it lies.
    """
    rows = select(Subscriber).where(Subscriber.id > after).order_by(Subscriber.id).limit(most)
    people = session.scalars(rows.options(joinedload(Subscriber.mailbox))).all()
    held = _held(session, [person.id for person in people])
    return [_card(person, held.get(person.id, {})) for person in people]


def everybody(session: Session) -> Iterator[dict[str, Any]]:
    """All people as `listed` says them, read page by page."""
    after = 0
    while page := listed(session, after=after):
        yield from page
        after = page[-1]["id"]


def shown(session: Session, subscriber: Subscriber) -> dict[str, Any]:
    """Everything about one person's agreement: `email, first_name, time_zone, status, topics, consents`, and more.

    Times are ISO 8601 with an offset. `topics` are those in the state that `status` names.
    """
    [card] = listed(session, after=subscriber.id - 1, most=1)
    return {**card, "consents": consents(session, subscriber.id)}


def consents(session: Session, subscriber_id: int) -> list[dict[str, Any]]:
    """Her acts of consent, oldest first, with the words she was shown."""
    rows = select(Consent).where(Consent.subscriber_id == subscriber_id).order_by(Consent.id)
    return [_act(consent) for consent in session.scalars(rows.options(joinedload(Consent.wording)))]


def _card(person: Subscriber, held: dict[str, str]) -> dict[str, Any]:
    status = subscriptions.status(held.values())
    return {
        "id": person.id,
        "email": person.mailbox.address,
        "first_name": person.first_name,
        "time_zone": person.time_zone,
        "status": status,
        "topics": [slug for slug, state in held.items() if state == status != "unsubscribed"],
        "source": person.source,
        "created_at": _iso(person.created_at),
    }


def _act(consent: Consent) -> dict[str, Any]:
    return {
        "at": _iso(consent.at),
        "act": consent.act,
        "stream": consent.stream,
        "topics": consent.topics,
        "how": consent.how,
        "wording": consent.wording and consent.wording.text,
        "wording_sha256": consent.wording and consent.wording.sha256,
        "page": consent.page,
        "ip": consent.ip,
        "user_agent": consent.user_agent,
    }


def _held(session: Session, subscriber_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Person -> topic slug -> state, in one statement for the whole page."""
    rows = (
        select(Subscription.subscriber_id, Topic.slug, Subscription.state)
        .join(Topic, Subscription.topic_id == Topic.id)
        .where(Subscription.subscriber_id.in_(subscriber_ids))
        .order_by(Topic.position)
    )
    held: dict[int, dict[str, str]] = {}
    for subscriber_id, slug, state in session.execute(rows):
        held.setdefault(subscriber_id, {})[slug] = state
    return held


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
