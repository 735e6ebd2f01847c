"""Everything that happened between one person and us, newest first, a page at a time. Reads only.

A page costs the same number of statements however long the story is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience.models import Subscriber, Topic
from newsletter.campaigns.models import Broadcast, Sequence
from newsletter.insights.happenings import MOST, SOURCES, Asked, Happening, Place
from newsletter.privacy import exporting, subjects

PER_PAGE = MOST - 1
MOST_ISSUES = 100


@dataclass(frozen=True)
class Page:
    """`older` is where the next page begins, None at the beginning of the story.

    `topics` and `campaigns` are names by slug, for what the rows call by their slugs.
    """

    happenings: tuple[Happening, ...]
    older: Place | None
    topics: dict[str, str]
    campaigns: dict[str, str]


def page(session: Session, person: Subscriber, before: Place | None = None) -> Page:
    """At most PER_PAGE things that happened to `person`, what lies at `before` and after it left out."""
    asked = Asked(person, exporting.others(session, person) > 0, before)
    found: list[Happening] = []
    for source in SOURCES:
        found += source(session, asked)
    found.sort(key=lambda each: each.place, reverse=True)
    shown = found[:PER_PAGE]
    return Page(
        tuple(_with_subjects(session, shown)),
        shown[-1].place if len(found) > PER_PAGE else None,
        dict(session.execute(select(Topic.slug, Topic.name)).all()),
        _names(session, shown),
    )


def campaigns(session: Session) -> dict[str, dict[str, str]]:
    """What one may ask about, by kind: slug -> name; the newest newsletters, and every sequence. Two statements."""
    issues = select(Broadcast.slug, Broadcast.name).order_by(Broadcast.id.desc()).limit(MOST_ISSUES)
    news = select(Sequence.slug, Sequence.name).where(Sequence.kind == "marketing").order_by(Sequence.name)
    return {
        "Sequences": dict(session.execute(news).all()),
        "Newsletters": dict(session.execute(issues).all()),
    }


def _with_subjects(session: Session, shown: Iterable[Happening]) -> list[Happening]:
    each_delivery = {each.delivery.id: each.delivery for each in shown if each.delivery}
    words = subjects.of(session, each_delivery.values())
    return [replace(each, subject=words[each.delivery.id]) if each.delivery else each for each in shown]


def _names(session: Session, shown: Iterable[Happening]) -> dict[str, str]:
    """Campaign -> its name, for the letters among these."""
    slugs = {each.delivery.campaign for each in shown if each.delivery and each.delivery.campaign}
    issues = select(Broadcast.slug, Broadcast.name).where(Broadcast.slug.in_(slugs))
    every = select(Sequence.slug, Sequence.name).union_all(issues)
    return dict(session.execute(every).all())
