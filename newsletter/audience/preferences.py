"""What a reader may change from a link in any letter: topics, first name, time zone.

Whoever holds the link got a letter, or was forwarded one. So the page shows the address masked, and a "no e-mails at
all" can only be taken back by a new sign-up, confirmed from the mailbox itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from newsletter.audience import addresses, consent, locking, plaintext, subscriptions, wordings, zones
from newsletter.audience.consent import Evidence
from newsletter.audience.models import Subscription
from newsletter.delivery import suppression
from newsletter.delivery.models import Mailbox
from newsletter.errors import Refused

log = structlog.get_logger("newsletter.audience")


@dataclass(frozen=True)
class Switch:
    """One topic as the page shows it; `state` is confirmed, pending, unsubscribed or none."""

    slug: str
    name: str
    hint: str
    state: str

    @property
    def on(self) -> bool:
        """Whether she hears about it."""
        return self.state == "confirmed"


@dataclass(frozen=True)
class Preferences:
    """What the page shows. `time_zone` is hers, None where the clinic's counts; `status` as in the contract.

    `counted`: she agreed that her opens and clicks are counted (audience/counting).
    """

    subscriber_id: int
    mailbox_id: int
    masked: str
    first_name: str | None
    time_zone: str | None
    status: str
    topics: tuple[Switch, ...]
    counted: bool = False


@dataclass(frozen=True)
class Chosen:
    """What a choice changed: slugs now heard of and no longer heard of. `arrived`: she heard nothing before."""

    added: tuple[str, ...]
    ended: tuple[str, ...]
    arrived: bool


def read(session: Session, subscriber_id: int) -> Preferences:
    """The page's facts; raises NotFound for a person who is gone."""
    person = locking.find(session, subscriber_id)
    held = subscriptions.of(session, subscriber_id)
    switches = tuple(
        Switch(topic.slug, topic.name, topic.hint, held[topic.slug].state if topic.slug in held else "none")
        for topic in subscriptions.offered(session, _kept(held))
    )
    return Preferences(
        subscriber_id,
        person.mailbox_id,
        addresses.masked(session.get_one(Mailbox, person.mailbox_id).address),
        person.first_name,
        person.time_zone,
        subscriptions.status(each.state for each in held.values()),
        switches,
        person.counted,
    )


def choose_topics(
    session: Session, subscriber_id: int, slugs: Collection[str], evidence: Evidence, now: datetime
) -> Chosen:
    """Hear about exactly `slugs` from now on; every change is an act of consent.

    Leaving the last topic is leaving: `campaigns.leaving.leave`, not this. Raises Refused for no topic and for
    a mailbox on the do-not-mail list, NotFound for a person who is gone or a slug that is no topic.
    """
    if not slugs:
        raise Refused("choose at least one topic, or stop all letters")
    person = locking.locked(session, subscriber_id)
    _refuse_stopped(session, person.mailbox_id)
    hers = _kept(subscriptions.of(session, subscriber_id))
    wanted = subscriptions.chosen(session, slugs, hers)
    subscriptions.ask(session, subscriber_id, wanted, person.source, now)
    held = subscriptions.of(session, subscriber_id)
    added = [topic.slug for topic in wanted if held[topic.slug].state != "confirmed"]
    ended = [slug for slug, each in held.items() if slug not in slugs and each.state != "unsubscribed"]
    arrived = bool(added) and subscriptions.confirm(session, person, added, now)
    subscriptions.end(session, {slug: held[slug] for slug in ended}, now)
    if added:
        words = wordings.in_use(session, "preferences")
        consent.record(session, subscriber_id, "confirmed", added, evidence, now, words)
    if ended:
        consent.record(session, subscriber_id, "withdrawn", ended, evidence, now)
    log.info("preferences.topics", subscriber=subscriber_id, added=added, ended=ended)
    return Chosen(tuple(added), tuple(ended), arrived)


def set_first_name(session: Session, subscriber_id: int, text: str) -> str | None:
    """Keep the name as data, cleaned; an empty one is forgotten. Returns what was kept."""
    person = locking.find(session, subscriber_id)
    person.first_name = plaintext.first_name(text)
    session.flush()
    return person.first_name


def set_time_zone(session: Session, subscriber_id: int, name: str) -> str:
    """Follow this IANA zone; raises Refused for a zone that is none, NotFound for a person who is gone.

    The mailbox is locked from here on: sequences under way are moved next (`campaigns.moving.follow_zone`).
    """
    zone = zones.known(name)
    if zone is None:
        raise Refused(f"“{name[:40]}” is not a time zone; right would be Europe/London")
    locking.locked(session, subscriber_id).time_zone = zone
    session.flush()
    return zone


def _kept(held: Mapping[str, Subscription]) -> set[str]:
    """What she has not left: of a retired topic she keeps that."""
    return {slug for slug, each in held.items() if each.state != "unsubscribed"}


def _refuse_stopped(session: Session, mailbox_id: int) -> None:
    reason = suppression.forbids(suppression.stops(session, [mailbox_id]).get(mailbox_id, {}), "marketing")
    if reason == suppression.ASKED:
        raise Refused("You asked for no e-mails at all. To hear from us again, please sign up once more.")
    if reason:
        raise Refused("Our e-mails to this address are stopped. Please ask us to look into it.")
