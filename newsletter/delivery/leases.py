"""Who holds which delivery, and until when: claim, give back, take from the dead.

A claim raises the row's epoch. Every later step of the same sender names that epoch, so a sender that was thought dead
and comes back changes nothing. Leases run on the machine's clock; what is due runs on the story's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, insert, select, tuple_, update
from sqlalchemy.orm import Session

from newsletter.delivery.models import Attempt, Delivery, Mailbox

LEASE = timedelta(seconds=60)  # renewed while its holder lives; see `renew`
MOST_CRASHES = 3

URGENT = Delivery.stream != "marketing"
BULK = Delivery.stream == "marketing"
QUEUED = Delivery.state == "queued"
HELD = Delivery.state.in_(("claimed", "handoff"))


@dataclass(frozen=True)
class Claimed:
    """A delivery in our hands, with all that its bytes depend on."""

    id: int
    epoch: int
    stream: str
    mailbox_id: int
    person_id: int | None
    address: str
    letter: str
    fields: Mapping[str, Any]
    campaign: str | None
    step: str | None
    occurrence: int | None
    dedupe_key: str
    expires_at: datetime
    tries: int
    # Whether its reader agreed to be counted: asked when it is claimed, of those who know.
    counted: bool = False


def next_due(session: Session) -> datetime | None:
    """When the next queued delivery is due, on the story's clock."""
    first = [
        session.scalar(select(func.min(Delivery.next_try_at)).where(QUEUED, lane)) for lane in (URGENT, BULK)
    ]
    return min((moment for moment in first if moment), default=None)


def any_urgent(session: Session, now: datetime) -> bool:
    """Whether something waits that is due and no newsletter."""
    return (
        session.scalar(select(Delivery.id).where(QUEUED, URGENT, Delivery.next_try_at <= now).limit(1))
        is not None
    )


def any_lapsed(session: Session, machine: datetime) -> bool:
    """Whether somebody died holding a delivery."""
    return session.scalar(select(Delivery.id).where(*_lapsed(machine)).limit(1)) is not None


def claim(session: Session, who: str, now: datetime, lease_until: datetime, limit: int) -> list[Claimed]:
    """Take up to `limit` due deliveries until `lease_until` (machine time), urgent ones first.

    A delivery in whose hands a process died before is taken alone: if it is poison, it poisons nobody else.
    """
    for lane in (URGENT, BULK):
        ids = _choose(session, lane, now, limit)
        taken = _take(session, ids, who, lease_until)
        if taken:
            return taken
    return []


def _choose(session: Session, lane: ColumnElement[bool], now: datetime, limit: int) -> list[int]:
    due = (
        select(Delivery.id, Delivery.crashes)
        .where(QUEUED, lane, Delivery.next_try_at <= now)
        .order_by(Delivery.next_try_at, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = session.execute(due).all()
    if rows and rows[0].crashes:
        return [rows[0].id]
    return [row.id for row in rows if not row.crashes]


def _take(session: Session, ids: list[int], who: str, lease_until: datetime) -> list[Claimed]:
    if not ids:
        return []
    taken = (
        update(Delivery)
        .where(Delivery.id.in_(ids), QUEUED)
        .values(
            state="claimed",
            epoch=Delivery.epoch + 1,
            claimed_by=who,
            lease_until=lease_until,
            reason=None,
        )
    )
    session.execute(taken)
    rows = session.execute(
        select(
            Delivery.id,
            Delivery.epoch,
            Delivery.stream,
            Delivery.mailbox_id,
            Delivery.person_id,
            Mailbox.address,
            Delivery.letter,
            Delivery.fields,
            Delivery.campaign,
            Delivery.step,
            Delivery.occurrence,
            Delivery.dedupe_key,
            Delivery.expires_at,
            Delivery.tries,
        )
        .join(Mailbox)
        .where(Delivery.id.in_(ids), Delivery.state == "claimed", Delivery.claimed_by == who)
        .order_by(Delivery.next_try_at, Delivery.id)
    )
    return [Claimed(*row) for row in rows]


def renew(session: Session, claimed: Iterable[Claimed], lease_until: datetime) -> None:
    """Say that the holder of these still lives: a mail server may take its ten minutes.

    Rows that somebody else is changing right now are passed over: waiting for one while holding others is how two
    transactions wait for each other, and the other one may be a stop.
    """
    ours = tuple_(Delivery.id, Delivery.epoch).in_([(each.id, each.epoch) for each in claimed])
    free = select(Delivery.id).where(ours, HELD).with_for_update(skip_locked=True, key_share=True)
    ids = session.scalars(free).all()
    session.execute(update(Delivery).where(Delivery.id.in_(ids), HELD).values(lease_until=lease_until))


def give_back(session: Session, claimed: Claimed) -> None:
    """Return what was never begun, without a mark against it."""
    free = {"state": "queued", "claimed_by": None, "lease_until": None}
    session.execute(update(Delivery).where(*held(claimed, "claimed")).values(free))


def reclaim(session: Session, now: datetime, machine: datetime) -> int:
    """Take deliveries from processes that died holding them; returns how many.

    One that was claimed goes back to the queue, or is `poison` after its third crash. One that was in handoff may have
    been accepted: it is `unknown`, and nobody sends it again by itself.
    """
    ids = list(
        session.scalars(select(Delivery.id).where(*_lapsed(machine)).with_for_update(skip_locked=True))
    )
    if not ids:
        return 0
    again = and_(Delivery.state == "claimed", Delivery.crashes + 1 < MOST_CRASHES)
    state = case((Delivery.state == "handoff", "unknown"), (again, "queued"), else_="poison")
    reason = case(
        (Delivery.state == "handoff", "the sender died before the mail server answered"),
        (again, None),
        else_=f"stopped after {MOST_CRASHES} failures of the program itself",
    )
    crashed = (
        update(Delivery)
        .where(Delivery.id.in_(ids), *_lapsed(machine))
        .values(state=state, reason=reason, crashes=Delivery.crashes + 1, claimed_by=None, lease_until=None)
        .returning(Delivery.id, Delivery.epoch)
    )
    rows = [
        {
            "delivery_id": row.id,
            "epoch": row.epoch,
            "at": now,
            "outcome": "crashed",
            "verdict": None,
            "said": "",
        }
        for row in session.execute(crashed)
    ]
    session.execute(insert(Attempt), rows)
    return len(rows)


def held(claimed: Claimed, *states: str) -> tuple[ColumnElement[bool], ...]:
    """The rows that are still ours: this delivery, our epoch, one of `states`."""
    return Delivery.id == claimed.id, Delivery.epoch == claimed.epoch, Delivery.state.in_(states)


def _lapsed(machine: datetime) -> tuple[ColumnElement[bool], ...]:
    return HELD, Delivery.lease_until <= machine
