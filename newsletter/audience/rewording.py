"""The clinic says what people agree to in words of its own; and what was said when, and how many agreed to it.

Every text that was on a page is kept before it changes, also if nobody has agreed to it yet: somebody may have the page
open, and agrees to what she reads there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter import stored
from newsletter.audience import wordings
from newsletter.audience.models import Consent, Form, Wording
from newsletter.audience.plaintext import plain
from newsletter.audience.wordings import OURS, STORED, Parts, Words
from newsletter.errors import NotFound, Refused

LONGEST = 400
FORM_PARTS = ("heading", "promise", "question", "button")
"""What a form may say in its own words. `question` is asked where people choose topics on the form itself."""


class NothingSaid(Refused):
    """Parts that say nothing, or too much; `wrong` names them."""

    def __init__(self, wrong: Mapping[str, str]) -> None:
        self.wrong = dict(wrong)
        super().__init__("; ".join(self.wrong.values()))


@dataclass(frozen=True)
class Version:
    """One text as it was kept, when it was first, and how many people agreed to it."""

    words: Words
    first_at: datetime
    agreed: int


def cleaned(parts: Mapping[str, str | None], names: Iterable[str]) -> Parts:
    """Pure: those parts, each on one line; what is not there is empty."""
    return {name: plain(parts.get(name), LONGEST + 1) or "" for name in names}


def say(session: Session, name: str, parts: Mapping[str, str], by: int, now: datetime) -> bool:
    """Say the text `name` in these words from now on; returns whether that is news. `now` is the story's time.

    Raises NothingSaid for a part that is empty or longer than LONGEST, NotFound for a text that is none of ours.
    """
    ours = _ours(name)
    fresh = cleaned(parts, ours)
    wrong = {
        part: f"1 to {LONGEST} characters" for part, text in fresh.items() if not 1 <= len(text) <= LONGEST
    }
    if wrong:
        raise NothingSaid(wrong)
    kept = stored.get(session, STORED)
    if fresh == wordings.said(kept)[name]:
        return False
    keep_all(session, now)
    otherwise = {part: text for part, text in fresh.items() if text != ours[part]}
    stored.put(session, STORED, kept | {name: {"parts": otherwise, "since": now.isoformat()}}, by, now)
    keep_all(session, now)
    return True


def ours_again(session: Session, name: str, by: int, now: datetime) -> bool:
    """Say it in our words; returns whether that is news. Raises NotFound."""
    return say(session, name, _ours(name), by, now)


def since(session: Session) -> dict[str, datetime]:
    """Since when each text that was ever changed is said as it is."""
    kept = stored.get(session, STORED)
    return {name: datetime.fromisoformat(said["since"]) for name, said in kept.items() if name in OURS}


def keep_all(session: Session, now: datetime) -> None:
    """Keep every text that pages show now, those of the forms too."""
    texts = wordings.said(stored.get(session, STORED))
    for name, parts in texts.items():
        _keep(session, wordings.joined(name, parts), now)
    for form in session.scalars(select(Form)):
        _keep(session, of_form(texts["sign-up"], form), now)


def parts_of_form(sign_up: Parts, own: Mapping[str, str]) -> Parts:
    """Pure: what a form prints: its own words, and those of the sign-up page where it has none."""
    mine = {part: own[part] for part in FORM_PARTS if own.get(part)}
    words = sign_up | mine
    order = ("heading", "promise", "question", "button", "terms")
    return {part: words[part] for part in order if words.get(part)}


def of_form(sign_up: Parts, form: Form) -> Words:
    """Pure: the text that people agree to by this form. It is a sign-up in other words, so it has the same name."""
    return wordings.joined("sign-up", parts_of_form(sign_up, form.words))


def versions(session: Session) -> dict[str, list[Version]]:
    """Every kept text of ours, by name, the newest first."""
    agreed = dict(
        session.execute(
            select(Consent.wording_id, func.count(Consent.subscriber_id.distinct()))
            .where(Consent.wording_id.is_not(None), Consent.act != "withdrawn")
            .group_by(Consent.wording_id)
        ).all()
    )
    found: dict[str, list[Version]] = {name: [] for name in OURS}
    for row in session.scalars(select(Wording).where(Wording.name.in_(OURS)).order_by(Wording.id.desc())):
        found[row.name].append(Version(Words(row.name, row.text), row.created_at, agreed.get(row.id, 0)))
    return found


def _keep(session: Session, words: Words, now: datetime) -> None:
    wordings.keep(session, words.name, words.text, now)


def _ours(name: str) -> Parts:
    if name not in OURS:
        raise NotFound(f"there is no text “{name:.40}”; there are {', '.join(OURS)}")
    return OURS[name]
