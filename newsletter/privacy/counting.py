"""How much is held about one person, in figures: what an erasure will take. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from newsletter.audience.models import Consent, Hold, Subscriber, Subscription
from newsletter.campaigns.models import Enrollment
from newsletter.delivery import retention
from newsletter.delivery.models import Delivery, Mailbox, PracticeLetter
from newsletter.privacy import exporting


@dataclass(frozen=True)
class Held:
    """How many rows of each kind. `waiting`: of the e-mails, those not handed over yet; `shared`: see erasing."""

    subscriber_id: int
    topics: int
    consents: int
    breaks: int
    sequences: int
    emails: int
    waiting: int
    practice_letters: int
    shared: bool


def count(session: Session, person: Subscriber) -> Held:
    """The figures of this person."""
    shared = exporting.others(session, person) > 0
    emails = exporting.hers(person, shared=shared)
    address = session.get_one(Mailbox, person.mailbox_id).address
    return Held(
        subscriber_id=person.id,
        topics=_rows(session, Subscription, Subscription.subscriber_id == person.id),
        consents=_rows(session, Consent, Consent.subscriber_id == person.id),
        breaks=_rows(session, Hold, Hold.subscriber_id == person.id),
        sequences=_rows(session, Enrollment, Enrollment.subscriber_id == person.id),
        emails=_rows(session, Delivery, emails),
        waiting=_rows(session, Delivery, emails & Delivery.state.in_(("queued", "claimed"))),
        practice_letters=_rows(session, PracticeLetter, retention.practice_of(address)),
        shared=shared,
    )


def _rows(session: Session, table: Any, which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(which)) or 0
