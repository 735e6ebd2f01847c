"""Erase a person through every slice, so that no table and no file says anything of her.

What stays cannot be traced to her: how many e-mails went out, when, in which campaign, and to which row. Where nobody
shares her mailbox, its row becomes a tombstone with a keyed hash and a stop. Of a couple only the person goes: the
other one keeps the address.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Row, delete, or_, select, update
from sqlalchemy.orm import Session

from newsletter.audience import letters
from newsletter.audience.models import Consent, Hold, Subscriber, Subscription
from newsletter.campaigns.models import Enrollment, StepRun
from newsletter.delivery import mailboxes, queue, retention, suppression
from newsletter.delivery.models import Delivery, Mailbox, Suppression
from newsletter.delivery.suppression import ERASED
from newsletter.errors import NotFound, Refused
from newsletter.vault import Vault

log = structlog.get_logger("newsletter.privacy")


@dataclass(frozen=True)
class Erased:
    """An erasure. `shared`: somebody else has the address too, so it stays."""

    subscriber_id: int
    shared: bool


def erase(session: Session, subscriber_id: int, vault: Vault, now: datetime) -> Erased:
    """Erase this person. After it has committed, at most a letter that is being handed over this moment arrives.

    Raises NotFound for somebody who is gone already, Refused without a pepper, or where her address changed at this
    very moment.
    """
    boxes = _boxes(session, [subscriber_id])
    mailboxes.lock(session, boxes)
    if _boxes(session, [subscriber_id]) - boxes:
        raise Refused("something changed at this very moment; please try again")
    own = session.scalars(select(Subscriber.mailbox_id).where(Subscriber.id == subscriber_id)).one()
    strange = boxes - _boxes(session, [subscriber_id], only_hers=True)
    alone = take_out(session, [subscriber_id], boxes, ERASED)
    for mailbox in alone:
        if mailbox.id in strange:
            bury_unless_stopped(session, mailbox.id)
            continue
        suppression.suppress(session, mailbox.id, "all", ERASED, now)
        mailboxes.bury(session, mailbox.id, vault.fingerprint(mailbox.address_key))
        _blank_stops(session, mailbox.id)
    log.info("person.erased", subscriber=subscriber_id, mailboxes=[mailbox.id for mailbox in alone])
    return Erased(subscriber_id, shared=own not in {mailbox.id for mailbox in alone})


def take_out(
    session: Session, ids: Collection[int], boxes: Collection[int], why: str
) -> list[Row[int, str, str]]:
    """Delete these people and empty their deliveries; returns the mailboxes (id, address, key) with nobody left.

    The mailboxes are locked, so nobody hangs a new row on these people meanwhile.
    """
    known = select(Mailbox.id, Mailbox.address, Mailbox.address_key).where(Mailbox.id.in_(boxes))
    rows = session.execute(known.order_by(Mailbox.id)).all()
    _delete(session, ids)
    kept = set(session.scalars(select(Subscriber.mailbox_id).where(Subscriber.mailbox_id.in_(boxes))))
    alone = [row for row in rows if row.id not in kept and row.address]
    hers = or_(Delivery.person_id.in_(ids), Delivery.mailbox_id.in_([row.id for row in alone]))
    queue.cancel(session, hers, reason=why)
    retention.empty(session, hers, nobody=True)
    for row in rows:  # of a shared mailbox too: a letter says whom it greets
        retention.forget_practice_of(session, row.address)
    return alone


def bury_unless_stopped(session: Session, mailbox_id: int) -> None:
    """An address on the do-not-mail list stays there: nobody who may lift that has asked."""
    stops = select(Suppression.id).where(Suppression.mailbox_id == mailbox_id)
    if session.scalar(stops.limit(1)) is None:
        mailboxes.bury(session, mailbox_id, None)


def _boxes(session: Session, ids: Collection[int], *, only_hers: bool = False) -> set[int]:
    """Her mailbox, and those that she had before; raises NotFound where a person is gone.

    Unless `only_hers`, also those that she wanted to move to and never confirmed from: perhaps a slip, and somebody
    else's.
    """
    own = session.scalars(select(Subscriber.mailbox_id).where(Subscriber.id.in_(ids))).all()
    if len(own) < len(ids):
        raise NotFound("Nobody with this link is on our list any more.")
    others = select(Delivery.mailbox_id).where(Delivery.person_id.in_(ids)).distinct()
    if only_hers:
        others = others.where(Delivery.letter != letters.NEW_ADDRESS)
    return {*own, *session.scalars(others)}


def _delete(session: Session, ids: Collection[int]) -> None:
    ways = session.scalars(select(Enrollment.id).where(Enrollment.subscriber_id.in_(ids))).all()
    session.execute(delete(StepRun).where(StepRun.enrollment_id.in_(ways)))
    session.execute(delete(Enrollment).where(Enrollment.id.in_(ways)))
    session.execute(delete(Hold).where(Hold.subscriber_id.in_(ids)))
    session.execute(delete(Consent).where(Consent.subscriber_id.in_(ids)))
    session.execute(delete(Subscription).where(Subscription.subscriber_id.in_(ids)))
    session.execute(delete(Subscriber).where(Subscriber.id.in_(ids)))


def _blank_stops(session: Session, mailbox_id: int) -> None:
    """Stops stay with the row; what was said with them may name her."""
    said = update(Suppression).where(Suppression.mailbox_id == mailbox_id)
    session.execute(said.values(evidence="", note=None))
