"""The desk: campaigns while they are written, kept as they are typed, even where they could not be used yet.

What is on the desk is a draft like any other: a campaign folder that waits. Writing changes the folder's table and the
bodies beside it; whether it could go out is asked of the same readers that an import meets.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.campaigns.desk import naming, revisions
from newsletter.campaigns.desk.revisions import Stood
from newsletter.campaigns.filing import current, drafts, proofreading, writing
from newsletter.campaigns.filing.bodies import beside
from newsletter.campaigns.filing.folders import (
    BROADCAST_FILE,
    SEQUENCE_FILE,
    BadFolder,
    BroadcastFolder,
    Campaign,
)
from newsletter.campaigns.models import CampaignDraft, DraftRevision
from newsletter.db import insert_new
from newsletter.errors import NotFound, Refused


class EditedMeanwhile(Refused):
    """Somebody saved another wording since this one was opened. `draft` is theirs; nothing was written over."""

    def __init__(self, draft: CampaignDraft) -> None:
        self.draft = draft
        super().__init__("this was changed elsewhere meanwhile; look at both before one of them is kept")


class UsedMeanwhile(Refused):
    """The draft that somebody wrote on waits no more: it was used, or let go."""

    def __init__(self) -> None:
        super().__init__("this draft was used or let go meanwhile; open it again to see what is live")


@dataclass
class Papers:
    """A folder on the desk, open for writing: its table as TOML would read it, and the bodies by file name."""

    kind: str
    table: dict[str, Any]
    bodies: dict[str, str] = field(default_factory=dict)

    @property
    def letters(self) -> list[dict[str, Any]]:
        """The table of each letter: of a newsletter its own, of a sequence one per step."""
        return [self.table] if self.kind == BROADCAST_FILE else self.table.setdefault("step", [])

    def letter(self, key: str | None) -> dict[str, Any]:
        """The table of one letter, None for a newsletter's only one; raises NotFound."""
        for each in self.letters:
            if self.kind == BROADCAST_FILE or each.get("key") == key:
                return each
        raise NotFound(f"there is no letter “{key!s:.80}” here")

    def body(self, key: str | None) -> str:
        """The words of one letter as they were typed."""
        return self.bodies.get(self.letter(key).get("file", ""), "")

    def write(self, key: str | None, *, subject: str, preview_text: str, body: str) -> None:
        """Put down one letter's words. A text part of its own would tell the old ones: it goes."""
        letter = self.letter(key)
        letter["subject"], letter["preview_text"] = subject, preview_text
        if self.kind != BROADCAST_FILE and not preview_text.strip():
            del letter["preview_text"]  # a step may go without, and then has no such key
        if [each.get("file") for each in self.letters].count(letter["file"]) > 1:
            # The other letter keeps its words.
            letter["file"] = f"{key}-alone{PurePath(letter['file']).suffix}"
        if body != self.bodies.get(letter["file"]):
            self.bodies.pop(beside(letter["file"]), None)
        self.bodies[letter["file"]] = body

    @property
    def files(self) -> dict[str, str]:
        """The folder: name -> text."""
        return {self.kind: writing.spelled(self.table)} | self.bodies


def read(draft: CampaignDraft | DraftRevision) -> Papers:
    """The papers of a draft, or of what it said once. Raises BadFolder for a table that is no TOML."""
    files = dict(draft.files)
    kind = BROADCAST_FILE if BROADCAST_FILE in files else SEQUENCE_FILE
    try:
        return Papers(kind, tomllib.loads(files.pop(kind, "")), files)
    except tomllib.TOMLDecodeError as broken:
        raise BadFolder([f"{draft.slug}/{kind}: {broken}"]) from broken


def open_draft(session: Session, slug: str) -> CampaignDraft | None:
    """The draft that waits for `slug`, if one does."""
    waits = (CampaignDraft.slug == slug, CampaignDraft.state == "open")
    return session.scalar(select(CampaignDraft).where(*waits))


def papers(session: Session, slug: str) -> tuple[Papers, CampaignDraft | None]:
    """What is on the desk for `slug`: its draft, else what is live with no draft beside it. Raises NotFound."""
    draft = open_draft(session, slug)
    if draft is not None:
        return read(draft), draft
    live = current.find(session, slug)
    if live is None:
        raise NotFound(f"there is no newsletter and no sequence “{slug:.80}”")
    return unfolded(live), None


