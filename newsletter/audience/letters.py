"""The letters about an account itself, and how many of them one mailbox, one visitor and all together get.

Anybody may type anybody's address into a form. So the limits guard mail, not the page: the visitor sees the same
answer, her request is kept, and only the letter is not written again. One mailbox gets two in 24 hours, the second
no sooner than two minutes after the first, and four in 30 days, whichever of the letters to a typed address they are.
The link that somebody asks for on the pages behind her letters goes to the mailbox that she has already: two a day.

A mailbox is counted by the deliveries themselves under its lock, exactly, over the hours just past: a counter with
fixed windows would let through twice as many at the seam.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from newsletter import limits
from newsletter.audience import addresses
from newsletter.delivery import queue
from newsletter.delivery.models import Delivery, Mailbox
from newsletter.limits import Limit
from newsletter.links import Links, Purpose

CONFIRM = "mail:confirm"
ALREADY = "mail:already-subscribed"
NEW_ADDRESS = "mail:new-address"
DATA_LINK = "mail:data-link"
TYPED = (CONFIRM, ALREADY, NEW_ADDRESS)  # somebody else may have typed the address

GOOD_FOR = timedelta(days=7)
AT_LEAST_APART = timedelta(minutes=2)
PER_DAY = (2, timedelta(days=1))
PER_MAILBOX = (PER_DAY, (4, timedelta(days=30)))
PER_VISITOR = Limit("sign-up-visitor", 30, timedelta(hours=1))
# Of all spellings of one address together: `+tags` are boxes of their own here, and fill one inbox there.
PER_SPELLINGS = Limit("sign-up-spellings", *PER_DAY)
# Far above what needs no proof of work (`web.site.proof`), so that a flood does not use it up for everybody.
IN_TOTAL = Limit("sign-up-total", 3000, timedelta(hours=1))


@dataclass(frozen=True)
class Addressee:
    """Whom a letter is for, and the network address of whoever asked (None: asked from inside)."""

    mailbox_id: int
    subscriber_id: int
    ip: str | None = None


class Earlier(NamedTuple):
    """A letter that was queued before: its name, and when (aware)."""

    letter: str
    at: datetime


def confirm(session: Session, to: Addressee, links: Links, now: datetime) -> bool:
    """Queue the letter with the confirm link, good for seven days; False if the limits say no.

    The caller holds the mailbox's lock.
    """
    token = links.sign(Purpose.CONFIRM, to.mailbox_id, to.subscriber_id, until=now + GOOD_FOR)
    fields = {"confirm_url": links.url(f"/confirm/{token}")}
    return _to_typed(session, to, CONFIRM, fields, _typed_before(session, to.mailbox_id), now)


def already_subscribed(session: Session, to: Addressee, now: datetime) -> bool:
    """Queue the letter that says she is on the list, once in 24 hours at most; False if the limits say no.

    The caller holds the mailbox's lock.
    """
    earlier = _typed_before(session, to.mailbox_id)
    day = timedelta(days=1)
    told = any(each.letter == ALREADY and timedelta(0) <= now - each.at < day for each in earlier)
    return not told and _to_typed(session, to, ALREADY, {}, earlier, now)


def new_address(session: Session, to: Addressee, old_mailbox_id: int, links: Links, now: datetime) -> bool:
    """Queue the letter that asks the new mailbox `to` to confirm, good for seven days; False if the limits say no.

    It counts together with the two of a sign-up: whoever owns that mailbox did not ask either. The caller holds the
    mailbox's lock.
    """
    ids = (to.subscriber_id, old_mailbox_id, to.mailbox_id)
    token = links.sign(Purpose.NEW_ADDRESS, *ids, until=now + GOOD_FOR)
    fields = {"confirm_url": links.url(f"/move/{token}")}
    return _to_typed(session, to, NEW_ADDRESS, fields, _typed_before(session, to.mailbox_id), now)


def earlier_data_links(session: Session, subscriber_id: int) -> list[Earlier]:
    """The letters with a data link that this person was sent, ever."""
    return _earlier(session, Delivery.person_id == subscriber_id, (DATA_LINK,))


def data_link(
    session: Session, to: Addressee, fields: dict[str, str], nth: int, expires_at: datetime, now: datetime
) -> bool:
    """Queue the letter with her n-th data link; whether it may go the caller has asked (`within_limits`)."""
    key = f"data-link:{to.mailbox_id}:{to.subscriber_id}:{nth}"
    return _put(session, to, DATA_LINK, fields, key, expires_at, now)


def within_limits(
    earlier: Sequence[datetime], now: datetime, spans: Sequence[tuple[int, timedelta]] = PER_MAILBOX
) -> bool:
    """Pure: whether a mailbox that got letters at `earlier` may get one `now`; `spans`: at most so many in so long.

    Letters of a later moment do not count: in practice the clock can be put back.
    """
    ages = [now - at for at in earlier if at <= now]
    if any(age < AT_LEAST_APART for age in ages):
        return False
    return all(sum(age < span for age in ages) < most for most, span in spans)


def visitor(ip: str) -> str:
    """Pure: who counts as one visitor: an IPv4 address, or the /64 that one IPv6 household has (RFC 6177)."""
    try:
        address = ip_address(ip)
    except ValueError:
        return "unreadable"
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or f"{int(address) >> 64:x}")


def _typed_before(session: Session, mailbox_id: int) -> list[Earlier]:
    return _earlier(session, Delivery.mailbox_id == mailbox_id, TYPED)


def _earlier(session: Session, whose: ColumnElement[bool], letters: Collection[str]) -> list[Earlier]:
    rows = select(Delivery.letter, Delivery.created_at).where(whose, Delivery.letter.in_(letters))
    return [Earlier(*row) for row in session.execute(rows)]


def _to_typed(
    session: Session,
    to: Addressee,
    letter: str,
    fields: dict[str, str],
    earlier: Sequence[Earlier],
    now: datetime,
) -> bool:
    key = f"{letter.removeprefix('mail:')}:{to.mailbox_id}:{len(earlier)}"
    return _may_go(session, to, [each.at for each in earlier], now) and _put(
        session, to, letter, fields, key, now + GOOD_FOR, now
    )


def _may_go(session: Session, to: Addressee, earlier: Sequence[datetime], now: datetime) -> bool:
    """Each limit is used up only by what passed the ones before it: one flooded mailbox stops nobody else."""
    if not within_limits(earlier, now):
        return False
    key = session.get_one(Mailbox, to.mailbox_id).address_key
    if key and not limits.take(session, PER_SPELLINGS, addresses.spelled_plainly(key), now):
        return False
    if to.ip is not None and not limits.take(session, PER_VISITOR, visitor(to.ip), now):
        return False
    return limits.take(session, IN_TOTAL, "", now)


def _put(  # noqa: PLR0917  (one letter: to whom, which, with what, under which key, until when)
    session: Session,
    to: Addressee,
    letter: str,
    fields: dict[str, str],
    key: str,
    expires_at: datetime,
    now: datetime,
) -> bool:
    order = queue.Order(
        dedupe_key=key,
        stream="account",
        mailbox_id=to.mailbox_id,
        person_id=to.subscriber_id,
        letter=letter,
        fields=fields,
        send_after=now,
        expires_at=expires_at,
    )
    return bool(queue.put(session, [order], now))
