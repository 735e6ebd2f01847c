"""The words people agree to, exactly as the pages show them, each kept once.

Ours stand here. The clinic may say it in other words (`rewording`); pages print what is said now, part by part, and
what is kept is what was read: a page that was opened before a change carries the mark of the words it shows. A changed
text is a new row; the old one stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import stored
from newsletter.audience.models import Wording
from newsletter.db import insert_new

HEADING = "Get updated with beauty resources, tips, and news"
PROMISE = (
    "Six short letters in three weeks, starting with microneedling: what to expect, and when. "
    "After that, about two a month."
)
TERMS = "We ask you to confirm first. Stop any time with one tap. We pass your address to nobody."
SEND_ME = "Send me the letters"
YES = "Yes, send me the letters"
MOVE_HERE = "Move my letters here"
NOT_YOU = "Not you? Close this page; nothing will be sent."
CHOOSE = "Letters you would like"
COUNT = "May we see whether you open and click? It helps us write better."

STORED = "wordings"
"""Under this name stands what the clinic says in other words (newsletter/stored)."""
MARK = 12

Parts = dict[str, str]
"""One text as a page prints it: part -> words, in the order in which they are read."""

OURS: Mapping[str, Parts] = {
    "sign-up": {"heading": HEADING, "promise": PROMISE, "button": SEND_ME, "terms": TERMS},
    "confirm": {"button": YES, "note": NOT_YOU},
    "preferences": {"heading": CHOOSE},
    "counting": {"question": COUNT},
    "move": {"button": MOVE_HERE, "note": NOT_YOU},
}


@dataclass(frozen=True)
class Words:
    """A text that somebody was shown, under a name that stays when the text changes."""

    name: str
    text: str

    @property
    def mark(self) -> str:
        """Tells one text from the next: twelve hexadecimal digits, six bytes of its hash."""
        return _digest(self.text)[:MARK]


def joined(name: str, parts: Mapping[str, str]) -> Words:
    """Pure: a text as it is kept: its parts, a line each, without those that say nothing."""
    return Words(name, "\n".join(filter(None, parts.values())))


SIGN_UP, CONFIRM, PREFERENCES, COUNTING, MOVE = (joined(name, parts) for name, parts in OURS.items())


def said(kept: Mapping[str, Any]) -> dict[str, Parts]:
    """Pure: every text in the words of now; `kept` is what the clinic says otherwise, by name and part."""
    return {name: parts | kept.get(name, {}).get("parts", {}) for name, parts in OURS.items()}


def in_use(session: Session, name: str) -> Words:
    """The text of this name as pages show it now."""
    return joined(name, said(stored.get(session, STORED))[name])


def shown(session: Session, name: str, mark: str) -> Words | None:
    """The text of this name that has this mark and was in use some time; None for no such text."""
    if len(mark) != MARK or not mark.isalnum():
        return None
    rows = select(Wording.text).where(Wording.name == name, Wording.sha256.startswith(mark))
    text = session.scalar(rows.order_by(Wording.id.desc()).limit(1))
    return None if text is None else Words(name, text)


def keep(session: Session, name: str, text: str, now: datetime) -> Wording:
    """The row for this text, made when it is new. The hash is over the text's UTF-8 bytes."""
    digest = _digest(text)
    insert_new(session, Wording, [{"name": name, "text": text, "sha256": digest, "created_at": now}])
    return session.scalars(select(Wording).where(Wording.name == name, Wording.sha256 == digest)).one()


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