def begin(session: Session, name: str, topic: str, staff_id: int, now: datetime) -> CampaignDraft:
    """A new newsletter, empty but for its name and topic. Raises Refused for a name that is none, or too long."""
    name = naming.named(name)
    table = {"name": name, "subject": "", "preview_text": "", "topic": topic, "file": "issue.md"}
    return put_anew(session, name, Papers(BROADCAST_FILE, table, {"issue.md": ""}), staff_id, now)


def duplicate(session: Session, slug: str, name: str, staff_id: int, now: datetime) -> CampaignDraft:
    """A newsletter with the words of another, under a name of its own. Raises NotFound, Refused."""
    copy, _ = papers(session, slug)
    if copy.kind != BROADCAST_FILE:
        raise Refused(f"“{slug}” is a sequence; a newsletter can be duplicated")
    copy.table["name"] = naming.named(name)
    return put_anew(session, name, copy, staff_id, now)


def save(
    session: Session,
    slug: str,
    revision: int,
    change: Callable[[Papers], None],
    staff_id: int,
    now: datetime,
    *,
    anew: bool = False,
) -> CampaignDraft:
    """Let `change` write on the papers of `slug`, and keep them whether or not they could be used; returns the draft.

    `revision` is that of the draft which the writer saw, 0 where there was none. What stood there stays a version, with
    `anew` also what she saved a moment ago. A change that changes nothing is no save. Raises EditedMeanwhile where the
    revision is another by now, NotFound, and whatever `change` raises; then nothing is kept.
    """
    draft = session.scalar(
        select(CampaignDraft)
        .where(CampaignDraft.slug == slug, CampaignDraft.state == "open")
        .with_for_update()
        .execution_options(populate_existing=True)  # as it is under the lock, not as it was read before
    )
    if draft is not None and draft.revision != revision:
        raise EditedMeanwhile(draft)
    if draft is None:
        if revision:
            raise UsedMeanwhile
        opened, _ = papers(session, slug)
        change(opened)
        return _put(session, slug, opened, staff_id, now)
    opened, stood = read(draft), Stood.of(draft)
    change(opened)
    if opened.files == draft.files:
        return draft
    draft.files, draft.revision = opened.files, draft.revision + 1
    draft.origin, draft.edited_at, draft.edited_by = "studio", now, staff_id
    revisions.note(session, draft, stood, staff_id, now, anew=anew)
    return draft


def mistakes(session: Session, draft: CampaignDraft) -> tuple[str, ...]:
    """What keeps a draft from being used, a line each; empty when it can be."""
    try:
        proofreading.proofread(session, [drafts.read(draft)])
    except BadFolder as bad:
        return tuple(bad.problems)
    return ()


def unfolded(campaign: Campaign) -> Papers:
    """Pure: what is live, as papers: what an export would write."""
    files = writing.files(campaign)
    kind = BROADCAST_FILE if isinstance(campaign, BroadcastFolder) else SEQUENCE_FILE
    return Papers(kind, tomllib.loads(files.pop(kind)), files)


def put_anew(session: Session, name: str, what: Papers, staff_id: int, now: datetime) -> CampaignDraft:
    """Under a slug that is still free: two may begin at the same moment."""
    while True:
        with suppress(EditedMeanwhile):
            return _put(session, naming.free_slug(session, name), what, staff_id, now)


def _put(session: Session, slug: str, what: Papers, staff_id: int, now: datetime) -> CampaignDraft:
    """A first draft, unless another came at the same moment: then that one is what was edited meanwhile."""
    # The digest changes with every word; what came from outside is told apart by it.
    row = {"slug": slug, "origin": "studio", "files": what.files, "digest": "", "created_at": now}
    new = insert_new(session, CampaignDraft, [row | {"edited_at": now, "edited_by": staff_id}])
    draft = session.get(CampaignDraft, new[0]) if new else open_draft(session, slug)
    if draft is None:
        raise UsedMeanwhile
    if not new:
        raise EditedMeanwhile(draft)
    revisions.note(session, draft, None, staff_id, now)
    return draft
