"""What ended in doubt or in failure and somebody decides about: it arrived after all, or it goes out again.

Nothing here is done by itself: a second copy is a person's decision (docs/delivery.md).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select, update
from sqlalchemy.orm import Session

from newsletter.delivery import mailboxes
from newsletter.delivery.models import Attempt, Delivery
from newsletter.errors import NotFound

Each = TypeVar("Each")

log = structlog.get_logger("newsletter.delivery")

ENDED_BADLY = ("unknown", "failed", "poison")
FOR_NOBODY = ("staff", "test")  # streams whose e-mails are to no reader
ARRIVED = "a colleague says that it arrived"
SLICE = 1_000  # rows of one statement


@dataclass(frozen=True)
class Resent:
    """How many go out again, and how many stay as they are: too late to be useful, or their reader's data is gone."""

    again: int
    left: int


def still_good(now: datetime) -> ColumnElement[bool]:
    """Whether a delivery that ended badly may go out again: worth it still at `now` (UTC), and its reader is here."""
    here = or_(Delivery.person_id.is_not(None), Delivery.stream.in_(FOR_NOBODY))
    return and_(Delivery.state.in_(ENDED_BADLY), Delivery.expires_at > now, here)


def send_again(session: Session, ids: Collection[int], now: datetime) -> int:
    """Queue those of `ids` that are still good once more, due at once; returns how many.

    What a sender, a colleague or an erasure has changed meanwhile stays as they left it. The gate asks again. What had
    killed its senders is claimed alone, and has two lives left.
    """
    wanted = select(Delivery.id, Delivery.mailbox_id).where(still_good(now)).order_by(Delivery.mailbox_id)
    rows = [row for part in _slices(ids) for row in session.execute(wanted.where(Delivery.id.in_(part)))]
    rows.sort(key=lambda row: row.mailbox_id)
    values = {
        "state": "queued",
        "reason": None,
        "next_try_at": now,
        "crashes": case((Delivery.state == "poison", 1), else_=Delivery.crashes),
    }
    again = 0
    for part in _slices(rows):
        # As the gate does, before the delivery: an erasure holds them, and empties what it finds behind them.
        mailboxes.share(session, [row.mailbox_id for row in part])
        which = (Delivery.id.in_([row.id for row in part]), still_good(now))
        queued = session.execute(update(Delivery).where(*which).values(values).returning(Delivery.id))
        again += len(queued.all())
    log.info("deliveries.again", deliveries=again)
    return again


def resend_unknown(session: Session, campaign: str, now: datetime) -> Resent:
    """Send again what of `campaign` was maybe sent; whoever got hers gets it twice.

    Raises NotFound for a campaign of which no e-mail was ever queued.
    """
    ids = list(session.scalars(select(Delivery.id).where(*_maybe_sent(campaign))))
    if not ids and session.scalar(select(Delivery.id).where(Delivery.campaign == campaign).limit(1)) is None:
        raise NotFound(
            f"no e-mail of “{campaign:.80}” was ever queued; `newsletter campaigns list` shows which there are"
        )
    again = send_again(session, ids, now)
    left = select(func.count()).select_from(Delivery).where(*_maybe_sent(campaign))
    return Resent(again, session.scalar(left) or 0)


def settle(session: Session, ids: Collection[int], now: datetime) -> int:
    """Believe of those of `ids` that were maybe sent that they arrived when they were handed over; returns how many."""
    handed_over = select(func.max(Attempt.at)).where(Attempt.delivery_id == Delivery.id).scalar_subquery()
    when = func.coalesce(handed_over, literal(now, Delivery.sent_at.type))
    settled = 0
    for part in _slices(ids):
        which = (Delivery.id.in_(part), Delivery.state == "unknown")
        values = {"state": "sent", "reason": ARRIVED, "sent_at": when}
        done = session.execute(update(Delivery).where(*which).values(values).returning(Delivery.id))
        settled += len(done.all())
    log.info("deliveries.settled", deliveries=settled)
    return settled


def _maybe_sent(campaign: str) -> tuple[ColumnElement[bool], ...]:
    return Delivery.campaign == campaign, Delivery.state == "unknown"


def _slices(every: Collection[Each]) -> list[list[Each]]:
    several = list(every)
    return [several[start : start + SLICE] for start in range(0, len(several), SLICE)]
