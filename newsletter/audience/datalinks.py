"""A link that is mailed first, works once and for one hour: to see her data, to delete it, to change her address.

Whoever holds a preferences link got a letter, or was forwarded one. What must not be done by the latter goes through
the mailbox itself. Somebody with a forwarded letter may ask: then her mailbox gets a letter, two a day at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import limits
from newsletter.audience import letters, locking
from newsletter.audience.letters import Addressee
from newsletter.audience.models import Subscriber
from newsletter.delivery import mailboxes
from newsletter.errors import Refused
from newsletter.links import LinkDamaged, Links, Purpose

log = structlog.get_logger("newsletter.audience")

GOOD_FOR = timedelta(hours=1)
ONCE = "data-link"
LIMITS = (letters.PER_DAY,)


class Deed(IntEnum):
    """What the link is for. The numbers stand in links already mailed: never renumber."""

    SHOW = 1
    DELETE = 2
    MOVE = 3

    @property
    def words(self) -> str:
        """How the letter says it: "You asked for a link to ..."."""
        return WORDS[self]


WORDS = {
    Deed.SHOW: "see what we hold about you",
    Deed.DELETE: "delete your data",
    Deed.MOVE: "change your e-mail address",
}


@dataclass(frozen=True)
class Asked:
    """What a good link says: from which mailbox, for whom, and what is to be done."""

    mailbox_id: int
    subscriber_id: int
    deed: Deed


class LinkUsed(Refused):
    """This link works once, and that is done. For another one, ask again on the page with your letters."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def ask(session: Session, subscriber_id: int, deed: Deed, links: Links, now: datetime) -> bool:
    """Queue the letter with a link for `deed` to her mailbox; False if her limits say no.

    The page says the same either way. Raises NotFound for a person who is gone.
    """
    person = locking.locked(session, subscriber_id)
    earlier = letters.earlier_data_links(session, subscriber_id)
    if not letters.within_limits([each.at for each in earlier], now, LIMITS):
        return False
    nth, until = len(earlier), now + GOOD_FOR
    token = links.sign(Purpose.DATA, person.mailbox_id, subscriber_id, deed, nth, until=until)
    fields = {"data_url": links.url(f"/data/{token}"), "deed": deed.words}
    log.info("data_link.asked", subscriber=subscriber_id, deed=deed.name)
    return letters.data_link(session, Addressee(person.mailbox_id, subscriber_id), fields, nth, until, now)


def look(session: Session, token: str, links: Links, now: datetime) -> Asked:
    """What the link is for; changes nothing.

    Raises LinkDamaged, LinkLapsed, or LinkUsed: used already, or its person has moved or is gone. The three are one
    answer, so that an old link tells nobody what became of her.
    """
    asked = _read(token, links, now)
    box = session.scalar(select(Subscriber.mailbox_id).where(Subscriber.id == asked.subscriber_id))
    if box != asked.mailbox_id or limits.is_done(session, ONCE, token):
        raise LinkUsed
    return asked


def use(session: Session, token: str, links: Links, now: datetime) -> Asked:
    """The same, behind her mailbox's lock, and never again: of two at once one wins, the other gets LinkUsed.

    If the transaction rolls back, the link is as good as before.
    """
    asked = _read(token, links, now)
    mailboxes.lock(session, [asked.mailbox_id])
    look(session, token, links, now)
    # Kept for longer than the link is good: a token's last minute is rounded up.
    if not limits.once(session, ONCE, token, now + 2 * GOOD_FOR):
        raise LinkUsed
    return asked


def _read(token: str, links: Links, now: datetime) -> Asked:
    ids = links.read(Purpose.DATA, token, now)
    if len(ids) != 4 or ids[2] not in set(Deed):
        raise LinkDamaged
    return Asked(ids[0], ids[1], Deed(ids[2]))
