"""Sequences in numbers: who is in them, and what became of each letter; reads only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.campaigns import timelines
from newsletter.campaigns.desk import drafting
from newsletter.campaigns.filing import current, drafts
from newsletter.campaigns.filing.folders import SEQUENCE_FILE, Campaign, SequenceFolder
from newsletter.campaigns.intents import Intent
from newsletter.campaigns.models import CampaignDraft, Enrollment, Sequence, Step, StepRun
from newsletter.delivery.models import Delivery


@dataclass(frozen=True)
class Summary:
    """One sequence. `people` counts its enrollments by state: active, paused, complete, exited.

    `draft` says where the draft that waits for it comes from: import, starter, studio, or None where none does. A
    sequence that is a draft and nothing else has the state `draft`, and is on since never.
    """

    slug: str
    name: str
    kind: str
    state: str
    on_since: datetime | None
    letters: int
    people: dict[str, int]
    draft: str | None = None


@dataclass(frozen=True)
class Letter:
    """One step of the live timeline. `outcomes` counts what became of it by word: sent, queued, skipped ..."""

    key: str
    subject: str
    intent: Intent
    only_if: str | None
    outcomes: dict[str, int]


def summaries(session: Session) -> list[Summary]:
    """Every sequence by slug, those that are only a draft yet among them."""
    waiting, people, counts = drafts.waiting(session), _people(session), _letters_by_timeline(session)
    origins = {each.slug: each.origin for each in waiting}
    live = {
        each.slug: _summary(each, counts, people.get(each.id, {}), origins.get(each.slug))
        for each in session.scalars(select(Sequence))
    }
    only_drafts = {
        draft.slug: _drafted(draft)
        for draft in waiting
        if SEQUENCE_FILE in draft.files and draft.slug not in live
    }
    return [each for _, each in sorted((live | only_drafts).items())]


def summary(session: Session, slug: str) -> Summary:
    """One sequence; raises NotFound."""
    found = {each.slug: each for each in summaries(session)}
    if slug not in found:
        timelines.find(session, slug)
    return found[slug]


def letters(session: Session, slug: str) -> list[Letter]:
    """The live steps of a sequence in their order, with what became of each; raises NotFound.

    Of a sequence that is only a draft yet, the steps that it would have.
    """
    found, outcomes = planned(session, slug), _outcomes(session, slug)
    return [replace(each, outcomes=outcomes.get(each.key, {})) for each in found]


def planned(session: Session, slug: str) -> list[Letter]:
    """The same without what became of them, which takes a look at every e-mail; raises NotFound."""
    drafted = [each for each in drafts.waiting(session) if each.slug == slug]
    if drafted and current.find(session, slug) is None:
        return _letters_of(drafts.read(drafted[0]))
    sequence = timelines.find(session, slug)
    if sequence.live_timeline_id is None:
        return []
    return [
        Letter(step.plan.key, step.subject, step.plan.intent, step.plan.only_if, {})
        for step in timelines.read(session, sequence.live_timeline_id).steps
    ]


def _letters_by_timeline(session: Session) -> dict[int, int]:
    """Live timeline -> how many letters it has."""
    rows = select(Step.timeline_id, func.count()).join(
        Sequence, Sequence.live_timeline_id == Step.timeline_id
    )
    return dict(session.execute(rows.group_by(Step.timeline_id)).all())


def _summary(
    sequence: Sequence, counts: dict[int, int], people: dict[str, int], draft: str | None
) -> Summary:
    return Summary(
        slug=sequence.slug,
        name=sequence.name,
        kind=sequence.kind,
        state=sequence.state,
        on_since=sequence.on_since,
        letters=counts.get(sequence.live_timeline_id or 0, 0),
        people=people,
        draft=draft,
    )


def _letters_of(folder: Campaign) -> list[Letter]:
    steps = folder.steps if isinstance(folder, SequenceFolder) else ()
    return [Letter(each.key, each.subject, each.intent, each.only_if, {}) for each in steps]


def _drafted(draft: CampaignDraft) -> Summary:
    """Read from its papers, which hold even where a draft could not be used yet."""
    papers = drafting.read(draft)
    name, kind = str(papers.table.get("name", draft.slug)), str(papers.table.get("class", "marketing"))
    return Summary(draft.slug, name, kind, "draft", None, len(papers.letters), {}, draft.origin)


def _people(session: Session) -> dict[int, dict[str, int]]:
    counts: dict[int, dict[str, int]] = {}
    columns = (Enrollment.sequence_id, Enrollment.state)
    for sequence_id, state, number in session.execute(select(*columns, func.count()).group_by(*columns)):
        counts.setdefault(sequence_id, {})[state] = number
    return counts


def _outcomes(session: Session, slug: str) -> dict[str, dict[str, int]]:
    """Step key -> what became of it -> how often: the delivery's state where there is one, else the decision's word."""
    counts: dict[str, dict[str, int]] = {}
    word = func.coalesce(Delivery.state, StepRun.outcome)
    rows = (
        select(StepRun.step_key, word, func.count())
        .join(Enrollment, Enrollment.id == StepRun.enrollment_id)
        .join(Enrollment.sequence)
        .outerjoin(Delivery, Delivery.dedupe_key == StepRun.dedupe_key)
        .where(Sequence.slug == slug)
        .group_by(StepRun.step_key, word)
    )
    for key, outcome, number in session.execute(rows):
        counts.setdefault(key, {})[outcome] = number
    return counts
