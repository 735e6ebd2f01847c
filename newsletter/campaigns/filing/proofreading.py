"""What a campaign folder cannot know of itself: whether its letters compile, and its fields and topics exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience.models import Subscriber, Topic
from newsletter.campaigns.filing.folders import (
    BROADCAST_FILE,
    SEQUENCE_FILE,
    BadFolder,
    BroadcastFolder,
    Campaign,
    SequenceFolder,
    StepFile,
)
from newsletter.campaigns.filing.toml_lines import KeyLines
from newsletter.campaigns.spelling import nearest
from newsletter.content.compiling import Source, compile_letter
from newsletter.content.designs import letter_design
from newsletter.content.merging import parse_condition
from newsletter.content.refusals import ContentRefused
from newsletter.content.values import FIELDS


def proofread(session: Session, campaigns: Iterable[Campaign]) -> None:
    """Raise BadFolder with every mistake of every campaign, those of its letters among them. Nothing is written."""
    problems: list[str] = []
    for campaign in campaigns:
        problems += _of_the_table(session, campaign)
        letters = campaign.steps if isinstance(campaign, SequenceFolder) else (campaign,)
        for letter in letters:
            try:
                check_fields(session, compile_letter(source_of(letter), letter_design()).fields)
            except ContentRefused as problem:
                problems.append(f"{campaign.slug}/{letter.body.name}: {problem.line}")
    if problems:
        raise BadFolder(problems)


def check_table(session: Session, campaign: Campaign) -> None:
    """As `proofread`, but for the letters: they are read when they are published."""
    if problems := list(_of_the_table(session, campaign)):
        raise BadFolder(problems)


def check_fields(session: Session, names: Iterable[str]) -> None:
    """Raise ContentRefused for a field that nobody has: neither is it ours, nor did a list bring it along.

    A misspelled one would stop the letter for everybody, one by one: it is said before anybody waits for it.
    """
    for name in names:
        if name not in FIELDS and not _somebody_has(session, name):
            near = nearest(name, FIELDS)
            raise ContentRefused(f"there is no field “{name}”{near}; there are {', '.join(FIELDS)}")


def _somebody_has(session: Session, name: str) -> bool:
    brought = Subscriber.fields[name].as_string().is_not(None)
    return session.scalar(select(Subscriber.id).where(brought).limit(1)) is not None


def source_of(letter: StepFile | BroadcastFolder) -> Source:
    """The words as content takes them."""
    return Source(
        subject=letter.subject,
        preview_text=letter.preview_text,
        body=letter.body.source,
        format=letter.body.form,
        text=letter.body.text,
    )


def _of_the_table(session: Session, campaign: Campaign) -> Iterator[str]:
    if isinstance(campaign, BroadcastFolder):
        lines = KeyLines(campaign.files.get(BROADCAST_FILE, ""))
        where = f"{campaign.slug}/{BROADCAST_FILE}"
        yield from _unknown_topics(session, f"{where}:{lines.of('topic')}", [campaign.topic])
        yield from _unknown_topics(session, f"{where}:{lines.of('except')}", campaign.except_topics)
        return
    lines = KeyLines(campaign.files.get(SEQUENCE_FILE, ""))
    where = f"{campaign.slug}/{SEQUENCE_FILE}"
    if campaign.kind != "marketing":
        says = "sequences of class “care” cannot be loaded yet; right would be “marketing”"
        yield f"{where}:{lines.of('class')}: {says}"
    yield from _unknown_topics(session, f"{where}:{lines.of('topics')}", campaign.topics)
    for step in campaign.steps:
        try:
            check_fields(session, parse_condition(step.only_if).fields if step.only_if else ())
        except ContentRefused as problem:  # it would hold for nobody, silently
            yield f"{where}:{lines.of('only_if', step.position)}: {problem.line}"


def _unknown_topics(session: Session, where: str, topics: Iterable[str]) -> Iterator[str]:
    known = list(session.scalars(select(Topic.slug).order_by(Topic.position)))
    for topic in topics:
        if topic not in known:
            yield f"{where}: there is no topic “{topic}”{nearest(topic, known)}; there are {', '.join(known)}"
