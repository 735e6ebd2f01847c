"""Forget who was asked and never answered: people who did not confirm, and addresses that somebody meant to move to.

They agreed to nothing and ended nothing, so neither a stop nor a hash is kept.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import takewhile

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import bookmarks
from newsletter.audience import letters, retention
from newsletter.audience.models import Subscriber
from newsletter.delivery import mailboxes
from newsletter.delivery.models import Delivery, Mailbox
from newsletter.privacy import erasing, spans

NEVER_CONFIRMED = "never confirmed"
ORPHANS = "orphans"

log = structlog.get_logger("newsletter.privacy")


def any_person(session: Session, now: datetime) -> bool:
    """Whether `forget_people` has something to do."""
    return bool(retention.never_confirmed(session, now - spans.UNCONFIRMED, 1))


def forget_people(session: Session, now: datetime, limit: int) -> int:
    """Erase up to `limit` people who asked long ago and never confirmed; returns how many."""
    before = now - spans.UNCONFIRMED
    waiting = retention.never_confirmed(session, before, limit)
    mailboxes.lock(session, waiting.values())
    still = retention.never_confirmed(session, before, limit, waiting)
    for mailbox in erasing.take_out(session, still, set(still.values()), NEVER_CONFIRMED):
        erasing.bury_unless_stopped(session, mailbox.id)
    log.info("retention.never_confirmed", erased=len(still))
    return len(still)


def any_address(session: Session, now: datetime) -> bool:
    """Whether `forget_addresses` has something to look at."""
    return bool(_unseen(session, now, 1))


def forget_addresses(session: Session, now: datetime, limit: int) -> int:
    """Forget addresses that somebody wanted to move to and never confirmed; returns how many rows were looked at.

    Each mailbox is looked at once, when the time of an unconfirmed sign-up is over for it.
    """
    seen = _unseen(session, now, limit)
    mailboxes.lock(session, _orphans(session, seen))
    for mailbox_id in _orphans(session, seen):
        erasing.bury_unless_stopped(session, mailbox_id)
    if seen:
        bookmarks.move(session, ORPHANS, seen[-1])
    return len(seen)


def _unseen(session: Session, now: datetime, limit: int) -> list[int]:
    rows = select(Mailbox.id, Mailbox.created_at).where(Mailbox.id > bookmarks.read(session, ORPHANS))
    found = session.execute(rows.order_by(Mailbox.id).limit(limit))
    return [row.id for row in takewhile(lambda row: row.created_at < now - spans.UNCONFIRMED, found)]


def _orphans(session: Session, among: Collection[int]) -> list[int]:
    """Mailboxes that nobody has, and that got nothing but the question whether somebody's letters may come here."""
    here = Delivery.mailbox_id == Mailbox.id
    rows = select(Mailbox.id).where(
        Mailbox.id.in_(among),
        Mailbox.address != "",
        ~select(Subscriber.id).where(Subscriber.mailbox_id == Mailbox.id).exists(),
        select(Delivery.id).where(here).exists(),
        ~select(Delivery.id).where(here, Delivery.letter != letters.NEW_ADDRESS).exists(),
    )
    return list(session.scalars(rows.order_by(Mailbox.id)))
