"""A letter of Markdown becomes one of HTML and merge tags, for layouts that blocks do not have. No way leads back."""

from __future__ import annotations

from datetime import datetime
from pathlib import PurePath

from sqlalchemy.orm import Session

from newsletter.campaigns.desk import drafting, penned
from newsletter.campaigns.desk.drafting import Papers
from newsletter.campaigns.models import CampaignDraft
from newsletter.content.compiling import fragment_of
from newsletter.errors import Refused


def turn(
    session: Session, slug: str, key: str | None, revision: int, staff_id: int, now: datetime
) -> CampaignDraft:
    """Write the letter `key` as HTML from here on; what it was stays a version. Returns the draft.

    `revision` is that of the draft which the writer saw, 0 where there was none. Raises Refused for one that is HTML
    already, ContentRefused for Markdown that could not go out, and as `drafting.save` does.
    """
    return drafting.save(
        session, slug, revision, lambda papers: rewrite(papers, key), staff_id, now, anew=True
    )


def rewrite(papers: Papers, key: str | None) -> None:
    """Pure: put the HTML that the letter's Markdown becomes in its place, in a file of its own; as `turn` raises."""
    source = penned.source(papers, key)
    if source.format == "html":
        raise Refused("this letter is HTML source already")
    letter, words = papers.letter(key), fragment_of(source)
    was = PurePath(letter["file"])
    used = [each.get("file") for each in papers.letters].count(str(was))
    letter["file"] = _free(papers, was.stem)
    papers.bodies[letter["file"]] = words
    if used == 1:
        del papers.bodies[str(was)]


def _free(papers: Papers, stem: str) -> str:
    """A name that no other letter's words have; the plainest one, since a text part is found by it."""
    name, number = f"{stem}.html", 2
    while name in papers.bodies:
        name, number = f"{stem}-{number}.html", number + 1
    return name
