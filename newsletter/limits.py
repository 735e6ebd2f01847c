"""How often may this happen: counters in the database, so that every process counts together.

A counter covers one fixed window. Two windows side by side may let through twice the number at their seam; where
that matters, give a longer window a tighter number beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from sqlalchemy import String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from newsletter.db import Base, insert_new


class Counter(Base):
    """How often a thing happened in the window that ends at `until`."""

    __tablename__ = "counters"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    seen: Mapped[int]
    until: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class Limit:
    """At most `times` in `within`, for each subject."""

    name: str
    times: int
    within: timedelta


def take(session: Session, limit: Limit, subject: str, now: datetime) -> bool:
    """Count one more; True while within the limit. The subject is stored as a hash, never in clear."""
    key, until = _window(limit, subject, now)
    insert_new(
        session,
        Counter,
        [{"key": key, "seen": 0, "until": until}],
        returning=Counter.key,
    )
    raise_by_one = (
        update(Counter).where(Counter.key == key, Counter.seen < limit.times).values(seen=Counter.seen + 1)
    )
    return session.execute(raise_by_one.returning(Counter.seen)).first() is not None


def once(session: Session, name: str, subject: str, until: datetime) -> bool:
    """True the first time for this subject, False ever after; remembered until `until` (aware)."""
    row = {"key": _mark(name, subject), "seen": 1, "until": until}
    return bool(insert_new(session, Counter, [row], returning=Counter.key))


def is_done(session: Session, name: str, subject: str) -> bool:
    """Whether `once` was asked for this subject before; changes nothing."""
    return session.scalar(select(Counter.key).where(Counter.key == _mark(name, subject))) is not None


def used(session: Session, limit: Limit, subject: str, now: datetime) -> int:
    """How often it happened in the window that holds `now`."""
    key, _ = _window(limit, subject, now)
    return session.scalar(select(Counter.seen).where(Counter.key == key)) or 0


def tidy(session: Session, now: datetime) -> None:
    """Forget windows that are over."""
    session.execute(delete(Counter).where(Counter.until < now))


def _window(limit: Limit, subject: str, now: datetime) -> tuple[str, datetime]:
    length = int(limit.within.total_seconds())
    number = int(now.timestamp()) // length
    return f"{_mark(limit.name, subject)}:{number}", datetime.fromtimestamp((number + 1) * length, UTC)


def _mark(name: str, subject: str) -> str:
    mark = sha256(f"{name}\0{subject}".encode()).hexdigest()[:40]
    return f"{name[:24]}:{mark}"
