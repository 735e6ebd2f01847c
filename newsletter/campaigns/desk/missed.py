"""What would become of a paused sequence's letters, were it resumed now: counted as the worker decides; reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience.models import Subscriber
from newsletter.campaigns import anchors, timelines
from newsletter.campaigns.deciding import Decision, decide
from newsletter.campaigns.dispatch import condition_holds, person_fields
from newsletter.campaigns.enrollment import HOURS
from newsletter.campaigns.models import Enrollment, Sequence, StepRun
from newsletter.campaigns.planning import plan
from newsletter.delivery.models import Delivery

MOST = 5000
"""People looked at for one page: planned one by one, in about a second."""
PAGE = 500


@dataclass
class Missed:
    """Letters that fell due: those that `go` now, those `too_late`, and those `overtaken` by a newer one of hers.

    `all_seen` is false where more people wait than were looked at.
    """

    go: int = 0
    too_late: int = 0
    overtaken: int = 0
    all_seen: bool = True

    @property
    def due(self) -> int:
        """How many fell due."""
        return self.go + self.too_late + self.overtaken


def of(session: Session, sequence: Sequence, now: datetime) -> Missed:
    """What fell due up to `now`; of people beyond the first MOST nothing is known.

    Another letter or an issue within two days, or a break, may still move single letters to a later day.
    """
    found = Missed()
    due: set[int] = set()
    last = 0
    if sequence.live_timeline_id is not None:
        while page := _page(session, sequence, now, last):
            if len(due) >= MOST:
                found.all_seen = False
                break
            last = page[-1][0].id
            due |= _count(session, sequence, page, now, found)
    _count_queued(session, sequence, due, now, found)
    return found


def _page(
    session: Session, sequence: Sequence, now: datetime, last: int
) -> list[tuple[Enrollment, Subscriber]]:
    rows = session.execute(
        select(Enrollment, Subscriber)
        .join(Subscriber, Subscriber.id == Enrollment.subscriber_id)
        .where(
            Enrollment.sequence_id == sequence.id,
            Enrollment.state == "active",
            Enrollment.next_due_at <= now,
            Enrollment.id > last,
        )
        .order_by(Enrollment.id)
        .limit(PAGE)
    )
    return [(enrollment, subscriber) for enrollment, subscriber in rows]


def _count(
    session: Session,
    sequence: Sequence,
    page: list[tuple[Enrollment, Subscriber]],
    now: datetime,
    found: Missed,
) -> set[int]:
    """Add up one page; returns the enrollments for which a letter goes."""
    known = person_fields(session, (subscriber for _, subscriber in page))
    runs: dict[int, set[tuple[str, int]]] = {enrollment.id: set() for enrollment, _ in page}
    columns = (StepRun.enrollment_id, StepRun.step_key, StepRun.occurrence)
    for enrollment_id, key, occurrence in session.execute(select(*columns).where(columns[0].in_(runs))):
        runs[enrollment_id].add((key, occurrence))
    goes = set()
    followed = {timelines.followed(enrollment, sequence) for enrollment, _ in page}
    plans = {number: timelines.read(session, number).plans for number in followed}
    for enrollment, subscriber in page:
        steps = plans[timelines.followed(enrollment, sequence)]
        planned = plan(steps, anchors.read(enrollment.anchors), ZoneInfo(enrollment.zone), HOURS)
        decision = decide(
            planned,
            runs[enrollment.id],
            now,
            holds=partial(_holds, known[subscriber.id]),
        )
        _add(found, decision)
        if decision.send:
            goes.add(enrollment.id)
    return goes


def _holds(known: Mapping[str, Any], condition: str) -> bool:
    return condition_holds(condition, known)


def _add(found: Missed, decision: Decision) -> None:
    found.go += decision.send is not None
    for each in decision.set_aside:
        if each.outcome == "superseded":
            found.overtaken += 1
        else:
            found.too_late += 1


def _count_queued(session: Session, sequence: Sequence, due: set[int], now: datetime, found: Missed) -> None:
    """Those that lay in the queue when it was paused; a newer letter of hers takes an older one's place."""
    rows = session.execute(
        select(StepRun.enrollment_id, Delivery.expires_at)
        .join(Delivery, Delivery.dedupe_key == StepRun.dedupe_key)
        .where(Delivery.campaign == sequence.slug, Delivery.step.is_not(None))
        .where(Delivery.state.in_(("queued", "claimed")))
        .limit(MOST)
    )
    for enrollment_id, expires_at in rows:
        if enrollment_id in due:
            found.overtaken += 1
        elif expires_at > now:
            found.go += 1
        else:
            found.too_late += 1
