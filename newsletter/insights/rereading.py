"""A letter that was sent, as its reader read it: the same version, filled with what was kept of it. Reads only.

Links that are keys to her pages lead to a page that says so: whoever looks over her shoulder must not press them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from newsletter import bookmarks
from newsletter.content.account import account_letter
from newsletter.content.compiling import Compiled
from newsletter.content.filling import Parsed, Rendered
from newsletter.content.models import Version
from newsletter.delivery import retention
from newsletter.delivery.models import Delivery
from newsletter.errors import NotFound, Refused


@dataclass(frozen=True)
class Reread:
    """`seen` is None where it cannot be shown any more; `forgotten`: what was filled in is gone by now."""

    seen: Rendered | None
    forgotten: bool


def reread(session: Session, sent: Delivery, everybody: Mapping[str, Any]) -> Reread:
    """The letter, with `everybody` for what was not frozen with it: the clinic's facts, and links to nowhere."""
    forgotten = sent.id <= bookmarks.read(session, retention.BODIES)
    nowhere = everybody["preferences_url"]
    kept = {name: nowhere if name.endswith("_url") else value for name, value in sent.fields.items()}
    try:
        return Reread(Parsed.of(_found(session, sent.letter)).fill({**everybody, **kept}), forgotten)
    except Refused:
        return Reread(None, forgotten)


def _found(session: Session, letter: str) -> Version | Compiled:
    kind, _, name = letter.partition(":")
    if kind == "mail":
        return account_letter(name)
    version = session.get(Version, int(name)) if name.isdecimal() else None
    if version is None:
        raise NotFound(f"{letter[:60]} is not in this database")
    return version
