"""“Write this e-mail as HTML”: what was typed is kept, and the letter is its own source from then on."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.campaigns.desk import as_html
from newsletter.errors import Refused
from newsletter.web.access import WRITES, changes, me
from newsletter.web.studio.writing import page as writing
from newsletter.web.studio.writing.sheets import Looking, Sheet
from newsletter.web.transaction import house

DONE = "This letter is HTML source now. What it was before stands under Versions."


@changes(roles=WRITES)
def turn(session: Session, slug: str, key: str | None = None) -> ResponseReturnValue:
    """Keep what was typed, and turn the letter into HTML; 400 with the page where its Markdown is not ready for it."""
    return writing.after_keeping(session, slug, key, _turn)


def _turn(session: Session, sheet: Sheet, look: Looking, told: Mapping[str, str]) -> ResponseReturnValue:
    try:
        as_html.turn(session, sheet.slug, sheet.key, sheet.revision, me().id, house().clock.now())
    except Refused as problem:
        return writing.page(session, sheet, look, wrong={**told, "body": problem.line})
    flash(DONE)
    return redirect(sheet.url("write", **look.query), 303)
