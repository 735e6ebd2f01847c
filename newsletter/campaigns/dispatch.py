"""A due step becomes a delivery in the queue, and its enrollment learns when to be asked again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from collections.abc import Sequence as Several
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from newsletter.audience import holds
from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.campaigns import anchors, spacing, timelines
from newsletter.campaigns.deciding import Decision, SetAside, decide
from newsletter.campaigns.enrollment import HOURS
from newsletter.campaigns.models import Enrollment, Sequence, StepRun
from newsletter.campaigns.planning import Planned, plan
from newsletter.campaigns.rehearsing import listed
from newsletter.campaigns.timelines import StoredStep, Timeline
from newsletter.content.merging import parse_condition
from newsletter.delivery import mailboxes, queue
from newsletter.delivery.models import Delivery
from newsletter.delivery.queue import Order
from newsletter.errors import Refused

PAGE = 200


def next_due(session: Session) -> datetime | None:
    """When the next enrollment is due, of sequences that are not paused."""
    return session.scalar(select(func.min(Enrollment.next_due_at)).join(Sequence).where(*_open()))


def queue_due(session: Session, now: datetime) -> int:
    """Decide up to PAGE due enrollments: queue one letter each at most, set aside what is too late.

    Returns how many were decided. Mailboxes are locked before enrollments, as in leaving, or the two could wait for
    each other for ever.
    """
    due = (
        select(Enrollment.id, Subscriber.mailbox_id)
        .join(Sequence, Sequence.id == Enrollment.sequence_id)
        .join(Subscriber, Subscriber.id == Enrollment.subscriber_id)
        .where(*_open(), Enrollment.next_due_at <= now)
        .order_by(Enrollment.next_due_at, Enrollment.id)
        .limit(PAGE)
    )
    first_look = session.execute(due).all()
    if not first_look:
        return 0
    mailboxes.share(session, (row.mailbox_id for row in first_look))
    rows = session.execute(
        select(Enrollment, Sequence, Subscriber)
        .join(Sequence, Sequence.id == Enrollment.sequence_id)
        .join(Subscriber, Subscriber.id == Enrollment.subscriber_id)
        .where(Enrollment.id.in_([row.id for row in first_look]), *_open(), Enrollment.next_due_at <= now)
        .with_for_update(of=Enrollment, skip_locked=True)
    ).all()
    desk = _Desk(session, now, rows)
    for enrollment, sequence, subscriber in rows:
        desk.decide(enrollment, sequence, subscriber)
    session.flush()
    queue.put(session, desk.orders, now)
    return len(rows)


def dedupe_key(enrollment_id: int, step_key: str, occurrence: int) -> str:
    """What makes a letter of a sequence once and only once."""
    return f"enrollment:{enrollment_id}:{step_key}:{occurrence}"


def step_run(
    enrollment: Enrollment, planned: Planned, outcome: str, reason: str | None, now: datetime
) -> StepRun:
    """Pure: what became of a step for one enrollment, decided at `now`."""
    return StepRun(
        enrollment_id=enrollment.id,
        step_key=planned.key,
        occurrence=planned.occurrence,
        outcome=outcome,
        reason=reason,
        planned_at=planned.at,
        until=planned.until,
        decided_at=now,
    )


def person_fields(session: Session, subscribers: Iterable[Subscriber]) -> dict[int, dict[str, Any]]:
    """What conditions and letters may know of each reader, by her id; in one query. A list's fields stand behind."""
    people = list(subscribers)
    rows = session.execute(
        select(Subscription.subscriber_id, Topic.slug)
        .join(Topic, Topic.id == Subscription.topic_id)
        .where(
            Subscription.subscriber_id.in_([each.id for each in people]), Subscription.state == "confirmed"
        )
        .order_by(Topic.position)
    )
    topics: dict[int, list[str]] = {}
    for subscriber_id, slug in rows:
        topics.setdefault(subscriber_id, []).append(slug)
    fields = {
        each.id: {**each.fields, "first_name": each.first_name, "topics": topics.get(each.id)}
        for each in people
    }
    return {key: {name: value for name, value in known.items() if value} for key, known in fields.items()}


