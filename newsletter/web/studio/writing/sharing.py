"""“Share for a look”: a link to the draft for somebody without a key to the studio."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.campaigns.desk import drafting
from newsletter.campaigns.desk.drafting import Papers
from newsletter.web.access import WRITES, changes, me
from newsletter.web.studio.writing import page as writing
from newsletter.web.studio.writing.sheets import Looking, Sheet
from newsletter.web.transaction import house

FOR_PATIENTS = "what patients read is not shared by a link; show it on your own screen"


@changes(roles=WRITES)
def share(session: Session, slug: str, key: str | None = None) -> ResponseReturnValue:
    """Keep what was typed, and show the link. A letter that nobody has changed becomes a draft first."""
    return writing.after_keeping(session, slug, key, _share)


def _share(session: Session, sheet: Sheet, look: Looking, told: Mapping[str, str]) -> ResponseReturnValue:
    if sheet.is_care:
        return writing.page(session, sheet, look, wrong={**told, "share": FOR_PATIENTS})
    if sheet.draft is None:
        drafting.save(session, sheet.slug, 0, _as_it_is, me().id, house().clock.now())
    return redirect(sheet.url("write", **look.query, shared=1), 303)


def _as_it_is(_papers: Papers) -> None:
    """Nothing is changed; that it is a draft now is what the link needs."""
