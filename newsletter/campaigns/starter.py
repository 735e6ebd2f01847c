"""What an empty installation begins with: three topics, and the sequences under templates/campaigns/."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import paths
from newsletter.audience.models import Topic
from newsletter.campaigns import timelines
from newsletter.campaigns.files import read_folders
from newsletter.campaigns.folders import SequenceFolder, StepFile
from newsletter.campaigns.models import Sequence
from newsletter.campaigns.spelling import nearest
from newsletter.content.compiling import Source
from newsletter.content.models import Version
from newsletter.content.publishing import publish
from newsletter.content.refusals import ContentRefused
from newsletter.db import insert_new
from newsletter.errors import Refused

TOPICS = (
    ("resources", "Guides", "longer reads"),
    ("tips", "Tips", "short and practical"),
    ("news", "Clinic news", "what is new with us"),
)


FIELDS = (
    *("first_name", "topics", "letters"),
    *("clinic_name", "clinic_phone", "clinic_city", "clinic_postal_address", "booking_url", "privacy_url"),
    *("preferences_url", "unsubscribe_url"),
)


def load(session: Session, now: datetime, folder: Path | None = None) -> list[str]:
    """Add what is not there yet; returns the slugs of the sequences added. Nothing that exists is ever changed.

    Raises BadFolder or ContentRefused, naming file and line.
    """
    rows = [
        {"slug": slug, "name": name, "hint": hint, "position": position}
        for position, (slug, name, hint) in enumerate(TOPICS, start=1)
    ]
    insert_new(session, Topic, rows)
    known = set(session.scalars(select(Sequence.slug)))
    new = [each for each in read_folders(folder or paths.TEMPLATES / "campaigns") if each.slug not in known]
    for each in new:
        add(session, each, now)
    return [each.slug for each in new]


def add(session: Session, folder: SequenceFolder, now: datetime) -> Sequence:
    """Put one sequence in place and switch it on: it admits whoever confirms from `now`."""
    if folder.kind != "marketing":
        raise Refused(
            f"{folder.slug}: sequences of class “care” cannot be loaded yet; right would be “marketing”"
        )
    sequence = Sequence(
        slug=folder.slug,
        name=folder.name,
        kind=folder.kind,
        trigger=folder.trigger,
        topics=list(folder.topics),
        reentry=folder.reentry,
        state="on",
        on_since=now,
        created_at=now,
    )
    session.add(sequence)
    session.flush()
    steps = {step.plan: _publish(session, folder, step, now) for step in folder.steps}
    timelines.publish(session, sequence, steps, folder.digest, now)
    session.flush()
    return sequence


def _publish(session: Session, folder: SequenceFolder, step: StepFile, now: datetime) -> int:
    source = Source(
        subject=step.subject,
        preview_text=step.preview_text,
        body=step.body.source,
        format=step.body.form,
        text=step.body.text,
    )
    try:
        version = publish(session, f"{folder.slug}/{step.key}", source, now, kind="marketing")
        _check_fields(version)
    except ContentRefused as problem:
        raise ContentRefused(f"{folder.slug}/{step.body.name}: {problem.line}") from problem
    return version.id


def _check_fields(version: Version) -> None:
    """A misspelled field would stop the letter for everybody, one by one: say so before anybody waits for it."""
    unknown = [name for name in version.fields if name.partition(".")[0] not in FIELDS]
    if unknown:
        raise ContentRefused(
            f"there is no field “{unknown[0]}”{nearest(unknown[0], FIELDS)}; there are {', '.join(FIELDS)}"
        )
