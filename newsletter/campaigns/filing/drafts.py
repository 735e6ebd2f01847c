"""Campaign folders that wait to be used: kept whole, and nothing that people get changes before somebody says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from newsletter.campaigns.filing import files, placing
from newsletter.campaigns.filing.bodies import KeptFolder
from newsletter.campaigns.filing.folders import Campaign, SequenceFolder
from newsletter.campaigns.models import CampaignDraft
from newsletter.db import insert_new
from newsletter.errors import NotFound, Refused

Origin = Literal["import", "starter", "studio"]


def keep(session: Session, folder: Campaign, origin: Origin, now: datetime) -> bool:
    """Let a folder wait, in place of whatever waits for its campaign; returns whether something had to make room.

    One that was kept before is open again. A starter's draft that makes room for an import is forgotten, so that it is
    offered again when that is over. Raises Refused where another process keeps one at the same moment.
    """
    draft = session.scalar(select(CampaignDraft).where(*_kept(folder)).with_for_update()) or CampaignDraft(
        slug=folder.slug, digest=folder.digest
    )
    other = _open(session, folder.slug, lock=True)
    displaced = other is not None and other is not draft
    try:
        if displaced and other:
            _make_room(session, other, origin, now)
        draft.origin, draft.files, draft.state = origin, dict(folder.files), "open"
        draft.edited_at = draft.edited_by = None
        draft.created_at, draft.ended_at = now, None
        session.add(draft)
        session.flush()
    except IntegrityError as too_late:
        raise Refused(f"another draft of “{folder.slug}” came at the same moment; try again") from too_late
    return displaced


def note(session: Session, folder: Campaign, now: datetime) -> None:
    """Remember a starter's folder that is what people get already, so that it is never offered."""
    row = {"slug": folder.slug, "digest": folder.digest, "files": dict(folder.files)}
    ended = {"origin": "starter", "state": "used", "created_at": now, "ended_at": now}
    insert_new(session, CampaignDraft, [row | ended])


def is_known(session: Session, folder: Campaign) -> bool:
    """Whether a folder with these contents waits, or was used or discarded before."""
    return session.scalar(select(CampaignDraft.id).where(*_kept(folder))) is not None


def waiting(session: Session) -> Sequence[CampaignDraft]:
    """Every draft that waits, by slug."""
    return session.scalars(
        select(CampaignDraft).where(CampaignDraft.state == "open").order_by(CampaignDraft.slug)
    ).all()


def origins(session: Session) -> dict[str, str]:
    """Slug -> where the draft that waits for it comes from: `import`, `starter` or `studio`."""
    rows = select(CampaignDraft.slug, CampaignDraft.origin).where(CampaignDraft.state == "open")
    return dict(session.execute(rows).all())


def find(session: Session, slug: str, *, lock: bool = False) -> CampaignDraft:
    """The draft that waits for `slug`; with `lock` it is ours until the transaction ends.

    Raises NotFound, naming those there are.
    """
    draft = _open(session, slug, lock=lock)
    if draft is None:
        names = ", ".join(each.slug for each in waiting(session)) or "none"
        raise NotFound(f"no draft of “{slug:.80}” waits; there waits: {names}")
    return draft


def read(draft: CampaignDraft) -> Campaign:
    """What a draft says; raises BadFolder where this version reads campaign files otherwise than that which kept it."""
    return files.read(KeptFolder(draft.slug, draft.files))


def use(
    session: Session,
    slug: str,
    now: datetime,
    seen: tuple[int, int] | None = None,
    *,
    new_people_only: bool = False,
) -> Campaign:
    """Make the draft live; returns what it says. Of two at once one wins.

    `seen` is the id and the revision of the draft that somebody looked at: another that came meanwhile, or another
    wording, is refused, as is all that `placing` refuses. `new_people_only` as there, for a sequence.
    """
    draft = find(session, slug, lock=True)
    if seen not in (None, (draft.id, draft.revision)):
        raise Refused(
            f"another draft of “{slug}” came meanwhile; look at it: newsletter campaigns use {slug}"
        )
    folder = read(draft)
    if isinstance(folder, SequenceFolder):
        placing.place_sequence(session, folder, now, new_people_only=new_people_only)
    else:
        placing.place_issue(session, folder, now)
    draft.state, draft.ended_at = "used", now
    return folder


def discard(session: Session, slug: str, now: datetime) -> None:
    """Let the draft go; nothing that people get has changed. Raises NotFound."""
    draft = find(session, slug, lock=True)
    draft.state, draft.ended_at = "discarded", now


def _kept(folder: Campaign) -> tuple[ColumnElement[bool], ...]:
    """The draft with these contents that came from outside; what the studio writes changes while it is written."""
    same = (CampaignDraft.slug == folder.slug, CampaignDraft.digest == folder.digest)
    return *same, CampaignDraft.origin != "studio"


def _open(session: Session, slug: str, *, lock: bool) -> CampaignDraft | None:
    which = select(CampaignDraft).where(CampaignDraft.slug == slug, CampaignDraft.state == "open")
    return session.scalar(which.with_for_update() if lock else which)


def _make_room(session: Session, other: CampaignDraft, origin: Origin, now: datetime) -> None:
    if origin != "starter" and other.origin == "starter":
        session.delete(other)
    else:
        other.state, other.ended_at = "discarded", now
    session.flush()  # before the next one is open: at most one is
