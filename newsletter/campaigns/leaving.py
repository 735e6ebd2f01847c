"""The only door out: end the subscriptions, cancel what waits, exit the sequences; all or nothing, idempotent.

The mailbox is locked first, as the gate does, so that after the transaction at most what was being handed over arrives.
"""

from __future__ import annotations

from collections.abc import Sequence as Several
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from newsletter.audience import consent
from newsletter.audience.consent import Evidence
from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.campaigns.enrollment import LEFT
from newsletter.campaigns.models import Enrollment, Sequence
from newsletter.delivery import mailboxes, queue, suppression
from newsletter.delivery.models import Delivery


def leave(session: Session, mailbox_id: int, now: datetime, evidence: Evidence) -> int:
    """End all marketing to a mailbox, for everybody who shares it; returns how many subscriptions that ended.

    Idempotent: also right for people who are gone already, and for a mailbox that nobody has any more.
    """
    mailboxes.lock(session, [mailbox_id])
    people = session.scalars(select(Subscriber.id).where(Subscriber.mailbox_id == mailbox_id)).all()
    ended = session.execute(
        update(Subscription)
        .where(Subscription.subscriber_id.in_(people), Subscription.state != "unsubscribed")
        .values(state="unsubscribed", ended_at=now)
        .returning(Subscription.subscriber_id, Subscription.topic_id)
    ).all()
    slugs = {row.id: row.slug for row in session.execute(select(Topic.id, Topic.slug))}
    for person in sorted({row.subscriber_id for row in ended}):
        topics = [slugs[row.topic_id] for row in ended if row.subscriber_id == person]
        consent.record(session, person, "withdrawn", topics, evidence, now)
    queue.cancel(session, Delivery.mailbox_id == mailbox_id, Delivery.stream == "marketing", reason=LEFT)
    _exit(session, people, now)
    return len(ended)


def stop_everything(session: Session, mailbox_id: int, now: datetime, evidence: Evidence) -> None:
    """No e-mails at all: leave, and put the mailbox on the do-not-mail list. Her own confirmed sign-up lifts it."""
    leave(session, mailbox_id, now, evidence)
    suppression.suppress(session, mailbox_id, "all", suppression.ASKED, now)


def _exit(session: Session, people: Several[int], now: datetime) -> None:
    marketing = select(Sequence.id).where(Sequence.kind == "marketing")
    session.execute(
        update(Enrollment)
        .where(
            Enrollment.subscriber_id.in_(people),
            Enrollment.sequence_id.in_(marketing),
            Enrollment.state.in_(("active", "paused")),
        )
        .values(state="exited", reason=LEFT, next_due_at=None, ended_at=now)
    )
