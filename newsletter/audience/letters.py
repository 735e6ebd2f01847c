"""The two letters that a sign-up may cause, and how many of them one mailbox, one visitor and all together get.

Anybody may type anybody's address into a form. So the limits guard mail, not the page: the visitor sees the same
answer, her request is kept, and only the letter is not written again. One mailbox gets two in 24 hours, the second
no sooner than two minutes after the first, and four in 30 days, whichever of the two letters they are.

A mailbox is counted by the deliveries themselves under its lock, exactly, over the hours just past: a counter with
fixed windows would let through twice as many at the seam.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import limits
from newsletter.delivery import queue
from newsletter.delivery.models import Delivery
from newsletter.limits import Limit
from newsletter.links import Links, Purpose

CONFIRM = "mail:confirm"
ALREADY = "mail:already-subscribed"
GOOD_FOR = timedelta(days=7)
AT_LEAST_APART = timedelta(minutes=2)
PER_MAILBOX = ((2, timedelta(days=1)), (4, timedelta(days=30)))
PER_VISITOR = Limit("sign-up-visitor", 30, timedelta(hours=1))
IN_TOTAL = Limit("sign-up-total", 600, timedelta(hours=1))


@dataclass(frozen=True)
class Addressee:
    """Whom a letter is for, and the network address of whoever asked (None: asked from inside)."""

    mailbox_id: int
    subscriber_id: int
    ip: str | None = None


def confirm(session: Session, to: Addressee, links: Links, now: datetime) -> bool:
    """Queue the letter with the confirm link, good for seven days; False if the limits say no.

    The caller holds the mailbox's lock.
    """
    earlier = _earlier(session, to.mailbox_id)
    token = links.sign(Purpose.CONFIRM, to.mailbox_id, to.subscriber_id, until=now + GOOD_FOR)
    fields = {"confirm_url": links.url(f"/confirm/{token}")}
    return _may_go(session, [at for _, at in earlier], to.ip, now) and _put(
        session, to, CONFIRM, fields, len(earlier), now
    )


def already_subscribed(session: Session, to: Addressee, now: datetime) -> bool:
    """Queue the letter that says she is on the list, once in 24 hours at most; False if the limits say no.

    The caller holds the mailbox's lock.
    """
    earlier = _earlier(session, to.mailbox_id)
    told = any(letter == ALREADY and timedelta(0) <= now - at < timedelta(days=1) for letter, at in earlier)
    return (
        not told
        and _may_go(session, [at for _, at in earlier], to.ip, now)
        and _put(session, to, ALREADY, {}, len(earlier), now)
    )


def within_limits(earlier: Sequence[datetime], now: datetime) -> bool:
    """Pure: whether a mailbox that got letters at `earlier` may get one `now`.

    Letters of a later moment do not count: in practice the clock can be put back.
    """
    ages = [now - at for at in earlier if at <= now]
    if any(age < AT_LEAST_APART for age in ages):
        return False
    return all(sum(age < span for age in ages) < most for most, span in PER_MAILBOX)


def visitor(ip: str) -> str:
    """Pure: who counts as one visitor: an IPv4 address, or the /64 that one IPv6 household has (RFC 6177)."""
    try:
        address = ip_address(ip)
    except ValueError:
        return "unreadable"
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or f"{int(address) >> 64:x}")


def _earlier(session: Session, mailbox_id: int) -> list[tuple[str, datetime]]:
    rows = select(Delivery.letter, Delivery.created_at).where(
        Delivery.mailbox_id == mailbox_id, Delivery.letter.in_((CONFIRM, ALREADY))
    )
    return [(letter, at) for letter, at in session.execute(rows)]


def _may_go(session: Session, earlier: Sequence[datetime], ip: str | None, now: datetime) -> bool:
    """Each limit is used up only by what passed the ones before it: one flooded mailbox stops nobody else."""
    if not within_limits(earlier, now):
        return False
    if ip is not None and not limits.take(session, PER_VISITOR, visitor(ip), now):
        return False
    return limits.take(session, IN_TOTAL, "", now)


def _put(
    session: Session, to: Addressee, letter: str, fields: dict[str, str], nth: int, now: datetime
) -> bool:
    order = queue.Order(
        dedupe_key=f"{letter.removeprefix('mail:')}:{to.mailbox_id}:{nth}",
        stream="account",
        mailbox_id=to.mailbox_id,
        person_id=to.subscriber_id,
        letter=letter,
        fields=fields,
        send_after=now,
        expires_at=now + GOOD_FOR,
    )
    return bool(queue.put(session, [order], now))
