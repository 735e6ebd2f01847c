"""The roll: who works here, in which role."""

from __future__ import annotations

from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter.errors import NotFound, Refused
from newsletter.staff import visits
from newsletter.staff.models import RecoveryCode, Staff

ROLES = {"owner": "Owner", "marketer": "Marketing", "clinician": "Care team", "viewer": "Read only"}
PRACTICE_OWNER = "you@example.com"
LONGEST_NAME = 100


class LastOwner(Refused):
    """The last owner stays one: make somebody else an owner first."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def practice_owner(session: Session, now: datetime) -> int:
    """The one who owns a practice installation: whoever was put on the roll first as an owner, else somebody new."""
    owns = select(Staff.id).where(Staff.role == "owner", Staff.removed_at.is_(None)).order_by(Staff.id)
    found = session.scalar(owns.limit(1))
    if found is not None:
        return found
    return add(session, PRACTICE_OWNER, "owner", "You", now).id


def spelled(typed: str) -> str:
    """The one spelling under which an address is on the roll; of what is none, what was typed in lower case."""
    return _address(typed) or typed.strip().lower()[:320]


def add(session: Session, typed: str, role: str, name: str, now: datetime) -> Staff:
    """Put somebody on the roll. Raises Refused for what is no address, no role, or somebody who works here already."""
    address = _address(typed)
    if address is None:
        raise Refused(f"“{typed.strip()}” is no e-mail address; right would be someone@example.com")
    _ensure_role(role)
    if find(session, address) is not None:
        raise Refused(f"{address} works here already; change the role instead")
    one = Staff(address=address, name=named(name), role=role, created_at=now)
    session.add(one)
    session.flush()
    return one


def named(typed: str) -> str:
    """A name on one line, as short as its column."""
    return " ".join(typed.split())[:LONGEST_NAME]


def find(session: Session, typed: str) -> Staff | None:
    """Whoever works here under this address."""
    return session.scalar(select(Staff).where(Staff.address == spelled(typed), Staff.removed_at.is_(None)))


def get(session: Session, typed: str) -> Staff:
    """Whoever works here under this address; raises NotFound."""
    found = find(session, typed)
    if found is None:
        raise NotFound(f"nobody works here under {typed.strip()}; newsletter staff list says who does")
    return found


def by_id(session: Session, staff_id: int) -> Staff | None:
    """Whoever works here under this number."""
    return session.scalar(select(Staff).where(Staff.id == staff_id, Staff.removed_at.is_(None)))


def everyone(session: Session) -> list[Staff]:
    """Who works here, in the order in which they came."""
    return list(session.scalars(select(Staff).where(Staff.removed_at.is_(None)).order_by(Staff.id)))


def set_role(session: Session, one: Staff, role: str) -> bool:
    """Give a role, and end her visits; False where it was hers already. Raises LastOwner, or Refused for no role."""
    _ensure_role(role)
    if one.role == role:
        return False
    if one.role == "owner":
        _ensure_another_owner(session, one)
    one.role = role
    visits.end_all(session, one.id)
    return True


def remove(session: Session, one: Staff, now: datetime) -> None:
    """Take somebody off the roll, with every key of hers; her name stays for the log. Raises LastOwner."""
    if one.role == "owner":
        _ensure_another_owner(session, one)
    one.removed_at = now
    one.password_hash = one.totp_secret = None
    session.execute(delete(RecoveryCode).where(RecoveryCode.staff_id == one.id))
    visits.end_all(session, one.id)


def _address(typed: str) -> str | None:
    """As the audience's keys are made: lower case, the domain in ASCII (RFC 5891), so that one mailbox is one row."""
    try:
        parts = validate_email(typed.strip(), check_deliverability=False, allow_smtputf8=True, strict=True)
    except EmailNotValidError:
        return None
    return f"{parts.local_part.lower()}@{parts.ascii_domain}"


def _ensure_role(role: str) -> None:
    if role not in ROLES:
        raise Refused(f"“{role}” is no role; right would be {', '.join(ROLES)}")


def _ensure_another_owner(session: Session, one: Staff) -> None:
    """Locked, or two owners who take each other's role at the same moment would leave none."""
    owners = select(Staff.id).where(Staff.role == "owner", Staff.removed_at.is_(None)).order_by(Staff.id)
    if not any(owner != one.id for owner in session.scalars(owners.with_for_update())):
        raise LastOwner
