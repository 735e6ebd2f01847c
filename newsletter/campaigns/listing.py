"""Sequences and newsletters in numbers: who is in them, and what became of each letter; reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.campaigns import timelines
from newsletter.campaigns.intents import Intent
from newsletter.campaigns.models import Broadcast, Enrollment, Sequence, StepRun
from newsletter.content.models import Version
from newsletter.delivery.models import Delivery


@dataclass(frozen=True)
class Summary:
    """One sequence. `people` counts its enrollments by state: active, paused, complete, exited."""

    slug: str
    name: str
    kind: str
    state: str
    on_since: datetime
    letters: int
    people: dict[str, int]


@dataclass(frozen=True)
class Letter:
    """One step of the live timeline. `outcomes` counts what became of it by word: sent, queued, skipped ..."""

    key: str
    subject: str
    intent: Intent
    only_if: str | None
    outcomes: dict[str, int]


@dataclass(frozen=True)
class Issue:
    """One newsletter. `outcomes` counts its e-mails by state; `starts_at` is None for a draft."""

    slug: str
    name: str
    topic: str
    subject: str
    state: str
    starts_at: datetime | None
    local_hour: int | None
    outcomes: dict[str, int]


def issues(session: Session) -> list[Issue]:
    """Every newsletter, by slug."""
    found = session.execute(
        select(Broadcast, Version.subject).join(Broadcast.version).order_by(Broadcast.slug)
    ).all()
    return [_issue(session, broadcast, subject) for broadcast, subject in found]


def issue(session: Session, slug: str) -> Issue | None:
    """One newsletter, or None where `slug` names none."""
    found = session.execute(
        select(Broadcast, Version.subject).join(Broadcast.version).where(Broadcast.slug == slug)
    ).first()
    return _issue(session, *found) if found else None


def _issue(session: Session, broadcast: Broadcast, subject: str) -> Issue:
    mails = select(Delivery.state, func.count()).where(
        Delivery.campaign == broadcast.slug, Delivery.step.is_(None)
    )
    return Issue(
        broadcast.slug,
        broadcast.name,
        broadcast.topic,
        subject,
        broadcast.state,
        broadcast.starts_at,
        broadcast.local_hour,
        dict(session.execute(mails.group_by(Delivery.state)).all()),
    )


def summaries(session: Session) -> list[Summary]:
    """Every sequence, by slug."""
    people = _people(session)
    found = session.scalars(select(Sequence).order_by(Sequence.slug)).all()
    return [_summary(session, each, people.get(each.id, {})) for each in found]


def summary(session: Session, slug: str) -> Summary:
    """One sequence; raises NotFound."""
    sequence = timelines.find(session, slug)
    return _summary(session, sequence, _people(session).get(sequence.id, {}))


def letters(session: Session, slug: str) -> list[Letter]:
    """The live steps of a sequence in their order, with what became of each; raises NotFound."""
    sequence = timelines.find(session, slug)
    if sequence.live_timeline_id is None:
        return []
    outcomes = _outcomes(session, sequence)
    return [
        Letter(
            step.plan.key, step.subject, step.plan.intent, step.plan.only_if, outcomes.get(step.plan.key, {})
        )
        for step in timelines.read(session, sequence.live_timeline_id).steps
    ]


def _summary(session: Session, sequence: Sequence, people: dict[str, int]) -> Summary:
    live = sequence.live_timeline_id
    return Summary(
        slug=sequence.slug,
        name=sequence.name,
        kind=sequence.kind,
        state=sequence.state,
        on_since=sequence.on_since,
        letters=len(timelines.read(session, live).steps) if live is not None else 0,
        people=people,
    )


def _people(session: Session) -> dict[int, dict[str, int]]:
    counts: dict[int, dict[str, int]] = {}
    columns = (Enrollment.sequence_id, Enrollment.state)
    for sequence_id, state, number in session.execute(select(*columns, func.count()).group_by(*columns)):
        counts.setdefault(sequence_id, {})[state] = number
    return counts


def _outcomes(session: Session, sequence: Sequence) -> dict[str, dict[str, int]]:
    """Step key -> what became of it -> how often: the delivery's state where there is one, else the decision's word."""
    counts: dict[str, dict[str, int]] = {}
    word = func.coalesce(Delivery.state, StepRun.outcome)
    rows = (
        select(StepRun.step_key, word, func.count())
        .join(Enrollment, Enrollment.id == StepRun.enrollment_id)
        .outerjoin(Delivery, Delivery.dedupe_key == StepRun.dedupe_key)
        .where(Enrollment.sequence_id == sequence.id)
        .group_by(StepRun.step_key, word)
    )
    for key, outcome, number in session.execute(rows):
        counts.setdefault(key, {})[outcome] = number
    return counts
