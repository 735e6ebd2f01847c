"""One letter on the desk: the words that somebody typed, kept as she typed them, over nobody else's unseen."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import PurePath

from sqlalchemy.orm import Session

from newsletter.campaigns.desk import drafting
from newsletter.campaigns.desk.drafting import EditedMeanwhile, Papers
from newsletter.campaigns.filing.bodies import beside
from newsletter.campaigns.models import CampaignDraft
from newsletter.content.compiling import Source

# C0 but tab and newline, DEL, C1, and halves of characters: nobody sees them, and no letter can carry them.
UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class Words:
    """What one letter says."""

    subject: str
    preview_text: str
    body: str

    @property
    def mark(self) -> str:
        """Tells two wordings apart: sixteen hexadecimal digits."""
        says = json.dumps([self.subject, self.preview_text, self.body])
        return sha256(says.encode()).hexdigest()[:16]

    def put_on(self, papers: Papers, key: str | None) -> None:
        """Write them on the letter `key`; raises NotFound."""
        papers.write(key, subject=self.subject, preview_text=self.preview_text, body=self.body)


@dataclass(frozen=True)
class Seen:
    """What a writer had before her: the draft's revision (0: none), and the mark of the letter's words."""

    revision: int
    mark: str


def typed(**fields: str) -> tuple[Words, dict[str, str]]:
    """Pure: what came out of a form, and a sentence for each field that held characters which nobody can see.

    Those become spaces; lines of the body end in a newline, whatever the browser sent, the other two are one line.
    """
    body = re.sub(r"\r\n?", "\n", fields["body"])
    lines = {name: re.sub(r"[\t\r\n]+", " ", fields[name]) for name in ("subject", "preview_text")}
    told = {name: _told(text) for name, text in (lines | {"body": body}).items() if UNSEEN.search(text)}
    clean = {name: UNSEEN.sub(" ", text) for name, text in (lines | {"body": body}).items()}
    return Words(**clean), told


def of(papers: Papers, key: str | None) -> Words:
    """The words of one letter; raises NotFound."""
    letter = papers.letter(key)
    return Words(str(letter.get("subject", "")), str(letter.get("preview_text", "")), papers.body(key))


def source(papers: Papers, key: str | None) -> Source:
    """The letter as content compiles it, finished or not; raises NotFound."""
    words, file = of(papers, key), str(papers.letter(key).get("file", ""))
    return Source(
        subject=words.subject,
        preview_text=words.preview_text,
        body=words.body,
        format="html" if PurePath(file).suffix == ".html" else "markdown",
        text=papers.bodies.get(beside(file)) if file else None,
    )


def keep(  # noqa: PLR0917  (whose words, where, over what she saw, by whom and when)
    session: Session, slug: str, key: str | None, mine: Words, seen: Seen, staff_id: int, now: datetime
) -> CampaignDraft | None:
    """Keep `mine`; returns the draft, None where nothing differs from what is live.

    Somebody who worked on another letter of the same sequence meanwhile, or whose answer got lost and who saves the
    same again, is no conflict. Raises EditedMeanwhile where this letter's words are neither those she saw nor hers,
    UsedMeanwhile where the draft is gone, NotFound.
    """
    papers, draft = drafting.papers(session, slug)
    if of(papers, key) == mine and (draft is not None or not seen.revision):
        return draft

    def write(opened: Papers) -> None:
        mine.put_on(opened, key)

    try:
        return drafting.save(session, slug, seen.revision, write, staff_id, now)
    except EditedMeanwhile as other:
        theirs = of(drafting.read(other.draft), key)
        if theirs.mark not in {seen.mark, mine.mark}:
            raise
        return drafting.save(session, slug, other.draft.revision, write, staff_id, now)


def _told(text: str) -> str:
    found = UNSEEN.search(text)
    line = text.count("\n", 0, found.start()) + 1 if found else 1
    code = f"U+{ord(found[0]):04X}" if found else ""
    return f"a character that nobody can see ({code}, line {line}) was taken out"
