"""Staff, their open visits, and the codes that let them in when the telephone is lost."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.db import NEVER_AGAIN, Base

STILL_HERE = text("removed_at IS NULL")


class Staff(Base):
    """Somebody who works here. A removed one stays, so that the log of what was done still has a name to show.

    `totp_secret` is sealed; `totp_step` is the last time step whose code was taken, so that none is taken twice
    (RFC 6238, section 5.2).
    """

    __tablename__ = "staff"
    __table_args__ = (
        CheckConstraint("role IN ('owner', 'marketer', 'clinician', 'viewer')", name="role"),
        Index(
            "uq_staff_address", "address", unique=True, postgresql_where=STILL_HERE, sqlite_where=STILL_HERE
        ),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(100), default="")
    role: Mapped[str] = mapped_column(String(12))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_secret: Mapped[str | None] = mapped_column(Text)
    totp_step: Mapped[int | None]
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class StaffVisit(Base):
    """One browser that somebody of the staff is signed in with. The key is in her cookie; here is its digest."""

    __tablename__ = "staff_visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class RecoveryCode(Base):
    """A code that stands in for the telephone, once."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    used_at: Mapped[datetime | None]
