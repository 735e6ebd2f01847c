"""The last look before a letter is handed over: does she still want it, and is its sequence or issue still going out?

The mailboxes are locked by the caller, so a stop that has committed is always seen here (delivery/sending).
"""

from __future__ import annotations

from collections.abc import Sequence as Several
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from newsletter.audience import holds
from newsletter.audience.holds import Held
from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.audience.moving import FOLLOW_HER
from newsletter.campaigns.models import Broadcast, Enrollment, Sequence, StepRun
from newsletter.campaigns.spacing import from_then_on
from newsletter.delivery.leases import Claimed
from newsletter.delivery.models import Delivery
from newsletter.delivery.sending import Verdict


def gate(session: Session, deliveries: Several[Claimed], now: datetime) -> dict[int, Verdict]:
    """The verdicts of those that must not go now; account letters are not its business.

    What is on its way to an address that its reader has left goes back to the queue, with the new address.
    """
    moved = _moved(session, deliveries, now)
    rest = [each for each in deliveries if each.id not in moved]
    verdicts = _letters(session, rest) | _issues(session, rest)
    still_open = [each for each in rest if each.id not in verdicts or verdicts[each.id].kind == "wait"]
    return moved | verdicts | _held(session, still_open, now)


def _moved(session: Session, deliveries: Several[Claimed], now: datetime) -> dict[int, Verdict]:
    """Whose reader has another address by now: her letter was written for the old one, and is written again."""
    hers = [each for each in deliveries if each.stream in FOLLOW_HER]
    people = session.scalars(select(Subscriber).where(Subscriber.id.in_([each.person_id for each in hers])))
    boxes = {person.id: person.mailbox_id for person in people}
    verdicts = {}
    for each in hers:
        box = boxes.get(each.person_id or 0, each.mailbox_id)
        if box != each.mailbox_id:
            session.execute(update(Delivery).where(Delivery.id == each.id).values(mailbox_id=box))
            verdicts[each.id] = Verdict("wait", "her address has changed", now)
    return verdicts


def _held(session: Session, deliveries: Several[Claimed], now: datetime) -> dict[int, Verdict]:
    """A break that began after the letter was queued: it waits, or ends where it would be too late then."""
    marketing = [each for each in deliveries if each.stream == "marketing"]
    found = holds.held(session, [each.person_id or 0 for each in marketing], now)
    return {
        each.id: _after(session, each, found[each.person_id]) for each in marketing if each.person_id in found
    }


def _after(session: Session, delivery: Claimed, held: Held) -> Verdict:
    zone = ZoneInfo(session.get_one(Subscriber, delivery.person_id).time_zone or "UTC")
    due = session.scalars(select(Delivery.send_after).where(Delivery.id == delivery.id)).one()
    again = from_then_on(held.until, due.astimezone(zone).time(), zone)
    return Verdict("wait" if again < delivery.expires_at else "skipped", held.reason(zone), again)


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
        verdict = _judge(session, enrollment, sequence, subscriber) or _overtaken(session, run)
        if verdict:
            verdicts[by_key[run.dedupe_key or ""].id] = verdict
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
    if subscriber is None:
        return Verdict("canceled", "her data was deleted")
    if not _wants(session, subscriber, [broadcast.topic]):
        return Verdict("skipped", "not subscribed any more")
    return Verdict("wait", "paused") if broadcast.state == "paused" else None


def _judge(
    session: Session, enrollment: Enrollment, sequence: Sequence, subscriber: Subscriber
) -> Verdict | None:
    if enrollment.state == "exited":
        return Verdict("canceled", enrollment.reason or "she left the sequence")
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
