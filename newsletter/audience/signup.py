"""A visitor asks, and from her own mailbox she confirms (double opt-in).

Every address gets the same answer and, within reason, the same statements: new, pending, confirmed or on the
do-not-mail list. What differs is the letter, and only the mailbox's owner reads that.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from newsletter.audience import addresses, consent, letters, plaintext, subscriptions, wordings, zones
from newsletter.audience.consent import Evidence
from newsletter.audience.letters import Addressee
from newsletter.audience.lists.entry import LEFT_ELSEWHERE
from newsletter.audience.models import Subscriber, Subscription
from newsletter.audience.wordings import Words
from newsletter.db import insert_new
from newsletter.delivery import mailboxes, suppression
from newsletter.delivery.models import Mailbox
from newsletter.errors import NotFound, Refused
from newsletter.links import Links

log = structlog.get_logger("newsletter.audience")


@dataclass(frozen=True)
class SignUp:
    """What came with a form. No topics: all of them. `words` are those the form showed."""

    email: str
    first_name: str = ""
    topics: tuple[str, ...] = ()
    time_zone: str = ""
    form: str = "site"
    page: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    words: Words = wordings.SIGN_UP

    @property
    def evidence(self) -> Evidence:
        """How this act reached us."""
        return Evidence("form", self.page, self.ip, self.user_agent)


@dataclass(frozen=True)
class Asked:
    """A request that was kept; says nothing of who was known before."""

    mailbox_id: int
    address: str


@dataclass(frozen=True)
class Waiting:
    """What the confirm page shows before the tap. `done`: she has tapped already."""

    address: str
    topics: tuple[str, ...]
    done: bool


@dataclass(frozen=True)
class Confirmed:
    """A confirmation. `first_time`: this tap brought her in, or back; False for one more topic or one more tap."""

    subscriber_id: int
    mailbox_id: int
    first_time: bool


class ConfirmRefused(Refused):
    """A good link that leads to nobody, or to somebody who said stop since."""


def request(session: Session, ask: SignUp, links: Links, now: datetime) -> Asked:
    """Keep a sign-up as pending, with the words shown, and queue the letter that its state and the limits call for.

    While pending, topics add up; what is confirmed stays so; after leaving she is pending again. `now` is the story's
    time. Raises AddressRefused, or NotFound for an unknown topic; then nothing is kept.
    """
    address = addresses.judge(ask.email)
    wanted = subscriptions.chosen(session, ask.topics)
    mailbox = mailboxes.find_or_add(session, address.address, address.key, now)
    mailboxes.lock(session, [mailbox.id])
    source = plaintext.plain(f"form:{ask.form}", 80) or "form"
    person = _find_or_add(session, mailbox.id, source, now)
    subscriptions.ask(session, person.id, wanted, source, now)
    held = subscriptions.of(session, person.id)
    _learn(session, person, ask, held)
    slugs = [topic.slug for topic in wanted]
    consent.record(session, person.id, "requested", slugs, ask.evidence, now, ask.words)
    written = _write(session, Addressee(mailbox.id, person.id, ask.ip), held, links, now)
    log.info("sign_up.requested", subscriber=person.id, letter=written)
    return Asked(mailbox.id, address.address)


def again(session: Session, mailbox_id: int, links: Links, now: datetime, ip: str | None = None) -> bool:
    """Send the letter again, under the same limits; False if none was queued. The page says the same either way."""
    mailboxes.lock(session, [mailbox_id])
    person = session.scalar(_signed_up(mailbox_id))
    if person is None:
        return False
    held = subscriptions.of(session, person.id)
    return _write(session, Addressee(mailbox_id, person.id, ip), held, links, now)


def look(session: Session, ids: tuple[int, ...]) -> Waiting:
    """What a confirm link is about; changes nothing. Raises ConfirmRefused like `confirm`."""
    mailbox_id, _ = ids
    person = _person(session, ids)
    waiting = _waiting(session, person)
    address = session.get_one(Mailbox, mailbox_id).address
    return Waiting(address, tuple(waiting), done=not waiting)


def confirm(session: Session, ids: tuple[int, ...], evidence: Evidence, now: datetime) -> Confirmed:
    """Her tap: what is pending becomes confirmed, and a stop that she set herself ends. Twice is once.

    `ids` come from a CONFIRM link: (mailbox, person). Nothing else is lifted: a bounce, a complaint and an erasure
    are not hers to take back from a page. Raises ConfirmRefused for a person who is gone, has another address, or
    has left since.
    """
    mailbox_id, subscriber_id = ids
    mailboxes.lock(session, [mailbox_id])
    person = _person(session, ids)
    waiting = _waiting(session, person)
    if not waiting:
        return Confirmed(subscriber_id, mailbox_id, first_time=False)
    arrives = subscriptions.confirm(session, person, waiting, now)
    consent.record(
        session, subscriber_id, "confirmed", waiting, evidence, now, wordings.in_use(session, "confirm")
    )
    with suppress(NotFound):
        hers = [suppression.ASKED, LEFT_ELSEWHERE]
        suppression.release(session, mailbox_id, now, "she confirmed a new sign-up", hers)
    log.info("sign_up.confirmed", subscriber=subscriber_id, arrival=person.arrivals)
    return Confirmed(subscriber_id, mailbox_id, first_time=arrives)


def _signed_up(mailbox_id: int) -> Select[Subscriber]:
    return select(Subscriber).where(Subscriber.mailbox_id == mailbox_id, Subscriber.signed_up)


def _find_or_add(session: Session, mailbox_id: int, source: str, now: datetime) -> Subscriber:
    row = {"mailbox_id": mailbox_id, "signed_up": True, "source": source, "arrivals": 0, "created_at": now}
    insert_new(session, Subscriber, [row])
    return session.scalars(_signed_up(mailbox_id)).one()


def _learn(session: Session, person: Subscriber, ask: SignUp, held: dict[str, Subscription]) -> None:
    """Keep her name and zone, the newest; but of someone who hears from us already a form changes nothing.

    Anybody can type her address. One statement, whether it changes something or not.
    """
    hears = subscriptions.status(each.state for each in held.values()) == "confirmed"
    name = None if hears else plaintext.first_name(ask.first_name)
    zone = None if hears else zones.known(ask.time_zone)
    newest = {"first_name": name or person.first_name, "time_zone": zone or person.time_zone}
    session.execute(update(Subscriber).where(Subscriber.id == person.id).values(newest))


def _write(
    session: Session, to: Addressee, held: dict[str, Subscription], links: Links, now: datetime
) -> bool:
    state = {each.state for each in held.values()}
    if "pending" in state:
        return letters.confirm(session, to, links, now)
    return "confirmed" in state and letters.already_subscribed(session, to, now)


def _person(session: Session, ids: tuple[int, ...]) -> Subscriber:
    mailbox_id, subscriber_id = ids
    person = session.get(Subscriber, subscriber_id)
    if person is None or person.mailbox_id != mailbox_id:
        raise ConfirmRefused("This sign-up is no longer here. To get our letters, please sign up once more.")
    return person


def _waiting(session: Session, person: Subscriber) -> list[str]:
    """The slugs that wait for her tap; none if she has tapped already; raises ConfirmRefused if she left."""
    held = subscriptions.of(session, person.id)
    if subscriptions.status(each.state for each in held.values()) == "unsubscribed":
        raise ConfirmRefused("You stopped these letters. To get them again, please sign up once more.")
    return [slug for slug, each in held.items() if each.state == "pending"]
