"""What is about a topic and not over yet: whoever retires the topic would leave it without new readers. Reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.campaigns.desk import drafting
from newsletter.campaigns.filing.folders import BROADCAST_FILE, BadFolder
from newsletter.campaigns.models import Broadcast, CampaignDraft, Sequence

OVER = ("sent", "canceled")


@dataclass(frozen=True)
class About:
    """A newsletter, or a sequence, by the name that people know it by."""

    slug: str
    name: str
    is_issue: bool


def topic(session: Session, slug: str) -> list[About]:
    """Sequences for this topic, newsletters to its readers or past them that are not over, drafts among both."""
    found = [*_live(session, slug), *_on_the_desk(session, slug)]
    return list({each.slug: each for each in found}.values())


def is_named(session: Session, slug: str) -> bool:
    """Whether any newsletter or sequence ever was about this topic, or past its readers: then its name is needed."""
    issues = session.execute(select(Broadcast.topic, Broadcast.except_topics)).all()
    named = {word for row in issues for word in (row.topic, *row.except_topics)}
    return slug in named or bool(topic(session, slug))


def _live(session: Session, slug: str) -> Iterator[About]:
    for row in session.execute(select(Sequence.slug, Sequence.name, Sequence.topics).order_by(Sequence.id)):
        if slug in row.topics:
            yield About(row.slug, row.name, is_issue=False)
    rows = select(Broadcast.slug, Broadcast.name, Broadcast.topic, Broadcast.except_topics)
    for row in session.execute(rows.where(Broadcast.state.not_in(OVER)).order_by(Broadcast.id)):
        if slug in (row.topic, *row.except_topics):
            yield About(row.slug, row.name, is_issue=True)


def _on_the_desk(session: Session, slug: str) -> Iterator[About]:
    waiting = select(CampaignDraft).where(CampaignDraft.state == "open").order_by(CampaignDraft.id)
    for draft in session.scalars(waiting):
        try:
            papers = drafting.read(draft)
        except BadFolder:  # it says nothing yet that could be read
            continue
        if slug in _topics(papers.table):
            name = str(papers.table.get("name") or draft.slug)
            yield About(draft.slug, name, is_issue=papers.kind == BROADCAST_FILE)


def _topics(table: dict[str, Any]) -> list[Any]:
    lists = (table.get(key, []) for key in ("topics", "except"))
    return [table.get("topic"), *(each for words in lists if isinstance(words, list) for each in words)]
