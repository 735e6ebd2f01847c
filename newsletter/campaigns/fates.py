"""What became of one e-mail, in the words that people see; reads only."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.delivery.models import Attempt, Delivery

SAYS = {
    "queued": "waiting to be sent",
    "claimed": "being written",
    "handoff": "being handed over",
    "sent": "sent",
    "skipped": "not sent",
    "canceled": "canceled",
    "superseded": "not sent",
    "expired": "too late to be useful, not sent",
    "failed": "not sent",
    "unknown": "maybe sent: the mail server never answered",
    "poison": "stopped after repeated failures",
}


def fate(session: Session, delivery: Delivery) -> str:
    """Its state with moment and reason; after a failure also what the mail server said, and when it goes on."""
    told = SAYS[delivery.state]
    if delivery.sent_at:
        told += f" {when(delivery.sent_at)}"
    if delivery.reason:
        told += f": {delivery.reason}"
    return told + _tries(session, delivery)


def when(moment: datetime) -> str:
    """An aware instant, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def local(moment: datetime, zone: ZoneInfo) -> str:
    """An aware instant on a reader's own clock."""
    return f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M %Z}"


def _tries(session: Session, delivery: Delivery) -> str:
    last = session.scalar(
        select(Attempt).where(Attempt.delivery_id == delivery.id).order_by(Attempt.id.desc()).limit(1)
    )
    if last is None or delivery.state == "sent":
        return ""
    times = f"{delivery.tries} time" + ("s" if delivery.tries != 1 else "")
    answer = " ".join(str(part) for part in (last.code, last.said.strip()) if part)[:120]
    told = f"; tried {times}, the last answer was “{answer}”" if answer else f"; tried {times}"
    again = f"; next try {when(delivery.next_try_at)}" if delivery.state == "queued" else ""
    return told + again
