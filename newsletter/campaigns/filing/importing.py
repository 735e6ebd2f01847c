"""Campaign folders come back from an editor: a newsletter as a draft issue, a sequence as a draft that waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.campaigns.filing import current, drafts, placing, proofreading
from newsletter.campaigns.filing.folders import BadFolder, BroadcastFolder, Campaign, SequenceFolder
from newsletter.campaigns.models import Broadcast
from newsletter.errors import Refused


@dataclass(frozen=True)
class Imported:
    """What one folder became: `draft`; `replaced`, a draft in place of an older one; `unchanged`, as it is live."""

    slug: str
    kind: Literal["sequence", "broadcast"]
    became: Literal["draft", "replaced", "unchanged"]


def take_in(session: Session, folders: Sequence[Campaign], now: datetime) -> list[Imported]:
    """Import `folders`, all or nothing; nothing that people get changes. In their order, what each became.

    Raises BadFolder with every mistake of every folder, by file and line: letters that do not compile, names that are
    taken, issues that were sent already.
    """
    changed = [each for each in folders if not _is_live(session, each)]
    problems = list(_refusals(session, changed))
    try:
        proofreading.proofread(session, changed)
    except BadFolder as bad:
        problems += bad.problems
    if problems:
        raise BadFolder(problems)
    return [_take_in(session, each, now, changed=each in changed) for each in folders]


def _is_live(session: Session, folder: Campaign) -> bool:
    live = current.find(session, folder.slug)
    return live is not None and live.digest == folder.digest


def _refusals(session: Session, folders: Sequence[Campaign]) -> Iterator[str]:
    for folder in folders:
        try:
            placing.refuse_namesake(session, folder)
            if isinstance(folder, BroadcastFolder):
                _refuse_busy(session, folder)
        except Refused as refused:
            yield refused.line


def _refuse_busy(session: Session, folder: BroadcastFolder) -> None:
    issue = session.scalar(select(Broadcast).where(Broadcast.slug == folder.slug))
    if issue is not None:
        placing.refuse_sent(issue)
        return
    if folder.slug in [each.slug for each in drafts.waiting(session)]:
        raise Refused(
            f"a sequence “{folder.slug}” waits as a draft; right would be another name for the folder, "
            f"or first: newsletter campaigns discard {folder.slug}"
        )


def _take_in(session: Session, folder: Campaign, now: datetime, *, changed: bool) -> Imported:
    kind: Literal["sequence", "broadcast"] = "sequence" if isinstance(folder, SequenceFolder) else "broadcast"
    if not changed:
        return Imported(folder.slug, kind, "unchanged")
    if isinstance(folder, SequenceFolder):
        replaced = drafts.keep(session, folder, "import", now)
    else:
        replaced = current.find(session, folder.slug) is not None
        placing.place_issue(session, folder, now)
    return Imported(folder.slug, kind, "replaced" if replaced else "draft")
