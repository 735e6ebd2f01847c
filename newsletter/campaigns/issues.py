"""Newsletters in numbers: what became of each one's e-mails; reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from newsletter.campaigns.filing import drafts
from newsletter.campaigns.models import Broadcast
from newsletter.content.models import Version
from newsletter.delivery.models import Delivery


@dataclass(frozen=True)
class Issue:
    """One newsletter. `outcomes` counts its e-mails by state; `starts_at` is None for a draft.

    `audience` is how many people it is meant for, None until all their e-mails are in the queue; `settled` says that
    nothing is left to do until somebody decides; `draft` where the draft that waits for it comes from, or None.
    """

    slug: str
    name: str
    topic: str
    subject: str
    state: str
    starts_at: datetime | None
    local_hour: int | None
    audience: int | None
    settled: bool
    outcomes: dict[str, int]
    draft: str | None = None


def every(session: Session) -> list[Issue]:
    """Every newsletter, by slug."""
    origins = drafts.origins(session)
    outcomes = _by_issue(session, Delivery.campaign.is_not(None))
    return [
        _issue(broadcast, subject, outcomes.get(broadcast.slug, {}), origins.get(broadcast.slug))
        for broadcast, subject in session.execute(_broadcasts().order_by(Broadcast.slug))
    ]


def find(session: Session, slug: str) -> Issue | None:
    """One newsletter, or None where `slug` names none."""
    found = session.execute(_broadcasts().where(Broadcast.slug == slug)).first()
    if found is None:
        return None
    outcomes = _by_issue(session, Delivery.campaign == slug)
    return _issue(*found, outcomes.get(slug, {}), drafts.origins(session).get(slug))


def _broadcasts() -> Select[Broadcast, str]:
    return select(Broadcast, Version.subject).join(Broadcast.version)


def _by_issue(session: Session, which: ColumnElement[bool]) -> dict[str, dict[str, int]]:
    """Campaign -> state -> how many e-mails, of those without a step; one query, however many issues there are."""
    columns = (Delivery.campaign, Delivery.state)
    rows = session.execute(
        select(*columns, func.count()).where(which, Delivery.step.is_(None)).group_by(*columns)
    )
    counts: dict[str, dict[str, int]] = {}
    for campaign, state, number in rows:
        counts.setdefault(campaign or "", {})[state] = number
    return counts


def _issue(broadcast: Broadcast, subject: str, outcomes: dict[str, int], draft: str | None) -> Issue:
    return Issue(
        broadcast.slug,
        broadcast.name,
        broadcast.topic,
        subject,
        broadcast.state,
        broadcast.starts_at,
        broadcast.local_hour,
        sum(outcomes.values()) if broadcast.fanned_out else None,
        broadcast.settled,
        outcomes,
        draft,
    )
