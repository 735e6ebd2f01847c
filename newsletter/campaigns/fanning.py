"""An issue becomes deliveries, slice by slice, while the first are being sent; and what pause and cancel leave to do.

Every slice is one short transaction that moves the issue's cursor with the deliveries it wrote, so a crash between two
slices loses nobody and repeats nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import ColumnElement, Select, case, func, or_, select, update
from sqlalchemy.orm import Session

from newsletter.audience import holds
from newsletter.audience.holds import Held
from newsletter.audience.models import Subscriber
from newsletter.campaigns.audience_of import USEFUL, chosen, is_held
from newsletter.campaigns.dispatch import person_fields, printed
from newsletter.campaigns.enrollment import zone_of
from newsletter.campaigns.localtime import at_local
from newsletter.campaigns.models import Broadcast
from newsletter.campaigns.spacing import from_then_on
from newsletter.content.models import Version
from newsletter.delivery import queue
from newsletter.delivery.models import OPEN, Delivery
from newsletter.delivery.queue import Order

log = structlog.get_logger("newsletter.campaigns")

SLICE = 1000
LATE = timedelta(hours=6)


def next_due(session: Session) -> datetime | None:
    """When the next issue begins, or is to be fanned out further; None when there is none."""
    unsettled = select(func.min(Broadcast.starts_at)).where(
        ~Broadcast.settled,
        or_(Broadcast.state == "scheduled", (Broadcast.state == "sending") & ~Broadcast.fanned_out),
    )
    return session.scalar(unsettled)


def anything_to_do(session: Session, now: datetime) -> bool:
    """Whether `work` would change something."""
    unsettled = session.scalars(select(Broadcast).where(~Broadcast.settled))
    return any(_has_work(session, each, now) for each in unsettled)


def work(session: Session, clinic_zone: ZoneInfo, now: datetime) -> int:
    """One step of each issue that has something to do; returns how many rows moved."""
    unsettled = select(Broadcast).where(~Broadcast.settled).order_by(Broadcast.id)
    moved = 0
    for broadcast in session.scalars(unsettled.with_for_update(skip_locked=True)).all():
        if _has_work(session, broadcast, now):
            moved += _step(session, broadcast, clinic_zone, now)
    return moved


def _has_work(session: Session, broadcast: Broadcast, now: datetime) -> bool:
    if broadcast.state == "scheduled":
        return broadcast.starts_at is not None and broadcast.starts_at <= now
    if broadcast.state == "sending" and broadcast.fanned_out:
        return _any(session, *_parked(broadcast)) or not _any(
            session, *_of(broadcast), Delivery.state.in_(OPEN)
        )
    return True


def _step(session: Session, broadcast: Broadcast, clinic_zone: ZoneInfo, now: datetime) -> int:
    match broadcast.state:
        case "scheduled":
            return _start(broadcast, now)
        case "sending":
            return _unpark(session, broadcast, now) or _go_on(session, broadcast, clinic_zone, now)
        case "paused":
            parked = _move(session, _to_park(broadcast), Delivery.expires_at)
            broadcast.settled = not parked
            return max(parked, 1)
        case _:
            left = _slice(*_queued(broadcast))
            ended = queue.cancel(session, Delivery.id.in_(left), reason="the issue was canceled")
            if not ended:
                broadcast.settled, broadcast.ended_at = True, now
            return max(ended, 1)


def _start(broadcast: Broadcast, now: datetime) -> int:
    """Begin, unless it is so late that a person should decide: nobody wants Monday's news on Thursday unasked."""
    if broadcast.starts_at is not None and now - broadcast.starts_at > LATE:
        broadcast.state, broadcast.settled = "late", True
    else:
        broadcast.state, broadcast.started_at = "sending", now
    log.info("broadcast", broadcast=broadcast.id, state=broadcast.state)
    return 1


