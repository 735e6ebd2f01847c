"""How sending goes: is anybody at it, what was handed over today, the last that went well and that did not; reads only.

What is counted are conversations with the mail server, from the newest back: it costs what today holds, however many
years lie before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from newsletter import pulse
from newsletter.delivery.models import STREAMS, Attempt, Delivery
from newsletter.insights.today import Pulse

LOOKS_BACK = 10_000  # conversations, in which the last that failed is looked for


@dataclass(frozen=True)
class Talk:
    """One conversation: `outcome` as in the attempt, `said` the mail server's own words, which may hold an address."""

    at: datetime
    outcome: str
    stream: str
    said: str


@dataclass(frozen=True)
class Sending:
    """What stands on the page. `today` counts what was taken over, by stream, those without any left out."""

    pulse: Pulse
    today: dict[str, int]
    went_well: Talk | None
    went_wrong: Talk | None


def read(session: Session, midnight: datetime, machine: datetime) -> Sending:
    """Since `midnight` (the story's time) and before; `machine` is the machine's time. Five statements."""
    seen = pulse.last_beat(session)
    newest = session.scalar(select(func.max(Attempt.id))) or 0
    return Sending(
        Pulse(pulse.is_fresh(seen, machine), seen),
        _since(session, midnight),
        _last(session, Attempt.outcome == "accepted"),
        _last(session, Attempt.outcome != "accepted", Attempt.id > newest - LOOKS_BACK),
    )


def _since(session: Session, midnight: datetime) -> dict[str, int]:
    before = select(Attempt.id).where(Attempt.at < midnight).order_by(Attempt.id.desc()).limit(1)
    rows = session.execute(
        select(Delivery.stream, func.count())
        .join(Attempt, Attempt.delivery_id == Delivery.id)
        .where(Attempt.id > (session.scalar(before) or 0), Attempt.outcome == "accepted")
        .group_by(Delivery.stream)
    )
    counted = dict(rows.all())
    return {stream: counted[stream] for stream in STREAMS if stream in counted}


def _last(session: Session, *which: ColumnElement[bool]) -> Talk | None:
    row = session.execute(
        select(Attempt.at, Attempt.outcome, Delivery.stream, Attempt.code, Attempt.enhanced, Attempt.said)
        .join(Delivery, Delivery.id == Attempt.delivery_id)
        .where(*which)
        .order_by(Attempt.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    said = " ".join(str(part) for part in (row.code, row.enhanced, row.said) if part)
    return Talk(row.at, row.outcome, row.stream, said)
