"""Signed in: a key in the browser's cookie, its digest here. Ended by time, by herself, or by a change of her rights.

Sign-in lives on the machine's clock: turning the story's must neither end a visit nor prolong one.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter.staff.models import Staff, StaffVisit

LASTS = timedelta(hours=12)
LASTS_IN_PRACTICE = timedelta(days=30)


@dataclass(frozen=True)
class Colleague:
    """Who is signed in."""

    id: int
    address: str
    name: str
    role: str


def begin(session: Session, staff_id: int, machine: datetime, lasts: timedelta = LASTS) -> str:
    """Sign somebody in; returns the key for her cookie, which is kept nowhere else."""
    key = secrets.token_urlsafe(32)
    session.add(
        StaffVisit(staff_id=staff_id, digest=_digest(key), created_at=machine, ends_at=machine + lasts)
    )
    session.flush()
    return key


def find(session: Session, key: str, machine: datetime) -> Colleague | None:
    """Whoever is signed in by this key, as she is now; None where the visit has ended or she works here no more."""
    found = session.execute(
        select(Staff.id, Staff.address, Staff.name, Staff.role)
        .join(StaffVisit, StaffVisit.staff_id == Staff.id)
        .where(StaffVisit.digest == _digest(key), StaffVisit.ends_at > machine, Staff.removed_at.is_(None))
    ).first()
    return Colleague(*found) if found else None


def end(session: Session, key: str) -> None:
    """Sign out of this browser."""
    session.execute(delete(StaffVisit).where(StaffVisit.digest == _digest(key)))


def end_all(session: Session, staff_id: int) -> None:
    """Sign somebody out everywhere: her password or her role has changed, or she asked for it."""
    session.execute(delete(StaffVisit).where(StaffVisit.staff_id == staff_id))


def end_others(session: Session, staff_id: int, key: str) -> None:
    """Sign somebody out everywhere but here, where her visit has this `key`."""
    session.execute(
        delete(StaffVisit).where(StaffVisit.staff_id == staff_id, StaffVisit.digest != _digest(key))
    )


def tidy(session: Session, machine: datetime) -> None:
    """Forget visits that are over."""
    session.execute(delete(StaffVisit).where(StaffVisit.ends_at <= machine))


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()
