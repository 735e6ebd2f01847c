"""The reports: a newsletter beside the five before it, a sequence letter by letter, the list of all; reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from newsletter.audience.models import Subscriber
from newsletter.campaigns import listing
from newsletter.campaigns.localtime import at_local
from newsletter.campaigns.models import Broadcast, Sequence
from newsletter.content.models import Version
from newsletter.delivery.models import Mailbox
from newsletter.errors import NotFound
from newsletter.insights import leavers as leaving
from newsletter.insights import readings
from newsletter.insights.leavers import Key, Left
from newsletter.insights.readings import Reading

EARLIER = 5
PER_PAGE = 20
MOST_LEAVERS = 100
ADDED = "sent waiting gone maybe not_sent left agreed opened clicked".split()


@dataclass(frozen=True)
class Issue:
    """A newsletter that has begun, and its figures. With a `local_hour` each reader got it then, on the `local_day`."""

    slug: str
    name: str
    subject: str
    state: str
    started_at: datetime
    reading: Reading
    local_day: date | None = None
    local_hour: int | None = None

    def moment(self, zone: ZoneInfo) -> datetime:
        """When it was for readers in `zone`: with an hour of their own, that; else when it began."""
        if self.local_day is None or self.local_hour is None:
            return self.started_at
        return at_local(self.local_day, time(self.local_hour), zone)


@dataclass(frozen=True)
class IssueReport:
    """One newsletter; `earlier` are those before it, newest first; `left`: who left at it, the last one last."""

    issue: Issue
    earlier: tuple[Issue, ...]
    left: tuple[Left, ...] = ()


@dataclass(frozen=True)
class Letter:
    """One letter of a sequence in its order; `live` is False for one that people got and nobody gets any more."""

    key: str
    subject: str
    live: bool
    reading: Reading


@dataclass(frozen=True)
class SequenceReport:
    """One sequence. `people` counts who is or was in it, by state; `left`: who left at one of its letters."""

    slug: str
    name: str
    people: dict[str, int]
    letters: tuple[Letter, ...]
    left: tuple[Left, ...] = ()


@dataclass(frozen=True)
class Leaver:
    """Somebody who ended all letters soon after one: who, when, and by which way."""

    subscriber_id: int
    address: str
    step: str | None
    at: datetime
    how: str


@dataclass(frozen=True)
class Shelf:
    """The list: a page of newsletters, newest first, and every marketing sequence with the sum of its letters."""

    issues: tuple[Issue, ...]
    more: bool
    sequences: tuple[tuple[str, str, Reading], ...]


def shelf(session: Session, now: datetime, number: int = 1) -> Shelf:
    """The `number`-th page (from 1) of newsletters; a constant number of statements."""
    rows = _begun().offset((number - 1) * PER_PAGE).limit(PER_PAGE + 1)
    found = session.execute(rows).all()
    sequences = session.execute(
        select(Sequence.slug, Sequence.name).where(Sequence.kind == "marketing").order_by(Sequence.name)
    ).all()
    shown = found[:PER_PAGE]
    slugs = {row.slug for row in (*shown, *sequences)}
    every = readings.in_short(session, slugs, leaving.leavers(session, slugs, now))
    return Shelf(
        tuple(_issue(row, every) for row in shown),
        len(found) > PER_PAGE,
        tuple(
            (row.slug, row.name, _sum(each for key, each in every.items() if key[0] == row.slug))
            for row in sequences
        ),
    )


def issue(session: Session, slug: str, now: datetime) -> IssueReport:
    """One newsletter, and the EARLIER before it. Raises NotFound where none of that name has begun."""
    this = session.execute(_begun().where(Broadcast.slug == slug)).one_or_none()
    if this is None:
        raise NotFound(f"no newsletter “{slug:.80}” has gone out")
    before = session.execute(_begun().where(Broadcast.started_at < this.started_at).limit(EARLIER)).all()
    slugs = [row.slug for row in (this, *before)]
    left = leaving.leavers(session, slugs, now)
    every = readings.read(session, slugs, left)
    first, *others = (_issue(row, every) for row in (this, *before))
    return IssueReport(first, tuple(others), tuple(each for each in left if each.key[0] == slug))


def sequence(session: Session, slug: str, now: datetime) -> SequenceReport:
    """One sequence, letter by letter. Raises NotFound where none of that name was ever on, or it is care's."""
    found = session.scalars(select(Sequence).where(Sequence.slug == slug)).one_or_none()
    if found is None or found.kind != "marketing":
        raise NotFound(f"no sequence “{slug:.80}” of letters has been on")
    left = leaving.leavers(session, [slug], now)
    every = {step: each for (_, step), each in readings.read(session, [slug], left).items() if step}
    summary = listing.summary(session, slug)
    live = [
        Letter(each.key, each.subject, live=True, reading=every.pop(each.key, Reading()))
        for each in listing.planned(session, slug)
    ]
    gone = [
        Letter(key, key.replace("-", " "), live=False, reading=each) for key, each in sorted(every.items())
    ]
    return SequenceReport(slug, found.name, summary.people, (*live, *gone), tuple(left))


def leavers(session: Session, report: IssueReport | SequenceReport) -> list[Leaver]:
    """Who left, newest first, MOST_LEAVERS at most, with their addresses: for who sees people."""
    left = report.left[-MOST_LEAVERS:]
    rows = select(Subscriber.id, Mailbox.address).join(Mailbox, Mailbox.id == Subscriber.mailbox_id)
    hers = rows.where(Subscriber.id.in_([each.person_id for each in left]))
    addresses = dict(session.execute(hers).all())
    return [
        Leaver(each.person_id, addresses[each.person_id], each.key[1], each.at, each.how)
        for each in reversed(left)
    ]


def _issue(row: Any, every: Mapping[Key, Reading]) -> Issue:
    reading = every.get((row.slug, None), Reading())
    return Issue(
        row.slug, row.name, row.subject, row.state, row.started_at, reading, row.local_day, row.local_hour
    )


def _begun() -> Select[Any]:
    columns: tuple[Any, ...] = (
        Broadcast.slug,
        Broadcast.name,
        Version.subject,
        Broadcast.state,
        Broadcast.started_at,
        Broadcast.local_day,
        Broadcast.local_hour,
    )
    begun = select(*columns).join(Broadcast.version).where(Broadcast.started_at.is_not(None))
    return begun.order_by(Broadcast.started_at.desc(), Broadcast.id.desc())


def _sum(several: Iterable[Reading]) -> Reading:
    """Several letters as one; a person counts once for each of them."""
    every = list(several)
    added = {name: sum(getattr(each, name) for each in every) for name in ADDED}
    return Reading(**added, links=tuple(link for each in every for link in each.links))
