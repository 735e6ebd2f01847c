"""Is the postman alive? Each worker leaves a mark every few seconds, on the machine's clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from newsletter.db import Base, insert_new

STALE_AFTER = timedelta(seconds=60)


class Heartbeat(Base):
    """When a worker was last seen."""

    __tablename__ = "heartbeats"

    worker: Mapped[str] = mapped_column(String(80), primary_key=True)
    seen_at: Mapped[datetime]


def beat(session: Session, worker: str, machine: datetime) -> None:
    """Say that `worker` lives."""
    insert_new(session, Heartbeat, [{"worker": worker, "seen_at": machine}], returning=Heartbeat.worker)
    session.execute(update(Heartbeat).where(Heartbeat.worker == worker).values(seen_at=machine))


def tidy(session: Session, machine: datetime) -> None:
    """Forget workers that were last seen more than a day ago."""
    session.execute(delete(Heartbeat).where(Heartbeat.seen_at < machine - timedelta(days=1)))


def last_beat(session: Session) -> datetime | None:
    """When any worker was last seen; None if never."""
    return session.scalar(select(func.max(Heartbeat.seen_at)))


def is_alive(session: Session, machine: datetime) -> bool:
    """Whether some worker was seen within the last minute."""
    return is_fresh(last_beat(session), machine)


def is_fresh(seen: datetime | None, machine: datetime) -> bool:
    """Pure: whether a worker that was last seen then counts as alive."""
    return seen is not None and machine - seen <= STALE_AFTER
