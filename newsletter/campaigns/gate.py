"""The last look before a letter is handed over: does she still want it, and is its sequence still running?

The mailboxes are locked by the caller, so a stop that has committed is always seen here (delivery/sending).
"""

from __future__ import annotations

from collections.abc import Sequence as Several
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.campaigns.models import Enrollment, Sequence, StepRun
from newsletter.delivery.leases import Claimed
from newsletter.delivery.sending import Verdict


def gate(session: Session, deliveries: Several[Claimed], _now: datetime) -> dict[int, Verdict]:
    """The verdicts of those that must not go now; letters that belong to no sequence are not its business."""
    by_key = {each.dedupe_key: each for each in deliveries}
    rows = session.execute(
        select(StepRun.dedupe_key, Enrollment, Sequence, Subscriber)
        .join(Enrollment, Enrollment.id == StepRun.enrollment_id)
        .join(Sequence, Sequence.id == Enrollment.sequence_id)
        .join(Subscriber, Subscriber.id == Enrollment.subscriber_id)
        .where(StepRun.dedupe_key.in_(by_key))
    )
    verdicts = {}
    for key, enrollment, sequence, subscriber in rows:
        delivery = by_key[key or ""]
        verdict = _judge(session, delivery, enrollment, sequence, subscriber)
        if verdict:
            verdicts[delivery.id] = verdict
    return verdicts


def _judge(
    session: Session, delivery: Claimed, enrollment: Enrollment, sequence: Sequence, subscriber: Subscriber
) -> Verdict | None:
    if enrollment.state == "exited":
        return Verdict("canceled", enrollment.reason or "she left the sequence")
    if subscriber.mailbox_id != delivery.mailbox_id:
        return Verdict("canceled", "her address has changed")
    if sequence.kind == "marketing" and not _wants(session, subscriber, sequence):
        return Verdict("skipped", "not subscribed any more")
    if enrollment.state == "paused" or sequence.state == "paused":
        return Verdict("wait", "paused")
    return None


def _wants(session: Session, subscriber: Subscriber, sequence: Sequence) -> bool:
    """Whether she is subscribed to one of the sequence's topics (none named: to any)."""
    confirmed = select(Subscription.id).where(
        Subscription.subscriber_id == subscriber.id, Subscription.state == "confirmed"
    )
    if sequence.topics:
        confirmed = confirmed.join(Topic).where(Topic.slug.in_(sequence.topics))
    return session.scalar(confirmed.limit(1)) is not None