def printed(known: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """Pure: of what is known of a reader only what a wording asks for: that is frozen with her letter, and no more."""
    return {name: value for name, value in known.items() if name in fields}


def _open() -> tuple[ColumnElement[bool], ...]:
    return Enrollment.state == "active", Sequence.state == "on"


class _Desk:
    """One page of due enrollments: what they have in common is read once."""

    def __init__(
        self, session: Session, now: datetime, rows: Several[Row[Enrollment, Sequence, Subscriber]]
    ) -> None:
        self.session = session
        self.now = now
        self.orders: list[Order] = []
        self._timelines: dict[int, Timeline] = {}
        self._known = person_fields(session, (subscriber for _, _, subscriber in rows))
        topics = {person: known.get("topics", ()) for person, known in self._known.items()}
        self._others = spacing.others(session, list(self._known), topics, now)
        self._held = holds.held(session, list(self._known), now)
        self._runs: dict[int, set[tuple[str, int]]] = {enrollment.id: set() for enrollment, _, _ in rows}
        runs = select(StepRun.enrollment_id, StepRun.step_key, StepRun.occurrence)
        for enrollment_id, key, occurrence in session.execute(
            runs.where(StepRun.enrollment_id.in_(self._runs))
        ):
            self._runs[enrollment_id].add((key, occurrence))

    def decide(self, enrollment: Enrollment, sequence: Sequence, subscriber: Subscriber) -> None:
        timeline, added = self._follow_live(enrollment, sequence)
        planned = plan(timeline.plans, anchors.read(enrollment.anchors), ZoneInfo(enrollment.zone), HOURS)
        known = self._known[subscriber.id]
        decision = decide(
            planned,
            self._runs[enrollment.id],
            self.now,
            holds=lambda condition: condition_holds(condition, known),
            went_live_at=timeline.live_at,
            added=added,
        )
        if decision.send and sequence.kind == "marketing":
            decision = self._make_room(enrollment, decision, decision.send)
        self._write(enrollment, decision)
        if decision.send:
            self._overtake(enrollment)
            fields = _fields(known, timeline.step(decision.send.key), planned, timeline)
            self.orders.append(_order(enrollment, sequence, subscriber, decision.send, timeline, fields))

    def _make_room(self, enrollment: Enrollment, decision: Decision, send: Planned) -> Decision:
        """Let the letter wait for a day of its own; where it would be too late then, it ends with that reason."""
        move = self._moved(enrollment, send)
        if move is None:
            return decision
        if move.until is None:
            aside = SetAside(send, "skipped", f"{move.reason}, and later it is too late to be useful")
            return Decision(None, (*decision.set_aside, aside), decision.next_due_at)
        enrollment.reason = f"{send.key} waits: {move.reason}"[:200]
        soonest = min(moment for moment in (move.until, decision.next_due_at) if moment)
        return Decision(None, decision.set_aside, soonest)

    def _moved(self, enrollment: Enrollment, send: Planned) -> spacing.Move | None:
        person, zone = enrollment.subscriber_id, ZoneInfo(enrollment.zone)
        if person in self._held:
            return spacing.waits_for(send, self._held[person], zone)
        return spacing.yields(send, self._others[person], zone, self.now)

    def _follow_live(self, enrollment: Enrollment, sequence: Sequence) -> tuple[Timeline, frozenset[str]]:
        """Her timeline, and what is new in it for this enrollment; letters of steps that are gone are canceled."""
        live = self._timeline(timelines.followed(enrollment, sequence))
        if live.id == enrollment.timeline_id:
            return live, frozenset()
        added, gone = live.changes_since(self._timeline(enrollment.timeline_id))
        enrollment.timeline_id = live.id
        keys = [dedupe_key(enrollment.id, key, 0) for key in gone]
        queue.cancel(
            self.session, Delivery.dedupe_key.in_(keys), reason="its step was taken out of the sequence"
        )
        return live, added

    def _timeline(self, timeline_id: int) -> Timeline:
        if timeline_id not in self._timelines:
            self._timelines[timeline_id] = timelines.read(self.session, timeline_id)
        return self._timelines[timeline_id]

    def _write(self, enrollment: Enrollment, decision: Decision) -> None:
        for each in decision.set_aside:
            self.session.add(step_run(enrollment, each.planned, each.outcome, each.reason, self.now))
        if decision.send:
            waited, enrollment.reason = enrollment.reason, None
            reasons = (*decision.send.reasons, *((waited,) if waited else ()))
            reason = "; ".join(reasons)[:200] or None
            run = step_run(enrollment, decision.send, "queued", reason, self.now)
            run.dedupe_key = dedupe_key(enrollment.id, *decision.send.run)
            self.session.add(run)
        enrollment.next_due_at = decision.next_due_at
        if decision.next_due_at is None:
            enrollment.state, enrollment.ended_at = "complete", self.now

    def _overtake(self, enrollment: Enrollment) -> None:
        """A newer letter is due: an older one that still waits is not sent after it, nor beside it."""
        older = [dedupe_key(enrollment.id, *run) for run in self._runs[enrollment.id]]
        queue.cancel(
            self.session, Delivery.dedupe_key.in_(older), reason="a newer letter is due", state="superseded"
        )


_condition = lru_cache(256)(parse_condition)


def condition_holds(condition: str, fields: Mapping[str, Any]) -> bool:
    """A condition that cannot be answered for this person does not hold."""
    try:
        return _condition(condition).holds(fields)
    except Refused:
        return False


def _fields(
    known: Mapping[str, Any], step: StoredStep, planned: Several[Planned], timeline: Timeline
) -> dict[str, Any]:
    coming = ((timeline.step(each.key).subject, each.local) for each in planned)
    hers = {"letters": listed(coming)} if "letters" in step.fields else {}
    return printed(known, step.fields) | hers


def _order(
    enrollment: Enrollment,
    sequence: Sequence,
    subscriber: Subscriber,
    send: Planned,
    timeline: Timeline,
    fields: dict[str, Any],
) -> Order:
    return Order(
        dedupe_key=dedupe_key(enrollment.id, *send.run),
        stream=sequence.kind,
        mailbox_id=subscriber.mailbox_id,
        person_id=subscriber.id,
        letter=f"version:{timeline.step(send.key).version_id}",
        fields=fields,
        send_after=send.at,
        expires_at=send.until,
        campaign=sequence.slug,
        step=send.key,
        occurrence=send.occurrence,
    )
