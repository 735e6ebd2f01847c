"""The e-mail itself, for the frame beside its words: as it is kept now, behind walls that no script gets through."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.content.previewing import Preview
from newsletter.web.access import WRITES, reads
from newsletter.web.studio.practice import letters
from newsletter.web.studio.practice.inbox import FRAME_POLICY
from newsletter.web.studio.writing import sheets

POLICY = {"Content-Security-Policy": FRAME_POLICY}


@reads(roles=WRITES)
def show(session: Session, slug: str, key: str | None = None) -> ResponseReturnValue:
    """As HTML, light or dark, or as its text part; for whom the address says."""
    look = sheets.looking(session)
    glance = sheets.at_a_glance(session, sheets.find(session, slug, key), look)
    return framed(glance.seen, glance.mistakes, text=look.view == "text", dark=look.dark), 200, POLICY


def framed(seen: Preview | None, mistakes: tuple[str, ...], *, text: bool, dark: bool) -> str:
    """The document for the frame; a letter that cannot be shown yet says why in its place."""
    if seen is None or text:
        return render_template("studio/letter_words.html", seen=seen, mistakes=mistakes, dark=dark)
    return letters.framed(seen.html, dark=dark)
