"""What a reader changes about herself moves the letters that are still to come; what was decided stays.

The caller holds her mailbox's lock: a letter of hers is decided either before or after, never in between.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.campaigns import timelines
from newsletter.campaigns.enrollment import still_to_come
from newsletter.campaigns.models import Enrollment, Sequence
from newsletter.campaigns.planning import Planned
from newsletter.campaigns.spacing import from_then_on
from newsletter.campaigns.timings import Day


def follow_zone(session: Session, subscriber_id: int, zone: str, now: datetime) -> int:
    """Let the sequences under way follow this IANA zone; returns how many moved.

    A letter whose hour has just passed there comes at that hour of the next day, while it is useful.
    """
    return _plan_anew(session, subscriber_id, now, zone)


def replan(session: Session, subscriber_id: int, now: datetime) -> int:
    """Ask about her sequences anew, after a break that she ended; returns how many.

    Of what she missed the newest that is still useful comes at its own hour, as after a break that ended by itself.
    """
    return _plan_anew(session, subscriber_id, now, None)


def next_look(session: Session, subscriber_id: int) -> datetime | None:
    """When her sequences are next asked about (UTC); None while she is in none."""
    hers = (Enrollment.subscriber_id == subscriber_id, Enrollment.state == "active")
    return session.scalar(select(func.min(Enrollment.next_due_at)).where(*hers))


def _plan_anew(session: Session, subscriber_id: int, now: datetime, zone: str | None) -> int:
    rows = session.execute(
        select(Enrollment, Sequence)
        .join(Sequence, Sequence.id == Enrollment.sequence_id)
        .where(
            Enrollment.subscriber_id == subscriber_id,
            Enrollment.state.in_(("active", "paused")),
            Sequence.kind == "marketing",
        )
        .order_by(Enrollment.id)
        .execution_options(populate_existing=True)
    ).all()
    for enrollment, sequence in rows:
        enrollment.zone = zone or enrollment.zone
        timeline = timelines.read(session, timelines.followed(enrollment, sequence))
        coming = still_to_come(session, enrollment, timeline, now)
        enrollment.next_due_at = min(
            (_moment(each, ZoneInfo(enrollment.zone), now) for each in coming), default=now
        )
    session.flush()
    return len(rows)


def _moment(planned: Planned, zone: ZoneInfo, now: datetime) -> datetime:
    """When to ask about this letter: at its moment, or, where that is past, when its hour comes round again."""
    if planned.at > now:
        return planned.at
    if not isinstance(planned.step.intent.timing, Day):
        return now
    again = from_then_on(now, planned.local.time(), zone, planned.step.intent.weekdays)
    return again if again < planned.until else now
