"""The last look before a letter is handed over: does she still want it, and is its sequence or issue still going out?

The mailboxes are locked by the caller, so a stop that has committed is always seen here (delivery/sending).
"""

from __future__ import annotations

from collections.abc import Sequence as Several
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.campaigns.models import Broadcast, Enrollment, Sequence, StepRun
from newsletter.delivery.leases import Claimed
from newsletter.delivery.sending import Verdict


def gate(session: Session, deliveries: Several[Claimed], _now: datetime) -> dict[int, Verdict]:
    """The verdicts of those that must not go now; account letters are not its business."""
    return _letters(session, deliveries) | _issues(session, deliveries)


def _letters(session: Session, deliveries: Several[Claimed]) -> dict[int, Verdict]:
    by_key = {each.dedupe_key: each for each in deliveries}
    rows = session.execute(
        select(StepRun, Enrollment, Sequence, Subscriber)
        .join(Enrollment, Enrollment.id == StepRun.enrollment_id)
        .join(Sequence, Sequence.id == Enrollment.sequence_id)
        .join(Subscriber, Subscriber.id == Enrollment.subscriber_id)
        .where(StepRun.dedupe_key.in_(by_key))
    )
    verdicts = {}
    for run, enrollment, sequence, subscriber in rows:
        delivery = by_key[run.dedupe_key or ""]
        verdict = _judge(session, delivery, enrollment, sequence, subscriber) or _overtaken(session, run)
        if verdict:
            verdicts[delivery.id] = verdict
    return verdicts


def _overtaken(session: Session, run: StepRun) -> Verdict | None:
    """A letter that was deferred comes back after its successor was queued: out of order it is worth nothing."""
    newer = select(StepRun.id).where(
        StepRun.enrollment_id == run.enrollment_id, StepRun.outcome == "queued", StepRun.id > run.id
    )
    if session.scalar(newer.limit(1)) is None:
        return None
    return Verdict("superseded", "a newer letter is due")


def _issues(session: Session, deliveries: Several[Claimed]) -> dict[int, Verdict]:
    issues = [each for each in deliveries if each.campaign and each.step is None]
    if not issues:
        return {}
    rows = session.scalars(select(Broadcast).where(Broadcast.slug.in_({each.campaign for each in issues})))
    broadcasts = {row.slug: row for row in rows}
    verdicts = {each.id: _judge_issue(session, each, broadcasts[each.campaign or ""]) for each in issues}
    return {number: verdict for number, verdict in verdicts.items() if verdict}


def _judge_issue(session: Session, delivery: Claimed, broadcast: Broadcast) -> Verdict | None:
    if broadcast.state == "canceled":
        return Verdict("canceled", "the issue was canceled")
    subscriber = session.get(Subscriber, delivery.person_id)
    if subscriber is None or subscriber.mailbox_id != delivery.mailbox_id:
        return Verdict("canceled", "her address has changed")
    if not _wants(session, subscriber, [broadcast.topic]):
        return Verdict("skipped", "not subscribed any more")
    return Verdict("wait", "paused") if broadcast.state == "paused" else None


def _judge(
    session: Session, delivery: Claimed, enrollment: Enrollment, sequence: Sequence, subscriber: Subscriber
) -> Verdict | None:
    if enrollment.state == "exited":
        return Verdict("canceled", enrollment.reason or "she left the sequence")
    if subscriber.mailbox_id != delivery.mailbox_id:
        return Verdict("canceled", "her address has changed")
    if sequence.kind == "marketing" and not _wants(session, subscriber, sequence.topics):
        return Verdict("skipped", "not subscribed any more")
    if enrollment.state == "paused" or sequence.state == "paused":
        return Verdict("wait", "paused")
    return None


def _wants(session: Session, subscriber: Subscriber, topics: Several[str]) -> bool:
    """Whether she is subscribed to one of the topics (none named: to any)."""
    confirmed = select(Subscription.id).where(
        Subscription.subscriber_id == subscriber.id, Subscription.state == "confirmed"
    )
    if topics:
        confirmed = confirmed.join(Topic).where(Topic.slug.in_(topics))
    return session.scalar(confirmed.limit(1)) is not None
