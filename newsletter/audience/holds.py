"""Until when no marketing reaches somebody: a break that she takes, or the clinic's healing days.

Her topics and her place in a sequence stay hers, and when the time is over nothing has to happen: a hold that is past
holds nothing. Whoever writes one locks the mailbox first, as every stop does.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from newsletter.audience import locking
from newsletter.audience.models import Hold, Subscriber
from newsletter.errors import Refused

log = structlog.get_logger("newsletter.audience")

BREAK, HEALING = "break", "healing"
MONTHS = (1, 3)
REASONS = {BREAK: "on a break", HEALING: "held back by the clinic"}


@dataclass(frozen=True)
class Held:
    """The hold that lasts longest: its kind, and until when (UTC)."""

    kind: str
    until: datetime

    def reason(self, zone: ZoneInfo) -> str:
        """Why a letter waits: "on a break until 3 March"."""
        local = self.until.astimezone(zone)
        return f"{REASONS[self.kind]} until {local.day} {local:%B}"


def take_break(session: Session, subscriber_id: int, months: int, now: datetime, zone: ZoneInfo) -> datetime:
    """No marketing for 1 or 3 months; returns the end, midnight of a day in `zone` (aware).

    A break under way is replaced. Raises Refused for another length, NotFound for a person who is gone.
    """
    if months not in MONTHS:
        raise Refused("a break lasts 1 month or 3 months")
    locking.locked(session, subscriber_id)
    _end(session, subscriber_id, now)
    until = back_on(months, now, zone)
    session.add(Hold(subscriber_id=subscriber_id, kind=BREAK, until=until, created_at=now))
    session.flush()
    log.info("break.taken", subscriber=subscriber_id, months=months)
    return until


def end_break(session: Session, subscriber_id: int, now: datetime) -> bool:
    """Letters come as before, from now on; False if she was on no break. Raises NotFound for who is gone.

    What waits in sequences learns of it by `campaigns.moving.replan`.
    """
    locking.locked(session, subscriber_id)
    on = on_break_until(session, subscriber_id, now) is not None
    _end(session, subscriber_id, now)
    return on


def back_on(months: int, now: datetime, zone: ZoneInfo) -> datetime:
    """Pure: when a break of so many months is over: the same day of the month, or its last, at midnight in `zone`."""
    today = now.astimezone(zone).date()
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    day = min(today.day, monthrange(year, month + 1)[1])
    # A midnight that the clocks skip becomes the hour after it (PEP 495).
    return datetime.combine(date(year, month + 1, day), time(), zone).astimezone(UTC)


def on_break_until(session: Session, subscriber_id: int, now: datetime) -> datetime | None:
    """The end of her break (UTC), None while she is on none. Of healing days her page says nothing."""
    mine = select(Hold.until).where(Hold.subscriber_id == subscriber_id, Hold.kind == BREAK)
    return session.scalar(mine.where(Hold.ended_at.is_(None), Hold.until > now))


def held(session: Session, subscriber_ids: Collection[int], now: datetime) -> dict[int, Held]:
    """Who of these is held back at `now`, and until when: of several holds the one that lasts longest."""
    rows = session.execute(
        select(Hold.subscriber_id, Hold.kind, Hold.until)
        .where(Hold.subscriber_id.in_(subscriber_ids), Hold.ended_at.is_(None), Hold.until > now)
        .order_by(Hold.until, Hold.id)
    )
    return {row.subscriber_id: Held(row.kind, row.until) for row in rows}


def past(moment: datetime, kinds: Collection[str] = (BREAK, HEALING)) -> ColumnElement[bool]:
    """Held back until `moment` (aware) or longer, by a hold of these kinds; for a query over Subscriber."""
    return exists().where(
        Hold.subscriber_id == Subscriber.id,
        Hold.kind.in_(kinds),
        Hold.ended_at.is_(None),
        Hold.until >= moment,
    )


def _end(session: Session, subscriber_id: int, now: datetime) -> None:
    """Close her open break, also one that is past by itself: there is one open hold of each kind."""
    mine = (Hold.subscriber_id == subscriber_id, Hold.kind == BREAK, Hold.ended_at.is_(None))
    session.execute(update(Hold).where(*mine).values(ended_at=now))
