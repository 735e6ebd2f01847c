"""What is known already about the people of a list: read for a whole slice at once, behind their mailboxes' locks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience import subscriptions
from newsletter.audience.bulk import Bulk
from newsletter.audience.models import Subscriber, Subscription
from newsletter.delivery import mailboxes, suppression
from newsletter.delivery.models import Mailbox, Suppression


@dataclass
class Known:
    """One mailbox that was here before, and who signed up with it. `status` is None where nobody did."""

    mailbox_id: int
    person_id: int | None = None
    first_name: str | None = None
    time_zone: str | None = None
    tags: list[Any] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    status: str | None = None
    confirmed_at: datetime | None = None
    forbidden: str | None = None
    # Every stop there ever was, lifted ones too: (scope, reason).
    stops: set[tuple[str, str]] = field(default_factory=set)


def settle(
    session: Session, addresses: Mapping[str, str], now: datetime
) -> tuple[dict[str, int], dict[str, Known]]:
    """Make the mailboxes (key -> address) that are missing, and lock all others.

    Returns those made, key -> id, and those known before. A key that is in neither belongs to somebody whose data was
    deleted in this very moment.
    """
    bulk = Bulk(session)
    found = bulk.find_mailboxes(list(addresses))
    new = bulk.add_mailboxes({key: address for key, address in addresses.items() if key not in found}, now)
    if len(found) + len(new) < len(addresses):  # somebody signed up between the two
        found |= bulk.find_mailboxes([key for key in addresses if key not in found and key not in new])
    return new, _look(session, found) if found else {}


def _look(session: Session, found: Mapping[str, int]) -> dict[str, Known]:
    mailboxes.lock(session, found.values())
    ids = set(found.values())
    still = dict(session.execute(select(Mailbox.address_key, Mailbox.id).where(Mailbox.id.in_(ids))).all())
    known = {mailbox_id: Known(mailbox_id) for key, mailbox_id in found.items() if key in still}
    _add_people(session, known)
    _add_stops(session, known)
    return {key: known[mailbox_id] for key, mailbox_id in found.items() if mailbox_id in known}


def _add_people(session: Session, known: Mapping[int, Known]) -> None:
    people = select(Subscriber).where(Subscriber.mailbox_id.in_(known.keys()), Subscriber.signed_up)
    by_id: dict[int, Known] = {}
    for person in session.execute(people.with_only_columns(*Subscriber.__table__.columns)):
        each = by_id[person.id] = known[person.mailbox_id]
        each.person_id, each.first_name, each.time_zone = person.id, person.first_name, person.time_zone
        each.tags, each.fields = person.tags, person.fields
    for person_id, (states, confirmed_at) in _states(session, by_id.keys()).items():
        by_id[person_id].status = subscriptions.status(states)
        by_id[person_id].confirmed_at = confirmed_at


def _states(session: Session, people: Collection[int]) -> dict[int, tuple[set[str], datetime | None]]:
    """Person -> the states of her subscriptions, and when she last confirmed one."""
    rows = select(Subscription.subscriber_id, Subscription.state, Subscription.confirmed_at)
    found: dict[int, tuple[set[str], datetime | None]] = {}
    for person_id, state, at in session.execute(rows.where(Subscription.subscriber_id.in_(people))):
        states, newest = found.get(person_id, (set(), None))
        found[person_id] = states | {state}, max(filter(None, (newest, at)), default=None)
    return found


def _add_stops(session: Session, known: Mapping[int, Known]) -> None:
    for mailbox_id, stop in suppression.stops(session, list(known)).items():
        known[mailbox_id].forbidden = suppression.forbids(stop, "marketing")
    for mailbox_id, scope, reason in session.execute(_ever(known.keys())):
        known[mailbox_id].stops.add((scope, reason))


def _ever(mailbox_ids: Iterable[int]) -> Any:
    rows = select(Suppression.mailbox_id, Suppression.scope, Suppression.reason)
    return rows.where(Suppression.mailbox_id.in_(list(mailbox_ids)))
