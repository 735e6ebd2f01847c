"""A sequence's steps as they are stored, versioned like a letter, and turned back into what planning understands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from newsletter.campaigns.intents import Intent
from newsletter.campaigns.models import Enrollment, Sequence, Step, TimelineVersion
from newsletter.campaigns.planning import StepPlan
from newsletter.content.models import Version
from newsletter.errors import NotFound


@dataclass(frozen=True)
class StoredStep:
    """One step and the wording it sends."""

    plan: StepPlan
    version_id: int
    subject: str
    fields: frozenset[str]


@dataclass(frozen=True)
class Timeline:
    """One immutable version of a sequence's steps, in order."""

    id: int
    live_at: datetime
    steps: tuple[StoredStep, ...]

    @property
    def plans(self) -> tuple[StepPlan, ...]:
        """What planning needs."""
        return tuple(step.plan for step in self.steps)

    def step(self, key: str) -> StoredStep:
        """The step with this key; raises KeyError."""
        return {step.plan.key: step for step in self.steps}[key]

    def changes_since(self, older: Timeline) -> tuple[frozenset[str], frozenset[str]]:
        """(keys that are new or moved here, keys that are gone)."""
        before = {step.key: step.intent for step in older.plans}
        here = {step.key: step.intent for step in self.plans}
        changed = frozenset(key for key, intent in here.items() if before.get(key) != intent)
        return changed, frozenset(before) - frozenset(here)


def read(session: Session, timeline_id: int) -> Timeline:
    """The stored timeline. Raises NotFound."""
    stored = session.get(TimelineVersion, timeline_id)
    if stored is None:
        raise NotFound(f"there is no timeline {timeline_id}")
    rows = session.execute(
        select(Step, Version.subject, Version.fields)
        .join(Version, Version.id == Step.version_id)
        .where(Step.timeline_id == timeline_id)
        .order_by(Step.position)
    )
    steps = tuple(
        StoredStep(
            StepPlan(step.key, step.position, Intent.from_json(step.intent), step.only_if),
            step.version_id,
            subject,
            frozenset(fields),
        )
        for step, subject, fields in rows
    )
    return Timeline(stored.id, stored.live_at, steps)


def followed(enrollment: Enrollment, sequence: Sequence) -> int:
    """Pure: the id of the timeline that plans her letters: the live one, unless she is pinned to an older one."""
    if enrollment.pinned or sequence.live_timeline_id is None:
        return enrollment.timeline_id
    return sequence.live_timeline_id


def find(session: Session, slug: str) -> Sequence:
    """The sequence named `slug`; raises NotFound, naming those there are."""
    sequence = session.scalar(select(Sequence).where(Sequence.slug == slug))
    if sequence is None:
        names = ", ".join(session.scalars(select(Sequence.slug).order_by(Sequence.slug))) or "none yet"
        raise NotFound(f"there is no sequence “{slug}”; there is: {names}")
    return sequence


def publish(
    session: Session,
    sequence: Sequence,
    steps: Mapping[StepPlan, int],
    source_hash: str,
    now: datetime,
) -> TimelineVersion:
    """Make `steps` (plan -> version id) the live timeline; who follows it is planned anew at the next round."""
    newest = select(TimelineVersion.number).where(TimelineVersion.sequence_id == sequence.id)
    number = max(session.scalars(newest), default=0) + 1
    timeline = TimelineVersion(sequence_id=sequence.id, number=number, source_hash=source_hash, live_at=now)
    session.add(timeline)
    session.flush()
    rows = [
        {
            "timeline_id": timeline.id,
            "key": plan.key,
            "position": plan.position,
            "intent": plan.intent.to_json(),
            "only_if": plan.only_if,
            "version_id": version_id,
        }
        for plan, version_id in steps.items()
    ]
    session.execute(insert(Step), rows)
    sequence.live_timeline_id = timeline.id
    session.execute(
        update(Enrollment)
        .where(Enrollment.sequence_id == sequence.id, Enrollment.state == "active", ~Enrollment.pinned)
        .values(next_due_at=now)
    )
    return timeline
