"""The words people agree to, exactly as the pages show them, each kept once.

Pages print these constants, so what is kept is what was read. A changed text is a new row; the old one stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

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


@dataclass(frozen=True)
class Words:
    """A text that somebody was shown, under a name that stays when the text changes."""

    name: str
    text: str


SIGN_UP = Words("sign-up", f"{HEADING}\n{PROMISE}\n{SEND_ME}\n{TERMS}")
CONFIRM = Words("confirm", f"{YES}\n{NOT_YOU}")
MOVE = Words("move", f"{MOVE_HERE}\n{NOT_YOU}")
PREFERENCES = Words("preferences", "Letters you would like")


def keep(session: Session, name: str, text: str, now: datetime) -> Wording:
    """The row for this text, made when it is new. The hash is over the text's UTF-8 bytes."""
    digest = sha256(text.encode()).hexdigest()
    insert_new(session, Wording, [{"name": name, "text": text, "sha256": digest, "created_at": now}])
    return session.scalars(select(Wording).where(Wording.name == name, Wording.sha256 == digest)).one()
