"""What a draft said before: one row for each sitting, kept while somebody writes and for a year after.

A sitting is one person writing without a pause of ten minutes. What she saves in it takes the place of what she saved
before; another person's save, a longer pause, and what must be able to be undone begin a new row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import Session

from newsletter.campaigns.models import CampaignDraft, DraftRevision

SITTING = timedelta(minutes=10)
MOST = 200  # rows of one campaign: at one sitting a working day, most of a year
AS_IT_CAME = (
    0  # the revision of a row that nobody here wrote: what an import brought, before it was written on
)


@dataclass(frozen=True)
class Stood:
    """What a draft said before a save wrote on it, and since when."""

    files: dict[str, Any]
    revision: int
    at: datetime
    by: int | None

    @classmethod
    def of(cls, draft: CampaignDraft) -> Stood:
        """The draft as it is now."""
        written_here = draft.origin == "studio" and draft.edited_by is not None
        return cls(
            files=draft.files,
            revision=draft.revision if written_here else AS_IT_CAME,
            at=draft.edited_at or draft.created_at,
            by=draft.edited_by if written_here else None,
        )


def note(
    session: Session,
    draft: CampaignDraft,
    stood: Stood | None,
    staff_id: int,
    now: datetime,
    *,
    anew: bool = False,
) -> None:
    """Write down what `draft` says after a save by `staff_id`; `stood` is what it said before, None for a new one.

    With `anew` the save is a sitting of its own, so that what stood there stays. What stood there and was never
    written down (it came as a folder) is written down first.
    """
    last = newest(session, draft.slug)
    if stood is not None and (last is None or last.files != stood.files):
        last = _add(session, draft.slug, stood, stood.by or staff_id)
    if last is not None and not anew and _goes_on(last, draft, staff_id, now):
        last.files, last.revision, last.saved_at = draft.files, draft.revision, now
    else:
        _add(session, draft.slug, Stood(draft.files, draft.revision, now, staff_id), staff_id)
    session.flush()


def newest(session: Session, slug: str) -> DraftRevision | None:
    """The latest sitting on `slug`."""
    return session.scalar(of(slug).limit(1))


def number(session: Session, slug: str) -> int:
    """Which sitting on `slug` is the latest: a save that leaves this as it was went on with it."""
    last = select(func.max(DraftRevision.id)).where(DraftRevision.slug == slug)
    return session.scalar(last) or 0


def of(slug: str) -> Select[DraftRevision]:
    """The sittings on `slug`, newest first."""
    return select(DraftRevision).where(DraftRevision.slug == slug).order_by(DraftRevision.id.desc())


def any_old(session: Session, before: datetime) -> bool:
    """Whether `forget_old` has something to do."""
    return bool(_old(session, before, 1))


def forget_old(session: Session, before: datetime, limit: int) -> int:
    """Forget up to `limit` rows: of drafts that were used or let go before `before`, and all but the newest MOST.

    Returns how many.
    """
    ids = _old(session, before, limit)
    session.execute(delete(DraftRevision).where(DraftRevision.id.in_(ids)))
    return len(ids)


def _goes_on(last: DraftRevision, draft: CampaignDraft, staff_id: int, now: datetime) -> bool:
    """Whether a save just now is of the sitting `last`: hers, a moment ago, and on the same draft."""
    follows = AS_IT_CAME != last.revision == draft.revision - 1
    return follows and last.saved_by == staff_id and now - last.saved_at <= SITTING


def _add(session: Session, slug: str, what: Stood, staff_id: int) -> DraftRevision:
    row = DraftRevision(
        slug=slug,
        revision=what.revision,
        files=what.files,
        began_at=what.at,
        saved_at=what.at,
        saved_by=staff_id,
    )
    session.add(row)
    session.flush()
    return row


def _old(session: Session, before: datetime, limit: int) -> list[int]:
    rows = select(DraftRevision.id).order_by(DraftRevision.id).limit(limit)
    ended = list(session.scalars(rows.where(_is_over(before))))
    return ended or list(session.scalars(rows.where(DraftRevision.id.in_(_too_many()))))


def _is_over(before: datetime) -> ColumnElement[bool]:
    """Whether the draft that a row was a sitting on was used, or let go, before `before`."""
    its_draft = (
        CampaignDraft.slug == DraftRevision.slug,
        CampaignDraft.origin == "studio",
        CampaignDraft.ended_at >= DraftRevision.saved_at,
        CampaignDraft.ended_at < before,
    )
    return select(CampaignDraft.id).where(*its_draft).exists()


def _too_many() -> Select[int]:
    place = func.row_number().over(partition_by=DraftRevision.slug, order_by=DraftRevision.id.desc())
    ranked = select(DraftRevision.id, place.label("place")).subquery()
    return select(ranked.c.id).where(ranked.c.place > MOST)
