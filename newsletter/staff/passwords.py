"""Passwords: argon2id with the library's own costs (RFC 9106, low memory), and what makes a bad one.

Length is what counts, so there is no rule about digits and signs (NIST SP 800-63B, section 5.1.1.2).
"""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from newsletter.errors import Refused
from newsletter.staff import visits
from newsletter.staff.models import Staff

SHORTEST = 12
LONGEST = 256
OF_ONES_OWN = 8  # what must be left when address and clinic are taken out
FEWEST_LETTERS = 5

HASHER = PasswordHasher()


class PasswordRefused(Refused):
    """This password will not do; the message stands at the field."""


def choose(session: Session, one: Staff, password: str, clinic: str, key: str) -> None:
    """Set her password and sign her out everywhere but in the visit `key`. Raises PasswordRefused."""
    judge(password, one.address, clinic)
    one.password_hash = HASHER.hash(password)
    visits.end_others(session, one.id, key)


def judge(password: str, address: str, clinic: str) -> None:
    """Pure: raises PasswordRefused, with what would be right, for a password that is easily guessed."""
    if len(password) < SHORTEST:
        raise PasswordRefused(f"A password has at least {SHORTEST} characters; a short sentence is good.")
    if len(password) > LONGEST:
        raise PasswordRefused(f"A password has at most {LONGEST} characters.")
    if len(set(password)) < FEWEST_LETTERS:
        raise PasswordRefused("This repeats itself; take a short sentence instead.")
    rest = bare = _bare(password)
    for known in (address, address.partition("@")[0], clinic):
        rest = rest.replace(_bare(known), "") if _bare(known) else rest
    if rest != bare and len(rest) < OF_ONES_OWN:
        raise PasswordRefused("This is your address or the clinic's name; take a short sentence instead.")


def check(password_hash: str | None, password: str) -> bool:
    """Whether this is the password. As much work where there is none: the time must not say who works here."""
    nobody = _of_nobody()
    try:
        HASHER.verify(password_hash or nobody, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def renewed(password_hash: str, password: str) -> str | None:
    """The hash at today's costs, where the kept one has others; None where it is good as it is."""
    return HASHER.hash(password) if HASHER.check_needs_rehash(password_hash) else None


def _bare(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


@cache
def _of_nobody() -> str:
    return HASHER.hash(secrets.token_urlsafe(32))
