"""A short sum for the browser when sign-ups come in floods, so that ten thousand of them cost their sender something.

The protocol is Altcha's, version 2 with SHA-256: find the counter whose hash begins as the challenge says. A challenge
is signed and good for ten minutes, its answer is good once, and nothing is kept before it is answered.

Counted are forms, never letters: what is asked of a visitor says nothing about the address that she typed.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha
from sqlalchemy.orm import Session

from newsletter import limits
from newsletter.audience import letters
from newsletter.limits import Limit

HOUR = timedelta(hours=1)
# For one visitor: a whole waiting room behind one address, and so much that five of them use up what is free for all.
# Letters stop long before: at thirty (audience.letters).
FREE = Limit("sign-up-free", 240, HOUR)
FREE_IN_TOTAL = Limit("sign-up-free-total", 1_200, HOUR)
GOOD_FOR = timedelta(minutes=10)
LONGEST = 2000  # characters; an honest answer has about 500
# Where the counter lies: half a second on a telephone, three times that on an old one.
EASIEST, SPREAD = 50_000, 100_000


def is_free(session: Session, ip: str, machine: datetime) -> bool:
    """Count one more form; True while this visitor, and all together, stay far from the limits.

    `machine` is the machine's time: a flood comes in real hours.
    """
    own = limits.take(session, FREE, letters.visitor(ip), machine)
    return own and limits.take(session, FREE_IN_TOTAL, "", machine)


def minutes_left(machine: datetime) -> int:
    """Pure: after how many minutes forms are free again; from 1 to 60."""
    length = int(HOUR.total_seconds())
    return -(-(length - int(machine.timestamp()) % length) // 60)


def challenge(keys: Sequence[str], machine: datetime) -> dict[str, Any]:
    """A new sum, signed with the first key, as Altcha's JSON.

    How long it is good stands in `data`, not in `expiresAt`: the package would compare that with a clock of its own.
    """
    return altcha.create_challenge(
        "SHA-256",
        cost=1,
        counter=EASIEST + secrets.randbelow(SPREAD),
        data={"until": int((machine + GOOD_FOR).timestamp())},
        hmac_secret=_secret(keys[0]),
    ).to_dict()


def is_solved(session: Session, answer: str, keys: Sequence[str], machine: datetime) -> bool:
    """Whether `answer` (base64 of Altcha's payload) solves a sum of ours, in time and for the first time."""
    payload = _read(answer)
    if payload is None or not any(altcha.verify_solution(payload, _secret(key)).verified for key in keys):
        return False
    # Signed by us, so it has the shape that we gave it.
    until = datetime.fromtimestamp((payload.challenge.parameters.data or {})["until"], UTC)
    signature = payload.challenge.signature or ""
    return machine < until and limits.once(session, "sign-up-proof", signature, until)


def _read(answer: str) -> altcha.Payload | None:
    if not answer or len(answer) > LONGEST:
        return None
    try:
        return altcha.Payload.from_base64(answer)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _secret(key: str) -> bytes:
    """Apart from links and cookies, which the same key signs."""
    return hmac.digest(key.encode(), b"proof", "sha256")
