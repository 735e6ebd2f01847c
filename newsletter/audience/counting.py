"""Who agreed that her opens and clicks are counted by person; everybody else is a number in a total.

A yes is an act of consent in the stream `counting`, apart from what she subscribed to, and so is taking it back, which
forgets what was counted. Leaving the list changes nothing here: nothing is sent any more, so nothing is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience import consent, locking, wordings
from newsletter.audience.consent import Evidence
from newsletter.audience.models import Subscriber
from newsletter.delivery import signs
from newsletter.delivery.models import Delivery

STREAM = "counting"

log = structlog.get_logger("newsletter.audience")


def agreed(session: Session, people: Sequence[int]) -> set[int]:
    """Those of `people` who agreed, in one statement."""
    return set(session.scalars(select(Subscriber.id).where(Subscriber.id.in_(people), Subscriber.counted)))


def choose(session: Session, subscriber_id: int, evidence: Evidence, now: datetime, *, yes: bool) -> bool:
    """Count her from now on, or never again and forget what was counted; returns whether that is news.

    Raises NotFound for a person who is gone.
    """
    person = locking.locked(session, subscriber_id)
    if person.counted == yes:
        return False
    person.counted = yes
    act, words = ("confirmed", wordings.in_use(session, "counting")) if yes else ("withdrawn", None)
    consent.record(session, subscriber_id, act, (), evidence, now, words, STREAM)
    if not yes:
        signs.forget(session, Delivery.person_id == subscriber_id)
    log.info("counting.chosen", subscriber=subscriber_id, yes=yes)
    return True
