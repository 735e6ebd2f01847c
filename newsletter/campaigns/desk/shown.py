"""Where pictures are shown: in wording that is live, and in drafts on the desk. Reads only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.campaigns.filing.folders import BROADCAST_FILE
from newsletter.campaigns.models import Broadcast, CampaignDraft, Sequence
from newsletter.content.models import Email, Version
from newsletter.content.pictures import ADDRESS

OURS = "/media/"


class Place(NamedTuple):
    """A newsletter or a sequence, with its name, that shows a picture; `draft` where those words are not in use yet."""

    slug: str
    name: str
    is_sequence: bool
    draft: bool


def places(session: Session) -> dict[str, Counter[Place]]:
    """For the digest of each picture that is shown somewhere: where, and in how many letters there."""
    names = _names(session)
    found: dict[str, Counter[Place]] = {}
    for slug, is_sequence, draft, text in (*_live(session), *_drafts(session)):
        for digest in {match[1] for match in ADDRESS.finditer(text)}:
            place = Place(slug, names.get(slug, slug), is_sequence, draft)
            found.setdefault(digest, Counter())[place] += 1
    return found


def _names(session: Session) -> dict[str, str]:
    both = (select(Sequence.slug, Sequence.name), select(Broadcast.slug, Broadcast.name))
    return {slug: name for one in both for slug, name in session.execute(one)}


def _live(session: Session) -> Iterator[tuple[str, bool, bool, str]]:
    rows = (
        select(Email.slug, Version.html)
        .join(Version, Version.id == Email.live_version_id)
        .where(Version.html.contains(OURS))
        .order_by(Email.slug)
    )
    for letter, html in session.execute(rows):
        slug, _, key = letter.partition("/")
        yield slug, bool(key), False, html


def _drafts(session: Session) -> Iterator[tuple[str, bool, bool, str]]:
    rows = select(CampaignDraft.slug, CampaignDraft.files).where(CampaignDraft.state == "open")
    for slug, files in session.execute(rows.order_by(CampaignDraft.slug)):
        for text in files.values():
            if isinstance(text, str) and OURS in text:
                yield slug, BROADCAST_FILE not in files, True, text
