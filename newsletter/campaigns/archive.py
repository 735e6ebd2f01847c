"""Past issues as anybody may read them. Reads only.

An issue stands here from its first minute, or from its hour on the clinic's own clock where each reader gets it at
that hour of her own; unless its file says `archive = false`, or it was canceled. One that cannot be read without a
reader (it prints her name, say) is left out, with a line in the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, contains_eager, load_only

from newsletter.audience.models import Topic
from newsletter.campaigns.filing.folders import SLUG
from newsletter.campaigns.localtime import at_local
from newsletter.campaigns.models import Broadcast
from newsletter.clinic import Clinic
from newsletter.content.anonymous import Reading, for_anybody
from newsletter.content.compiling import Source
from newsletter.content.models import Version
from newsletter.content.refusals import ContentRefused
from newsletter.errors import NotFound

PER_PAGE = 50
BEGUN = ("sending", "paused", "sent")
KEPT = 128

log = structlog.get_logger("newsletter.campaigns")


@dataclass(frozen=True)
class Place:
    """Where the archive is read: the clinic, and `home`, the address our pages begin with (no slash at its end)."""

    clinic: Clinic
    home: str

    @property
    def facts(self) -> dict[str, str]:
        """What every reader has. Nobody has links of her own here: those for leaving and choosing lead to the form."""
        front = f"{self.home}/"
        return {**self.clinic.fields(), "preferences_url": front, "unsubscribe_url": front}


@dataclass(frozen=True)
class Issue:
    """One past issue; it stands here since `at`, in the clinic's zone. `topic` is empty where it is gone."""

    slug: str
    topic: str
    at: datetime
    reading: Reading

    @property
    def dated(self) -> str:
        """Its day as people write it: "3 March 2026"."""
        return f"{self.at.day} {self.at:%B} {self.at.year}"


@dataclass(frozen=True)
class Page:
    """Some issues, newest first, and whether older ones follow."""

    issues: tuple[Issue, ...]
    more: bool


def has_issues(session: Session, clinic_zone: ZoneInfo, now: datetime) -> bool:
    """Whether anything has gone out that stands in the archive."""
    standing = _standing(clinic_zone, now).with_only_columns(Broadcast.id)
    return session.scalar(standing.limit(1)) is not None


def issues(session: Session, place: Place, now: datetime, *, page: int = 1, most: int = PER_PAGE) -> Page:
    """The `page`-th page (from 1) of `most` issues, newest first; an empty one past the end."""
    rows = (
        _standing(place.clinic.zone, now)
        .join(Broadcast.version)
        .options(contains_eager(Broadcast.version).options(load_only(Version.source)))
        .order_by(Broadcast.started_at.desc(), Broadcast.id.desc())
        .offset((page - 1) * most)
        .limit(most + 1)
    )
    found = session.scalars(rows).all()
    return Page(tuple(_readable(session, place, found[:most])), more=len(found) > most)


def issue(session: Session, place: Place, slug: str, now: datetime) -> Issue:
    """The issue named `slug`; raises NotFound for one that does not stand in the archive."""
    if SLUG.fullmatch(slug):  # else PostgreSQL may be asked for a NUL, which it refuses
        rows = _standing(place.clinic.zone, now).where(Broadcast.slug == slug).join(Broadcast.version)
        found = session.scalars(rows.options(contains_eager(Broadcast.version))).all()
        for each in _readable(session, place, found):
            return each
    raise NotFound("there is no past issue at this address")


def _standing(clinic_zone: ZoneInfo, now: datetime) -> Select[Broadcast]:
    here = now.astimezone(clinic_zone)
    return select(Broadcast).where(
        Broadcast.started_at.is_not(None),
        Broadcast.archived,
        Broadcast.state.in_(BEGUN),
        or_(
            Broadcast.local_day.is_(None),
            Broadcast.local_day < here.date(),
            and_(Broadcast.local_day == here.date(), Broadcast.local_hour <= here.hour),
        ),
    )


def _readable(session: Session, place: Place, found: Iterable[Broadcast]) -> list[Issue]:
    topics = {row.slug: row.name for row in session.execute(select(Topic.slug, Topic.name))}
    facts = tuple(place.facts.items())
    read = [
        (each, _read(each.version_id, Source(**each.version.source), facts, place.home)) for each in found
    ]
    return [
        Issue(each.slug, topics.get(each.topic, ""), _since(each, place.clinic.zone), reading)
        for each, reading in read
        if reading is not None
    ]


def _since(broadcast: Broadcast, clinic_zone: ZoneInfo) -> datetime:
    started = (broadcast.started_at or broadcast.created_at).astimezone(clinic_zone)
    if broadcast.local_day is None or broadcast.local_hour is None:
        return started
    return max(started, at_local(broadcast.local_day, time(broadcast.local_hour), clinic_zone))


@lru_cache(maxsize=KEPT)
def _read(version_id: int, source: Source, facts: tuple[tuple[str, str], ...], home: str) -> Reading | None:
    """A version never changes, so it is read once for a process, and complained about once."""
    try:
        return for_anybody(source, dict(facts), home)
    except ContentRefused as problem:
        log.warning("archive.left_out", version=version_id, reason=problem.line)
        return None
