"""The roll: who works here, in which role."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.staff.models import Staff

ROLES = {"owner": "Owner", "marketer": "Marketing", "clinician": "Care team", "viewer": "Read only"}
PRACTICE_OWNER = "you@example.com"


def practice_owner(session: Session, now: datetime) -> int:
    """The one who owns a practice installation: whoever was put on the roll first as an owner, else somebody new."""
    owns = select(Staff.id).where(Staff.role == "owner", Staff.removed_at.is_(None)).order_by(Staff.id)
    found = session.scalar(owns.limit(1))
    if found is not None:
        return found
    owner = Staff(address=PRACTICE_OWNER, name="You", role="owner", created_at=now)
    session.add(owner)
    session.flush()
    return owner.id
