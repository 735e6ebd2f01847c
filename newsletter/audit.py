"""Append-only: who of the staff did what to which row, and when. Ids and slugs only, never an address or a name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, Session, mapped_column

from newsletter.db import Base


class AuditEntry(Base):
    """One act. `staff_id` points upward, so no foreign key holds it; staff are never deleted."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    staff_id: Mapped[int] = mapped_column(index=True)
    act: Mapped[str] = mapped_column(String(60))
    facts: Mapped[dict[str, Any]]


def note(session: Session, staff_id: int, act: str, facts: Mapping[str, Any], at: datetime) -> None:
    """Write down that somebody of the staff did `act`, in the transaction that does it. `at` is the machine's time."""
    session.add(AuditEntry(staff_id=staff_id, act=act, facts=dict(facts), at=at))
