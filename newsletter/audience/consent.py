"""Append an act of consent; a withdrawal is one more row. Only retention and her own erasure ever take from one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter.audience import wordings
from newsletter.audience.models import Consent
from newsletter.audience.plaintext import plain
from newsletter.audience.wordings import Words


@dataclass(frozen=True)
class Evidence:
    """How an act reached us, and from where. `how` is a word such as form, confirm-page, one-click, staff.

    `shown` is the mark of the words that stood on her page, where it says so: it may have been open since yesterday.
    """

    how: str
    page: str | None = None
    ip: str | None = None
    user_agent: str | None = None
    shown: str = ""


def record(  # noqa: PLR0913, PLR0917  (an act of consent is who, what, how, when and in which words)
    session: Session,
    subscriber_id: int,
    act: str,
    topics: Iterable[str],
    evidence: Evidence,
    now: datetime,
    words: Words | None = None,
    stream: str = "marketing",
) -> None:
    """Write one act (`requested`, `confirmed` or `withdrawn`) about these topic slugs.

    `words` are those on the page now; where `evidence` says that she read earlier ones, those are kept with the act.
    """
    if words and evidence.shown and evidence.shown != words.mark:
        words = wordings.shown(session, words.name, evidence.shown) or words
    wording = words and wordings.keep(session, words.name, words.text, now)
    session.add(
        Consent(
            subscriber_id=subscriber_id,
            act=act,
            stream=stream,
            topics=sorted(topics),
            wording_id=wording and wording.id,
            how=plain(evidence.how, 40) or "unknown",
            page=plain(evidence.page, 200),
            ip=plain(evidence.ip, 45),
            user_agent=plain(evidence.user_agent, 300),
            at=now,
        )
    )
    session.flush()
