"""How a sequence stands: what people get now, the draft beside it, and who waits before each letter. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from newsletter.campaigns.desk import arranging, drafting
from newsletter.campaigns.desk.drafting import Papers
from newsletter.campaigns.filing import comparing, current
from newsletter.campaigns.filing.comparing import Change
from newsletter.campaigns.filing.folders import SequenceFolder
from newsletter.campaigns.models import CampaignDraft, Enrollment, Sequence, Step, StepRun


@dataclass(frozen=True)
class Standing:
    """One sequence. `sequence` and `live` are None for one that is only a draft yet, `draft` where none waits."""

    slug: str
    sequence: Sequence | None
    live: SequenceFolder | None
    draft: CampaignDraft | None
    papers: Papers
    desk: SequenceFolder

    @property
    def revision(self) -> int:
        """What `drafting.save` is told that the writer saw."""
        return self.draft.revision if self.draft else 0

    @property
    def changes(self) -> dict[str, Change]:
        """What the draft changes, by key; empty where nothing is live to be changed."""
        if self.live is None or self.draft is None:
            return {}
        return {each.key: each for each in comparing.changes(self.live, self.desk)}


def of(session: Session, slug: str) -> Standing:
    """The sequence `slug`; raises NotFound, a newsletter's name among others."""
    papers, draft = drafting.papers(session, slug)
    folder = arranging.folder(slug, papers)
    sequence = session.scalar(select(Sequence).where(Sequence.slug == slug))
    live = current.find(session, slug) if sequence and draft else folder if sequence else None
    return Standing(slug, sequence, live if isinstance(live, SequenceFolder) else None, draft, papers, folder)


def people(session: Session, sequence: Sequence | None) -> int:
    """How many are on their way through it."""
    if sequence is None:
        return 0
    under_way = select(func.count()).select_from(Enrollment).where(*_under_way(sequence))
    return session.scalar(under_way) or 0


def pinned(session: Session, sequence: Sequence | None) -> int:
    """How many of them keep letters of an earlier timeline, since what is live is for new people only."""
    if sequence is None:
        return 0
    here = (*_under_way(sequence), Enrollment.pinned)
    return session.scalar(select(func.count()).select_from(Enrollment).where(*here)) or 0


def waiting(session: Session, sequence: Sequence | None) -> dict[str, int]:
    """Key of a live letter -> how many, of those who follow it, have had all before it and not yet this one."""
    if sequence is None or sequence.live_timeline_id is None:
        return {}
    here = and_(Step.timeline_id == sequence.live_timeline_id, Step.key == StepRun.step_key)
    reached = (
        select(func.coalesce(func.max(Step.position), -1).label("position"))
        .select_from(Enrollment)
        .outerjoin(StepRun, StepRun.enrollment_id == Enrollment.id)
        .outerjoin(Step, here)
        .where(*_under_way(sequence), ~Enrollment.pinned)
        .group_by(Enrollment.id)
        .subquery()
    )
    counted = select(reached.c.position, func.count()).group_by(reached.c.position)
    after: dict[int, int] = dict(session.execute(counted).all())
    steps = select(Step.key, Step.position).where(Step.timeline_id == sequence.live_timeline_id)
    return {key: after.get(position - 1, 0) for key, position in session.execute(steps)}


def still_without(session: Session, sequence: Sequence | None, key: str) -> int:
    """How many are on their way and have not come to this letter yet: who would miss it, were it taken out."""
    if sequence is None:
        return 0
    had = select(StepRun.id).where(StepRun.enrollment_id == Enrollment.id, StepRun.step_key == key)
    here = (*_under_way(sequence), ~Enrollment.pinned)
    without = select(func.count()).select_from(Enrollment).where(*here, ~had.exists())
    return session.scalar(without) or 0


def _under_way(sequence: Sequence) -> tuple[ColumnElement[bool], ...]:
    return Enrollment.sequence_id == sequence.id, Enrollment.state.in_(("active", "paused"))
