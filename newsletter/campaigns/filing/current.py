"""What is live, as the campaign folder that would say it: what `files` would read, had an export been written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.campaigns.filing.bodies import Body
from newsletter.campaigns.filing.folders import BroadcastFolder, Campaign, Kind, SequenceFolder, StepFile
from newsletter.campaigns.intents import Intent
from newsletter.campaigns.models import Broadcast, Sequence, Step
from newsletter.content.models import Version

SUFFIXES = {"markdown": "md", "html": "html"}


def slugs(session: Session) -> list[str]:
    """Every sequence and every newsletter, in order of name."""
    return sorted([*session.scalars(select(Sequence.slug)), *session.scalars(select(Broadcast.slug))])


def find(session: Session, slug: str) -> Campaign | None:
    """The sequence or newsletter of that name as it is live now; None where there is none."""
    sequence = session.scalar(select(Sequence).where(Sequence.slug == slug))
    if sequence is not None:
        return _sequence(session, sequence)
    found = session.execute(
        select(Broadcast, Version).join(Broadcast.version).where(Broadcast.slug == slug)
    ).first()
    return _broadcast(*found) if found else None


def _sequence(session: Session, sequence: Sequence) -> SequenceFolder:
    rows = session.execute(
        select(Step, Version)
        .join(Step.version)
        .where(Step.timeline_id == sequence.live_timeline_id)
        .order_by(Step.position)
    ).all()
    digits = max(2, len(str(len(rows))))
    return SequenceFolder(
        slug=sequence.slug,
        name=sequence.name,
        kind=cast("Kind", sequence.kind),
        trigger=sequence.trigger,
        topics=tuple(sequence.topics),
        reentry=sequence.reentry,
        steps=tuple(
            _step(step, position, version, f"{position + 1:0{digits}}-{step.key}")
            for position, (step, version) in enumerate(rows)
        ),
    )


def _step(step: Step, position: int, version: Version, stem: str) -> StepFile:
    return StepFile(
        key=step.key,
        position=position,
        intent=Intent.from_json(step.intent),
        subject=version.source["subject"],
        preview_text=version.source["preview_text"],
        only_if=step.only_if,
        body=_body(version.source, stem),
        line=1,
    )


def _broadcast(broadcast: Broadcast, version: Version) -> BroadcastFolder:
    return BroadcastFolder(
        slug=broadcast.slug,
        name=broadcast.name,
        subject=version.source["subject"],
        preview_text=version.source["preview_text"],
        topic=broadcast.topic,
        except_topics=tuple(broadcast.except_topics),
        body=_body(version.source, "issue"),
        archived=broadcast.archived,
    )


def _body(source: Mapping[str, Any], stem: str) -> Body:
    return Body(f"{stem}.{SUFFIXES[source['format']]}", source["format"], source["body"], source["text"])
