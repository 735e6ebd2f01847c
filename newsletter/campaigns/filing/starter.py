"""What an empty installation begins with: three topics, and the campaigns under templates/campaigns/.

A newer release may say something else in one of them: that is offered as a draft, once, and never put over what is
there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import paths
from newsletter.audience.models import Topic
from newsletter.campaigns.filing import current, drafts, placing
from newsletter.campaigns.filing.files import read_folders
from newsletter.campaigns.filing.folders import Campaign, SequenceFolder
from newsletter.campaigns.models import Broadcast
from newsletter.db import insert_new

TOPICS = (
    ("resources", "Guides", "longer reads"),
    ("tips", "Tips", "short and practical"),
    ("news", "Clinic news", "what is new with us"),
)


@dataclass(frozen=True)
class Loaded:
    """The slugs of the campaigns that were new here, and of those whose newer words now wait as a draft."""

    added: list[str]
    offered: list[str]


def load(session: Session, now: datetime, folder: Path | None = None) -> Loaded:
    """Add what is not there yet, and offer what this release says otherwise. Nothing that people get is ever changed.

    Raises BadFolder or ContentRefused, naming file and line.
    """
    rows = [
        {"slug": slug, "name": name, "hint": hint, "position": position}
        for position, (slug, name, hint) in enumerate(TOPICS, start=1)
    ]
    # Only where there is none: one that the clinic has deleted would come back.
    if session.scalar(select(Topic.id).limit(1)) is None:
        insert_new(session, Topic, rows)
    known = current.slugs(session)
    loaded = Loaded([], [])
    for each in read_folders(folder or paths.TEMPLATES / "campaigns"):
        if each.slug not in known:
            _add(session, each, now)
            loaded.added.append(each.slug)
        elif _offer(session, each, now):
            loaded.offered.append(each.slug)
    return loaded


def _add(session: Session, folder: Campaign, now: datetime) -> None:
    if isinstance(folder, SequenceFolder):
        placing.place_sequence(session, folder, now)
    else:
        placing.place_issue(session, folder, now)
    drafts.note(session, folder, now)


def _offer(session: Session, folder: Campaign, now: datetime) -> bool:
    """Let the folder wait as a draft, unless it was seen before, or has no place to go. Says whether it now waits."""
    if drafts.is_known(session, folder):
        return False
    live = current.find(session, folder.slug)
    if live is not None and live.digest == folder.digest:
        drafts.note(session, folder, now)
        return False
    if type(live) is not type(folder) or not _may_change(session, folder):
        return False
    drafts.keep(session, folder, "starter", now)
    return True


def _may_change(session: Session, folder: Campaign) -> bool:
    """Not while somebody's own draft waits, and of newsletters only one that nobody has sent."""
    if any(each.slug == folder.slug and each.origin != "starter" for each in drafts.waiting(session)):
        return False
    state = session.scalar(select(Broadcast.state).where(Broadcast.slug == folder.slug))
    return state in (None, "draft")
