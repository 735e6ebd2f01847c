"""What an empty installation begins with: three topics, and the campaigns under templates/campaigns/."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import paths
from newsletter.audience.models import Topic
from newsletter.campaigns import broadcasts, timelines
from newsletter.campaigns.files import read_folders
from newsletter.campaigns.folders import SEQUENCE_FILE, BroadcastFolder, SequenceFolder, StepFile
from newsletter.campaigns.models import Broadcast, Sequence
from newsletter.campaigns.spelling import nearest
from newsletter.content.compiling import Source
from newsletter.content.merging import parse_condition
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
    """Add what is not there yet; returns the slugs of what was added. Nothing that exists is ever changed.

    Raises BadFolder or ContentRefused, naming file and line.
    """
    rows = [
        {"slug": slug, "name": name, "hint": hint, "position": position}
        for position, (slug, name, hint) in enumerate(TOPICS, start=1)
    ]
    insert_new(session, Topic, rows)
    known = {*session.scalars(select(Sequence.slug)), *session.scalars(select(Broadcast.slug))}
    new = [each for each in read_folders(folder or paths.TEMPLATES / "campaigns") if each.slug not in known]
    for each in new:
        if isinstance(each, SequenceFolder):
            add(session, each, now)
        else:
            add_issue(session, each, now)
    return [each.slug for each in new]


def add(session: Session, folder: SequenceFolder, now: datetime) -> Sequence:
    """Put one sequence in place and switch it on: it admits whoever confirms from `now`."""
    if folder.kind != "marketing":
        raise Refused(
            f"{folder.slug}: sequences of class “care” cannot be loaded yet; right would be “marketing”"
        )
    _check_conditions(folder)
    _check_topics(session, folder.slug, folder.topics)
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
    steps = {
        step.plan: publish_words(session, folder.slug, f"{folder.slug}/{step.key}", step, now)
        for step in folder.steps
    }
    timelines.publish(session, sequence, steps, folder.digest, now)
    session.flush()
    return sequence


def add_issue(session: Session, folder: BroadcastFolder, now: datetime) -> Broadcast:
    """Keep one newsletter as a draft: nobody gets it before somebody sends it."""
    _check_topics(session, folder.slug, (folder.topic, *folder.except_topics))
    version_id = publish_words(session, folder.slug, folder.slug, folder, now)
    return broadcasts.draft(session, folder, version_id, now)


def publish_words(
    session: Session, place: str, slug: str, words: StepFile | BroadcastFolder, now: datetime
) -> int:
    """Make these words the live version of the letter `slug`; returns its id.

    Raises ContentRefused, naming the file in the folder `place`.
    """
    source = Source(
        subject=words.subject,
        preview_text=words.preview_text,
        body=words.body.source,
        format=words.body.form,
        text=words.body.text,
    )
    try:
        version = publish(session, slug, source, now, kind="marketing")
        _check_fields(version.fields)
    except ContentRefused as problem:
        raise ContentRefused(f"{place}/{words.body.name}: {problem.line}") from problem
    return version.id


def _check_fields(fields: Iterable[str]) -> None:
    """A misspelled field would stop the letter for everybody, one by one: say so before anybody waits for it."""
    for name in fields:
        if name not in FIELDS:
            near = nearest(name, FIELDS)
            raise ContentRefused(f"there is no field “{name}”{near}; there are {', '.join(FIELDS)}")


def _check_conditions(folder: SequenceFolder) -> None:
    """A condition that cannot be read would hold for nobody, silently."""
    for step in folder.steps:
        if step.only_if is None:
            continue
        try:
            _check_fields(parse_condition(step.only_if).fields)
        except ContentRefused as problem:
            where = f"{folder.slug}/{SEQUENCE_FILE}:{step.line}"
            raise ContentRefused(f"{where}: {problem.line}") from problem


def _check_topics(session: Session, slug: str, topics: Iterable[str]) -> None:
    known = list(session.scalars(select(Topic.slug).order_by(Topic.position)))
    for topic in topics:
        if topic not in known:
            raise ContentRefused(
                f"{slug}: there is no topic “{topic}”{nearest(topic, known)}; there are {', '.join(known)}"
            )
