"""Six digits from her telephone (RFC 6238): one step of drift either way, and none taken twice (section 5.2)."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from newsletter.staff.models import Staff
from newsletter.vault import Vault

STEP = 30  # seconds
DRIFT = 1  # steps: telephones are seldom wrong by more than half a minute


def secret() -> str:
    """A new secret, in base32 as authenticator apps read it."""
    return pyotp.random_base32()


def address(shared: str, account: str, issuer: str) -> str:
    """Pure: the `otpauth:` address that goes into the picture for the telephone."""
    return pyotp.TOTP(shared).provisioning_uri(name=account, issuer_name=issuer)


def step_of(shared: str, typed: str, machine: datetime) -> int | None:
    """Pure: the time step whose code this is, of those that are near enough; None for a wrong code."""
    code = "".join(typed.split())
    here = int(machine.timestamp()) // STEP
    steps = [here + drift for drift in range(-DRIFT, DRIFT + 1)]
    right = [
        step
        for step in steps
        if hmac.compare_digest(pyotp.TOTP(shared).generate_otp(step).encode(), code.encode())
    ]
    return right[0] if right else None


def turn_on(one: Staff, shared: str, step: int, vault: Vault) -> None:
    """Ask for a code from now on; the one that proved it is taken."""
    one.totp_secret, one.totp_step = vault.seal(shared), step


def turn_off(one: Staff) -> None:
    """Ask for no code any more."""
    one.totp_secret = one.totp_step = None


def take(session: Session, one: Staff, typed: str, vault: Vault, machine: datetime) -> bool:
    """Whether this is her code, and was not taken before; of two at once, one gets True. Raises vault.SealBroken."""
    if one.totp_secret is None:
        return False
    step = step_of(vault.open(one.totp_secret), typed, machine)
    if step is None:
        return False
    later = or_(Staff.totp_step.is_(None), Staff.totp_step < step)
    taken = update(Staff).where(Staff.id == one.id, later).values(totp_step=step).returning(Staff.id)
    return session.execute(taken).first() is not None
