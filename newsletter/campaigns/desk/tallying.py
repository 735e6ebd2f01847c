"""What became of a newsletter's e-mails, numbers with words; reads only. Reasons of ours are told, never a server's."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from newsletter.campaigns.fates import SAYS
from newsletter.delivery.models import Delivery

OUR_REASONS = ("skipped", "canceled")  # what a mail server says may repeat an address


@dataclass(frozen=True)
class Line:
    """So many e-mails, and what became of them: 3, "not sent: not subscribed any more"."""

    number: int
    words: str


def lines(session: Session, slug: str) -> list[Line]:
    """Every e-mail of the newsletter under one line: those sent first, then by number."""
    reason = case((Delivery.state.in_(OUR_REASONS), Delivery.reason), else_=None)
    rows = session.execute(
        select(Delivery.state, reason, func.count())
        .where(Delivery.campaign == slug, Delivery.step.is_(None))
        .group_by(Delivery.state, reason)
    )
    numbers: Counter[str] = Counter()
    for state, why, number in rows:
        numbers[_words(state, why)] += number
    told = [Line(number, words) for words, number in numbers.items()]
    return sorted(told, key=lambda line: (line.words != SAYS["sent"], -line.number, line.words))


def _words(state: str, reason: str | None) -> str:
    # Of a break its own end is left out: by name of day it would tell who it is.
    why = (reason or "").partition(" until ")[0]
    return f"not sent: {why}" if why else SAYS[state]