def _go_on(session: Session, broadcast: Broadcast, clinic_zone: ZoneInfo, now: datetime) -> int:
    if not broadcast.fanned_out:
        return _fan_out(session, broadcast, clinic_zone, now)
    broadcast.state, broadcast.settled, broadcast.ended_at = "sent", True, now
    log.info("broadcast", broadcast=broadcast.id, state=broadcast.state)
    return 1


def _fan_out(session: Session, broadcast: Broadcast, clinic_zone: ZoneInfo, now: datetime) -> int:
    started = broadcast.started_at or now
    people = session.scalars(
        select(Subscriber)
        .where(Subscriber.id > broadcast.cursor, chosen(broadcast, started), ~is_held(started))
        .order_by(Subscriber.id)
        .limit(SLICE)
    ).all()
    known = person_fields(session, people)
    asked = session.scalars(select(Version.fields).where(Version.id == broadcast.version_id)).one()
    held = holds.held(session, list(known), now)
    orders = []
    for person in people:
        due = _due(broadcast, zone_of(person, clinic_zone), started, held.get(person.id))
        orders.append(
            Order(
                dedupe_key=f"broadcast:{broadcast.id}:{person.id}",
                stream="marketing",
                mailbox_id=person.mailbox_id,
                person_id=person.id,
                letter=f"version:{broadcast.version_id}",
                fields=printed(known[person.id], asked),
                send_after=due,
                expires_at=due + USEFUL,
                campaign=broadcast.slug,
            )
        )
    queue.put(session, orders, now)
    broadcast.cursor = people[-1].id if people else broadcast.cursor
    broadcast.fanned_out = len(people) < SLICE
    return max(len(people), 1)


def _due(broadcast: Broadcast, zone: ZoneInfo, started: datetime, held: Held | None) -> datetime:
    """When this reader gets it: at once, or at her own hour, on the next day where that hour was past already.

    Past is measured at the planned start: a worker that looks a minute late must not cost the first zone a day.
    Who is held back at that moment gets it at the same hour of the first day after that.
    """
    due = started
    if broadcast.local_day is not None and broadcast.local_hour is not None:
        hour = time(broadcast.local_hour)
        due = at_local(broadcast.local_day, hour, zone)
        planned = broadcast.starts_at or started
        due = due if due >= planned else at_local(broadcast.local_day + timedelta(days=1), hour, zone)
    if held is None or held.until <= due:
        return due
    return from_then_on(held.until, due.astimezone(zone).time(), zone)


def _unpark(session: Session, broadcast: Broadcast, now: datetime) -> int:
    """After a pause: each at its own moment, or now where that has passed."""
    again = case((Delivery.send_after > now, Delivery.send_after), else_=now)
    return _move(session, _parked(broadcast), again)


def _move(session: Session, which: Iterable[ColumnElement[bool]], to: Any) -> int:
    moved = update(Delivery).where(Delivery.id.in_(_slice(*which)), Delivery.state == "queued")
    return len(session.execute(moved.values(next_try_at=to).returning(Delivery.id)).all())


def _slice(*which: ColumnElement[bool]) -> Select[int]:
    return select(Delivery.id).where(*which).order_by(Delivery.id).limit(SLICE)


def _of(broadcast: Broadcast) -> tuple[ColumnElement[bool], ...]:
    return Delivery.campaign == broadcast.slug, Delivery.step.is_(None)


def _queued(broadcast: Broadcast) -> tuple[ColumnElement[bool], ...]:
    return *_of(broadcast), Delivery.state == "queued"


def _to_park(broadcast: Broadcast) -> tuple[ColumnElement[bool], ...]:
    """What a pause holds back: it is next looked at when it has expired, unless it is taken out of the park before."""
    return *_queued(broadcast), Delivery.next_try_at < Delivery.expires_at


def _parked(broadcast: Broadcast) -> tuple[ColumnElement[bool], ...]:
    return *_queued(broadcast), Delivery.next_try_at == Delivery.expires_at


def _any(session: Session, *which: ColumnElement[bool]) -> bool:
    return session.scalar(select(Delivery.id).where(*which).limit(1)) is not None
