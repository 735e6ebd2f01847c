"""Somebody told the staff that she wants our letters: kept with who stated it where, and the words she was told.

What staff writes down is her consent of today. It never undoes a stop: who left, is on the do-not-mail list or was
erased comes back by her own confirmed sign-up alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience import addresses, blocking, consent, locking, subscriptions, zones
from newsletter.audience.consent import Evidence
from newsletter.audience.erased import erased
from newsletter.audience.lists import cells
from newsletter.audience.models import Subscriber
from newsletter.audience.plaintext import first_name, plain
from newsletter.audience.wordings import Words
from newsletter.delivery import mailboxes, suppression
from newsletter.errors import Refused
from newsletter.vault import Vault

log = structlog.get_logger("newsletter.audience")

HOW = "staff"
TOLD = (
    "May we send you our letters by e-mail? You can stop them at any time, with one tap. "
    "We pass your address to nobody."
)
LEFT = "she left our letters; only she can come back, by signing up herself"
ERASED = "her data was deleted; only she can come back, by signing up herself"


@dataclass(frozen=True)
class Newcomer:
    """Who is to be added, as it was typed. With `starts` the sequences for new readers take her in."""

    email: str
    topics: tuple[str, ...]
    source: str
    wording: str
    first_name: str = ""
    time_zone: str = ""
    tags: str = ""
    starts: bool = True


class AlreadyHere(Refused):
    """She is on the list: there is nothing to add, and her own page is the place to change something."""

    def __init__(self, subscriber_id: int) -> None:
        self.subscriber_id = subscriber_id
        super().__init__("she is here already")


def add(session: Session, who: Newcomer, vault: Vault, now: datetime) -> int:
    """Add a person as confirmed; returns her number.

    Raises AddressRefused, AlreadyHere, NotFound for an unknown topic, and Refused for no topic, source or wording, for
    who left, for the do-not-mail list (with its reason), and for whose data was deleted.
    """
    address = addresses.judge(who.email)
    evidence, words = check(who.topics, who.source, who.wording)
    if erased(session, vault, [address.key]):
        raise Refused(ERASED)
    wanted = subscriptions.chosen(session, who.topics)
    mailbox = mailboxes.find_or_add(session, address.address, address.key, now)
    _refuse_stopped(session, mailbox.id)
    _refuse_known(session, mailbox.id)
    person = _new(who, mailbox.id, evidence.page or "", now)
    session.add(person)
    session.flush()
    _confirm(session, person, [topic.slug for topic in wanted], evidence, words, now)
    if not who.starts:
        for held in subscriptions.of(session, person.id).values():
            held.admitted_at = now
        session.flush()
    log.info("person.added", subscriber=person.id)
    return person.id


def subscribe(
    session: Session, subscriber_id: int, slugs: Collection[str], source: str, wording: str, now: datetime
) -> list[str]:
    """Let her hear about these topics too; returns those that are new to her. Twice is once.

    Raises Refused as `add` does, NotFound for a person who is gone or a topic that is none.
    """
    evidence, words = check(slugs, source, wording)
    wanted = subscriptions.chosen(session, slugs)
    person = locking.locked(session, subscriber_id)
    _refuse_stopped(session, person.mailbox_id)
    held = subscriptions.of(session, subscriber_id)
    if held and subscriptions.status(each.state for each in held.values()) == "unsubscribed":
        raise Refused(LEFT)
    new = [each.slug for each in wanted if each.slug not in held or held[each.slug].state != "confirmed"]
    if new:
        _confirm(session, person, new, evidence, words, now)
        log.info("person.subscribed", subscriber=subscriber_id, topics=new)
    return new


def check(slugs: Collection[str], source: str, wording: str) -> tuple[Evidence, Words]:
    """Pure: her consent as it will be kept; raises Refused for no topic, source or wording."""
    if not slugs:
        raise Refused("choose at least one topic")
    stated, told = plain(source, 200), cells.wording(wording)
    if stated is None:
        raise Refused("say where she said so, in words that you could show her")
    if told is None:
        raise Refused("write what she agreed to, in the words she was told")
    return Evidence(HOW, stated), Words(HOW, told)


def _confirm(
    session: Session, person: Subscriber, slugs: list[str], evidence: Evidence, words: Words, now: datetime
) -> None:
    wanted = subscriptions.chosen(session, slugs)
    subscriptions.ask(session, person.id, wanted, _source(evidence.page or ""), now)
    subscriptions.confirm(session, person, slugs, now)
    consent.record(session, person.id, "confirmed", slugs, evidence, now, words)


def _new(who: Newcomer, mailbox_id: int, stated: str, now: datetime) -> Subscriber:
    return Subscriber(
        mailbox_id=mailbox_id,
        signed_up=True,
        first_name=first_name(who.first_name),
        time_zone=zones.known(who.time_zone),
        source=_source(stated),
        tags=cells.words(who.tags),
        fields={},
        arrivals=0,
        created_at=now,
    )


def _source(stated: str) -> str:
    return f"{HOW}:{stated}"[:80].rstrip()


def _refuse_stopped(session: Session, mailbox_id: int) -> None:
    stop = suppression.stops(session, [mailbox_id]).get(mailbox_id, {})
    if reason := suppression.forbids(stop, "marketing"):
        raise Refused(f"this address is on the do-not-mail list: {blocking.said(reason)}")


def _refuse_known(session: Session, mailbox_id: int) -> None:
    """The mailbox is locked: nobody signs up with it meanwhile."""
    signed_up = select(Subscriber.id).where(Subscriber.mailbox_id == mailbox_id, Subscriber.signed_up)
    known = session.scalar(signed_up)
    if known is None:
        return
    states = [each.state for each in subscriptions.of(session, known).values()]
    if states and subscriptions.status(states) == "unsubscribed":
        raise Refused(LEFT)
    raise AlreadyHere(known)
