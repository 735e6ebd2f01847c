"""Codes that stand in for the telephone: eight, shown once, each good once.

Nearly eighty random bits need no slow hash: nobody guesses them, with the table or without.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from newsletter.staff.models import RecoveryCode

HOW_MANY = 8
LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that looks like another
GROUPS, OF = 4, 4


def renew(session: Session, staff_id: int) -> list[str]:
    """Eight new codes, as a person copies them; the old ones are good no more. Kept nowhere else."""
    forget(session, staff_id)
    codes = [_code() for _ in range(HOW_MANY)]
    session.add_all(RecoveryCode(staff_id=staff_id, digest=_digest(code)) for code in codes)
    session.flush()
    return codes


def take(session: Session, staff_id: int, typed: str, now: datetime) -> bool:
    """Use a code up; False for one that is not hers or was used. Of two at once, one gets True."""
    mine = (RecoveryCode.staff_id == staff_id, RecoveryCode.digest == _digest(typed))
    used = update(RecoveryCode).where(*mine, RecoveryCode.used_at.is_(None)).values(used_at=now)
    return session.execute(used.returning(RecoveryCode.id)).first() is not None


def left(session: Session, staff_id: int) -> int:
    """How many are still good."""
    mine = (RecoveryCode.staff_id == staff_id, RecoveryCode.used_at.is_(None))
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(*mine)) or 0


def forget(session: Session, staff_id: int) -> None:
    """None is good any more."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == staff_id))


def _code() -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(OF)) for _ in range(GROUPS))


def _digest(typed: str) -> str:
    """Of the letters alone: people leave out dashes, and telephones begin with a capital."""
    letters = "".join(letter for letter in typed.lower() if letter.isalnum())
    return sha256(letters.encode()).hexdigest()
