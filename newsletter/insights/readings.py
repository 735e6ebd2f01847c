"""What became of letters, in figures: handed over, gone, left, clicks, opens. One set of queries for several campaigns.

A newsletter's letter has no step; a sequence has one reading for each. The number of statements is the same for one
campaign as for fifty. Numbers only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.audience.models import Subscriber
from newsletter.content.counted import BOOKING
from newsletter.content.models import Email, Version
from newsletter.delivery.models import OPEN, Attempt, Delivery, Event, LinkClicks
from newsletter.insights.leavers import Key, Left


@dataclass(frozen=True)
class Link:
    """Where it leads, and how often people and machines followed it. The booking page is `{{ booking_url }}`."""

    leads: str
    clicks: int
    by_machine: int

    @property
    def is_booking(self) -> bool:
        """Whether it is the clinic's booking page, whatever its address is now."""
        return BOOKING in self.leads


@dataclass(frozen=True)
class Reading:
    """One letter in figures. `sent`: the mail server took it; `gone`: nobody has that address.

    `maybe`: the server never answered. `left`: ended all letters soon after this one, her last. `agreed`: who
    lets us count, of those it was sent to; `opened` and `clicked` are people among them.
    """

    sent: int = 0
    waiting: int = 0
    gone: int = 0
    maybe: int = 0
    not_sent: int = 0
    left: int = 0
    agreed: int = 0
    opened: int = 0
    clicked: int = 0
    links: tuple[Link, ...] = ()
    states: dict[str, int] = field(default_factory=dict)

    @property
    def clicks(self) -> int:
        """By people, on all links."""
        return sum(link.clicks for link in self.links)

    @property
    def by_machine(self) -> int:
        """Clicks that nobody made."""
        return sum(link.by_machine for link in self.links)


def read(session: Session, campaigns: Collection[str], left: Iterable[Left]) -> dict[Key, Reading]:
    """The reading of every letter of `campaigns` that has e-mails; `left` are those who left at one of them."""
    agreed, gone, seen = _agreed(session, campaigns), _gone(session, campaigns), _seen(session, campaigns)
    return {
        key: replace(
            each,
            agreed=agreed[key],
            gone=gone[key],
            opened=seen["opened"][key],
            clicked=seen["clicked"][key],
        )
        for key, each in in_short(session, campaigns, left).items()
    }


def in_short(session: Session, campaigns: Collection[str], left: Iterable[Left]) -> dict[Key, Reading]:
    """The same for a long list: without who agreed, opened and clicked, and without whose address is gone."""
    links, gone_away = _links(session, campaigns), Counter(each.key for each in left)
    return {
        key: Reading(
            sent=found["sent"],
            waiting=sum(found[state] for state in OPEN),
            maybe=found["unknown"],
            not_sent=found.total() - found["sent"] - found["unknown"] - sum(found[state] for state in OPEN),
            left=gone_away[key],
            links=links.get(key, ()),
            states=dict(found),
        )
        for key, found in _states(session, campaigns).items()
    }


def _states(session: Session, campaigns: Collection[str]) -> dict[Key, Counter[str]]:
    """How many e-mails are in which state: read from the index alone, so no other column may be asked for."""
    states: dict[Key, Counter[str]] = defaultdict(Counter)
    columns = (Delivery.campaign, Delivery.state, Delivery.step)
    rows = select(*columns, func.count()).where(Delivery.campaign.in_(campaigns)).group_by(*columns)
    for campaign, state, step, number in session.execute(rows):
        states[campaign or "", step][state] = number
    return states


def _agreed(session: Session, campaigns: Collection[str]) -> Counter[Key]:
    rows = (
        select(Delivery.campaign, Delivery.step, func.count())
        .join(Subscriber, Subscriber.id == Delivery.person_id)
        .where(Delivery.campaign.in_(campaigns), Delivery.state == "sent", Subscriber.counted)
    )
    return _counter(session.execute(rows.group_by(Delivery.campaign, Delivery.step)))


def _gone(session: Session, campaigns: Collection[str]) -> Counter[Key]:
    rows = (
        select(Delivery.campaign, Delivery.step, func.count(Delivery.id.distinct()))
        .join(Attempt, Attempt.delivery_id == Delivery.id)
        .where(Delivery.campaign.in_(campaigns), Delivery.state == "failed", Attempt.verdict == "hard")
    )
    return _counter(session.execute(rows.group_by(Delivery.campaign, Delivery.step)))


def _seen(session: Session, campaigns: Collection[str]) -> dict[str, Counter[Key]]:
    """How many who agreed opened, and clicked: people, without what machines did."""
    rows = (
        select(Event.kind, Delivery.campaign, Delivery.step, func.count(Event.delivery_id.distinct()))
        .join(Delivery, Delivery.id == Event.delivery_id)
        .where(Delivery.campaign.in_(campaigns), ~Event.by_machine)
        .group_by(Event.kind, Delivery.campaign, Delivery.step)
    )
    seen: dict[str, Counter[Key]] = {"opened": Counter(), "clicked": Counter()}
    for kind, campaign, step, number in session.execute(rows):
        seen[kind][campaign or "", step] = number
    return seen


def _counter(rows: Iterable[tuple[str | None, str | None, int]]) -> Counter[Key]:
    return Counter({(campaign or "", step): number for campaign, step, number in rows})


def _links(session: Session, campaigns: Collection[str]) -> dict[Key, tuple[Link, ...]]:
    """The links that were followed, over all wordings of a letter: the booking page first, then the most followed.

    A number that names no link of its version is left out: nobody could say where it led.
    """
    columns = (LinkClicks.campaign, LinkClicks.letter, LinkClicks.link)
    rows = select(*columns, func.sum(LinkClicks.times), func.sum(LinkClicks.by_machine))
    clicks = session.execute(rows.where(LinkClicks.campaign.in_(campaigns)).group_by(*columns)).all()
    numbers = {int(row.letter.removeprefix("version:")) for row in clicks}
    named = select(Version.id, Version.links, Email.slug).join(Email, Email.id == Version.email_id)
    letters = {row.id: row for row in session.execute(named.where(Version.id.in_(numbers)))}
    people: dict[Key, Counter[str]] = defaultdict(Counter)
    machines: dict[Key, Counter[str]] = defaultdict(Counter)
    for campaign, letter, number, times, by_machine in clicks:
        version = letters.get(int(letter.removeprefix("version:")))
        if version is None or not 1 <= number <= len(version.links):
            continue
        key, leads = (campaign, version.slug.partition("/")[2] or None), version.links[number - 1]
        people[key][leads] += int(times)
        machines[key][leads] += int(by_machine)
    return {
        key: tuple(
            sorted((Link(leads, number, machines[key][leads]) for leads, number in found.items()), key=_order)
        )
        for key, found in people.items()
    }


def _order(link: Link) -> tuple[bool, int, str]:
    return not link.is_booking, -link.clicks, link.leads
