"""What needs somebody: facts, the most pressing first. Nothing here names a reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, text
from sqlalchemy.orm import Session

from newsletter.campaigns.models import Broadcast, CampaignDraft
from newsletter.campaigns.models import Sequence as Letters
from newsletter.content.models import Version
from newsletter.delivery.models import Attempt, Delivery

LOOKS_BACK = timedelta(days=7)
SOON = timedelta(hours=24)

# The kinds of what waits, the most pressing first: an issue too late to begin unasked; e-mails that may have been sent;
# those refused for how we send; those the program failed at; remarks on what goes out soon; a pause; addresses that do
# not exist; other refusals; words of a newer release; a folder that came in.
PRESSING = ("late", "unknown", "block", "poison", "remarks", "paused", "gone", "failed", "starter", "import")
# In the words of the index: of values bound later SQLite does not know whether it covers them.
IN_TROUBLE = text("deliveries.state IN ('unknown', 'failed', 'poison')")
# What a refusal says (delivery/retries): nobody lives there, or the fault is ours; the rest may be better next time.
VERDICTS: dict[str | None, str] = {"hard": "gone", "disabled": "gone", "block": "block"}


@dataclass(frozen=True)
class Campaign:
    """What a need is about: one newsletter or one sequence."""

    slug: str
    name: str
    is_issue: bool


@dataclass(frozen=True)
class Need:
    """One thing, once; `kind` is one of PRESSING.

    `campaign` is None where it is about none; `number` counts e-mails, or remarks; `at` is UTC.
    """

    kind: str
    campaign: Campaign | None
    number: int = 0
    at: datetime | None = None


def read(session: Session, now: datetime) -> list[Need]:
    """Everything that waits for a person, most pressing first, in five statements; of e-mails those of seven days."""
    issues = session.execute(
        select(Broadcast.slug, Broadcast.name, Broadcast.state, Broadcast.starts_at, Version.warnings)
        .join(Version, Version.id == Broadcast.version_id)
        .where(Broadcast.state.in_(("late", "paused", "scheduled")))
        .order_by(Broadcast.starts_at, Broadcast.id)
    ).all()
    found = [
        *(need for row in issues for need in _of_issue(row, now)),
        *_of_deliveries(session, now),
        *_of_drafts(session),
    ]
    return sorted(found, key=lambda need: PRESSING.index(need.kind))


def _of_issue(row: Row[str, str, str, datetime | None, list[Any]], now: datetime) -> Iterator[Need]:
    issue = Campaign(row.slug, row.name, is_issue=True)
    if row.state == "late":
        yield Need("late", issue, at=row.starts_at)
    elif row.state == "paused":
        yield Need("paused", issue, at=row.starts_at)
    elif row.warnings and row.starts_at and row.starts_at - now <= SOON:
        yield Need("remarks", issue, len(row.warnings), row.starts_at)


def _of_deliveries(session: Session, now: datetime) -> Iterator[Need]:
    rows = session.execute(
        select(Delivery.state, Delivery.campaign, Attempt.verdict, func.count(Delivery.id.distinct()))
        .outerjoin(Attempt, (Attempt.delivery_id == Delivery.id) & (Attempt.outcome == "refused"))
        .where(IN_TROUBLE, Delivery.send_after >= now - LOOKS_BACK)
        .group_by(Delivery.state, Delivery.campaign, Attempt.verdict)
        .order_by(Delivery.campaign, Delivery.state)
    ).all()
    known = campaigns(session, {row.campaign for row in rows if row.campaign})
    counted: dict[tuple[str, str | None], int] = {}
    for state, slug, verdict, number in rows:
        kind = VERDICTS.get(verdict, "failed") if state == "failed" else state
        counted[kind, slug] = counted.get((kind, slug), 0) + number
    for (kind, slug), number in counted.items():
        yield Need(kind, known.get(slug or ""), number)


def campaigns(session: Session, slugs: set[str]) -> dict[str, Campaign]:
    """Those newsletters and sequences, by slug; in two statements."""
    issues = select(Broadcast.slug, Broadcast.name).where(Broadcast.slug.in_(slugs))
    letters = select(Letters.slug, Letters.name).where(Letters.slug.in_(slugs))
    found = {row.slug: Campaign(row.slug, row.name, is_issue=False) for row in session.execute(letters)}
    return found | {row.slug: Campaign(row.slug, row.name, is_issue=True) for row in session.execute(issues)}


def _of_drafts(session: Session) -> Iterator[Need]:
    """What came from a newer release, or in a folder; what the studio writes is on somebody's desk already."""
    rows = session.execute(
        select(CampaignDraft.slug, CampaignDraft.origin, Letters.name.label("letters"), Broadcast.name)
        .outerjoin(Letters, Letters.slug == CampaignDraft.slug)
        .outerjoin(Broadcast, Broadcast.slug == CampaignDraft.slug)
        .where(CampaignDraft.state == "open", CampaignDraft.origin != "studio")
        .order_by(CampaignDraft.created_at, CampaignDraft.id)
    )
    for slug, origin, letters, issue in rows:
        yield Need(origin, Campaign(slug, letters or issue or slug, is_issue=letters is None))
