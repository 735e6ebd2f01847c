"""Links into the studio: each carries one colleague and works once, whoever printed or mailed it.

A link lives on the story's clock, as every link does. Looking at it uses nothing up: mail scanners open every link.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from newsletter import limits
from newsletter.delivery import mailboxes, queue
from newsletter.limits import Limit
from newsletter.links import LinkDamaged, Links, Purpose
from newsletter.staff import roll
from newsletter.staff.models import Staff

LETTER = "mail:sign-in"
MAILED_GOOD_FOR = timedelta(minutes=15)
PRINTED_GOOD_FOR = timedelta(hours=24)
# No link lives longer than a day, so a used one may be forgotten after that.
REMEMBERED_FOR = timedelta(hours=25)

# As long as a mailed link is good: whoever presses again and again leaves its owner one that works.
PER_ADDRESS = Limit("sign-in-link", 3, MAILED_GOOD_FOR)
PER_VISITOR = Limit("sign-in-visitor", 30, timedelta(hours=1))


class Key(NamedTuple):
    """What a link says: for whom, and which of her links it is."""

    staff_id: int
    nonce: int


def link(links: Links, staff_id: int, until: datetime) -> str:
    """A new link for one colleague, good once and until `until` (story's time, at most a day from now)."""
    token = links.sign(Purpose.ENTER, staff_id, secrets.randbits(40), until=until)
    return links.url(f"/studio/enter/{token}")


def read(links: Links, token: str, now: datetime) -> Key:
    """What a link says; changes nothing. Raises LinkDamaged or LinkLapsed."""
    ids = links.read(Purpose.ENTER, token, now)
    if len(ids) != len(Key._fields):
        raise LinkDamaged
    return Key(*ids)


def spend(session: Session, key: Key, now: datetime) -> bool:
    """Use a link up; False where that was done before. Of two clicks at once, one gets True."""
    return limits.once(session, "enter", f"{key.staff_id}:{key.nonce}", now + REMEMBERED_FOR)


def ask(session: Session, typed: str, visitor: str, links: Links, now: datetime) -> None:
    """Mail a link to whoever works here under this address; says nothing of whether anybody does.

    `visitor` is who asks, as one word. Addresses and visitors are counted alike, known or not.
    """
    address = roll.spelled(typed)
    asked = limits.take(session, PER_VISITOR, visitor, now) and limits.take(
        session, PER_ADDRESS, address, now
    )
    found = roll.find(session, address)
    if asked and found is not None:
        mail(session, found, links, now, MAILED_GOOD_FOR)


def mail(session: Session, to: Staff, links: Links, now: datetime, good_for: timedelta) -> None:
    """Queue the letter with a new link. Too late to be useful, it is not sent."""
    mailbox = mailboxes.find_or_add(session, to.address, to.address, now)
    url = link(links, to.id, now + good_for)
    minutes = int(good_for.total_seconds()) // 60
    order = queue.Order(
        dedupe_key=f"sign-in:{to.id}:{secrets.token_hex(8)}",
        stream="staff",
        mailbox_id=mailbox.id,
        letter=LETTER,
        fields={
            "sign_in_url": url,
            "good_for": f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours",
        },
        send_after=now,
        expires_at=now + good_for,
    )
    queue.put(session, [order], now)
