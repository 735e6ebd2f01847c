"""Every wording that a letter had: what people got and what was written on the desk. Any one of them can come back."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import PurePath
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.campaigns.desk import drafting, penned, revisions
from newsletter.campaigns.desk.drafting import Papers
from newsletter.campaigns.desk.penned import Words
from newsletter.campaigns.filing.bodies import beside
from newsletter.campaigns.filing.current import SUFFIXES
from newsletter.campaigns.models import CampaignDraft, DraftRevision
from newsletter.content.compiling import Source
from newsletter.content.models import Email, Version
from newsletter.errors import NotFound, Refused

Kind = Literal["live", "was-live", "draft", "came"]
PUBLISHED = frozenset({"live", "was-live"})


@dataclass(frozen=True)
class Past:
    """One wording. `which` names it in an address.

    One that is or was `live` held from `began_at` until `ended_at`, None where it still holds; a `draft` was written
    from the one to the other by the colleague `by`; what `came` in a folder nobody here wrote.
    """

    which: str
    kind: Kind
    source: Source
    began_at: datetime
    ended_at: datetime | None
    by: int | None = None

    @property
    def words(self) -> Words:
        """What it says."""
        return Words(self.source.subject, self.source.preview_text, self.source.body)

    def says(self, papers: Papers, key: str | None) -> bool:
        """Whether the letter `key` says just this already; raises NotFound."""
        return penned.source(papers, key) == self.source

    def put_on(self, papers: Papers, key: str | None) -> None:
        """Let the letter `key` say this again, its text part with it; the rest of the folder stays. Raises NotFound."""
        letter = papers.letter(key)
        now = PurePath(letter["file"])
        then = now.with_suffix(f".{SUFFIXES[self.source.format]}")
        if then != now:
            letter["file"] = str(then)
            if str(now) not in [each.get("file") for each in papers.letters]:
                papers.bodies.pop(str(now), None)
        self.words.put_on(papers, key)
        papers.bodies.pop(beside(letter["file"]), None)
        if self.source.text is not None:
            papers.bodies[beside(letter["file"])] = self.source.text

    def on(self, papers: Papers, key: str | None) -> Papers:
        """The same papers, had this one come back; raises NotFound."""
        copy = deepcopy(papers)
        self.put_on(copy, key)
        return copy


def read(session: Session, slug: str, key: str | None) -> list[Past]:
    """The wordings of the letter `key` of `slug` (None: a newsletter's own), newest first.

    A sitting that left this letter as it was is none of its wordings.
    """
    rows = session.scalars(revisions.of(slug)).all()[::-1]
    every = [past for row in rows if (past := _of_sitting(row, key))] + _published(session, slug, key)
    # Sorting keeps the order of those that bear the same instant: what was used was written just before.
    return _changes(sorted(every, key=_since))[::-1]


def find(session: Session, slug: str, key: str | None, which: str) -> Past:
    """The wording that an address names; raises NotFound for one that is not kept, or is another letter's."""
    kind, _, number = which.partition("-")
    if number.isascii() and number.isdigit() and len(number) < 10:
        if kind == "draft":
            row = session.scalar(revisions.of(slug).where(DraftRevision.id == int(number)))
            found = [_of_sitting(row, key)] if row else []
        else:
            found = [each for each in _published(session, slug, key) if each.which == which]
        if found and found[0]:
            return found[0]
    raise NotFound("this version is not kept any more")


def bring_back(
    session: Session, slug: str, key: str | None, past: Past, *, revision: int, staff_id: int, now: datetime
) -> CampaignDraft:
    """Put `past` on the draft that was seen at `revision`; what stood there is a version too. Returns the draft.

    Raises Refused where the letter says that already, and what `drafting.save` raises.
    """
    papers, _ = drafting.papers(session, slug)
    if past.says(papers, key):
        raise Refused("the letter says just that already")
    return drafting.save(
        session, slug, revision, lambda opened: past.put_on(opened, key), staff_id, now, anew=True
    )


def _since(past: Past) -> datetime:
    return past.began_at if past.kind in PUBLISHED else past.ended_at or past.began_at


def _published(session: Session, slug: str, key: str | None) -> list[Past]:
    """What people got, oldest first: each held until the next came."""
    name = slug if key is None else f"{slug}/{key}"
    rows = session.execute(
        select(Version.id, Version.source, Version.created_at, Email.live_version_id)
        .join(Email, Email.id == Version.email_id)
        .where(Email.slug == name)
        .order_by(Version.id)
    ).all()
    every = [
        Past(
            f"live-{row.id}",
            "live" if row.id == row.live_version_id else "was-live",
            Source(**row.source),
            row.created_at,
            None,
        )
        for row in rows
    ]
    ended = [replace(one, ended_at=following.began_at) for one, following in pairwise(every)]
    return ended + every[-1:]


def _of_sitting(row: DraftRevision, key: str | None) -> Past | None:
    """What the letter said at the end of a sitting; None where it was not there yet, or not any more."""
    papers = drafting.read(row)
    try:
        source = penned.source(papers, key)
    except NotFound:
        return None
    came = row.revision == revisions.AS_IT_CAME
    return Past(
        f"draft-{row.id}",
        "came" if came else "draft",
        source,
        row.began_at,
        row.saved_at,
        None if came else row.saved_by,
    )


def _changes(every: list[Past]) -> list[Past]:
    """Of wordings, oldest first, what people got, and what was written and is not what the one before said."""
    pairs = zip([None, *every], every, strict=False)
    return [
        past
        for before, past in pairs
        if past.kind in PUBLISHED or before is None or before.source != past.source
    ]
