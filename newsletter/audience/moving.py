"""A new address: asked for from the old mailbox, confirmed from the new one; consent and letters go along.

Two mailboxes are locked here, always the one with the smaller number first.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from newsletter.audience import (
    addresses,
    consent,
    datalinks,
    erased,
    letters,
    locking,
    subscriptions,
    wordings,
)
from newsletter.audience.addresses import Address, AddressRefused
from newsletter.audience.consent import Evidence
from newsletter.audience.datalinks import Asked
from newsletter.audience.letters import Addressee
from newsletter.audience.models import Subscriber
from newsletter.delivery import mailboxes, suppression
from newsletter.delivery.models import Delivery, Mailbox
from newsletter.errors import NotFound, Refused
from newsletter.links import LinkDamaged, Links, Purpose
from newsletter.vault import Vault

log = structlog.get_logger("newsletter.audience")

# What waits in the queue and follows her; the rest answers a form, or belongs to the address.
FOLLOW_HER = ("marketing", "care")

SAME = "Your letters come to this address already."
STOPPED = "You stopped these letters. To get them at this address, please sign up with it."
ELSEWHERE = "Your letters go to another address by now. Use the newest e-mail from us."
TAKEN = (
    "This address is on our list by itself, so nothing was changed. "
    "To get the letters there, sign up with it, and stop them at the old one."
)
NO_MAIL = "We may not write to this address. Please ask us to look into it."


class MoveRefused(Refused):
    """A good link to a new address that cannot be followed any more."""


@dataclass(frozen=True)
class Move:
    """What a link in a letter to a new address says."""

    subscriber_id: int
    from_id: int
    to_id: int


@dataclass(frozen=True)
class Waiting:
    """What the last page shows before the tap. `done`: she has tapped already."""

    address: str
    done: bool


def judge(session: Session, asked: Asked, text: str) -> Address:
    """The address that was typed; raises AddressRefused with a sentence for the field, also for her present one."""
    address = addresses.judge(text)
    if session.get_one(Mailbox, asked.mailbox_id).address_key == address.key:
        raise AddressRefused(SAME)
    return address


def request(
    session: Session, token: str, address: Address, links: Links, now: datetime, ip: str | None = None
) -> bool:
    """Use up the data link, and ask the new mailbox; False if the limits of that mailbox say no.

    The page says the same either way, and the same of every address. Raises what `datalinks.use` raises, and
    MoveRefused for somebody who has left.
    """
    asked = datalinks.look(session, token, links, now)
    known = mailboxes.find(session, address.key)
    mailboxes.lock(session, [asked.mailbox_id, *([known.id] if known else [])])
    datalinks.use(session, token, links, now)
    _refuse_who_left(session, asked.subscriber_id)
    mailbox = mailboxes.find_or_add(session, address.address, address.key, now)
    log.info("address.asked", subscriber=asked.subscriber_id, mailbox=mailbox.id)
    to = Addressee(mailbox.id, asked.subscriber_id, ip)
    return letters.new_address(session, to, asked.mailbox_id, links, now)


def read(token: str, links: Links, now: datetime) -> Move:
    """The link's three rows; raises LinkDamaged or LinkLapsed."""
    ids = links.read(Purpose.NEW_ADDRESS, token, now)
    if len(ids) != 3:
        raise LinkDamaged
    return Move(*ids)


def look(session: Session, move: Move) -> Waiting:
    """What the last page says; changes nothing. Raises MoveRefused as `follow` does, NotFound for who is gone."""
    person = locking.find(session, move.subscriber_id)
    address = session.get_one(Mailbox, move.to_id).address
    if person.mailbox_id == move.to_id:
        return Waiting(address, done=True)
    _refuse(session, person, move)
    return Waiting(address, done=False)


def follow(session: Session, move: Move, vault: Vault, evidence: Evidence, now: datetime) -> bool:
    """Her tap in the new mailbox: from now on everything goes there. Twice is once; False then.

    What waits in the queue is written anew for the new address, so none is lost and none comes twice; what is being
    handed over this moment still arrives at the old one. Raises MoveRefused: she left, moved elsewhere, somebody
    signed up with the new address, or it must not be mailed. Raises NotFound for a person who is gone.
    """
    mailboxes.lock(session, [move.from_id, move.to_id])
    person = locking.find(session, move.subscriber_id)
    if person.mailbox_id == move.to_id:
        return False
    erased.welcome_back(session, move.to_id, vault, now)
    _refuse(session, person, move)
    with suppress(NotFound):
        suppression.release(session, move.to_id, now, "she moved her letters here", [suppression.ASKED])
    person.mailbox_id = move.to_id
    session.flush()
    topics = [
        slug for slug, each in subscriptions.of(session, person.id).items() if each.state == "confirmed"
    ]
    consent.record(session, person.id, "confirmed", topics, evidence, now, wordings.in_use(session, "move"))
    moved = _take_along(session, person.id, move.to_id)
    log.info("address.changed", subscriber=person.id, mailbox=move.to_id, letters=moved)
    return True


def _take_along(session: Session, subscriber_id: int, mailbox_id: int) -> int:
    """A claimed letter is in somebody's hands with the old address: the gate sees that, and gives it back."""
    waiting = (
        Delivery.person_id == subscriber_id,
        Delivery.stream.in_(FOLLOW_HER),
        Delivery.state.in_(("queued", "claimed")),
    )
    moved = update(Delivery).where(*waiting).values(mailbox_id=mailbox_id)
    return len(session.execute(moved.returning(Delivery.id)).all())


def _refuse(session: Session, person: Subscriber, move: Move) -> None:
    if person.mailbox_id != move.from_id:
        raise MoveRefused(ELSEWHERE)
    _refuse_who_left(session, person.id)
    there = select(Subscriber.id).where(Subscriber.mailbox_id == move.to_id, Subscriber.signed_up)
    if person.signed_up and session.scalar(there) is not None:
        raise MoveRefused(TAKEN)
    reason = suppression.forbids(suppression.stops(session, [move.to_id]).get(move.to_id, {}), "marketing")
    if reason and reason != suppression.ASKED:
        raise MoveRefused(NO_MAIL)


def _refuse_who_left(session: Session, subscriber_id: int) -> None:
    held = subscriptions.of(session, subscriber_id)
    if subscriptions.status(each.state for each in held.values()) != "confirmed":
        raise MoveRefused(STOPPED)
