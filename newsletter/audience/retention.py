"""What is forgotten about people when its time is over, and who they are.

`before` is an aware instant of the story, `limit` the most rows of one transaction. This is the one place that takes
something out of an act of consent: from where it came, never who agreed to what, when, and in which words.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from newsletter.audience.models import Consent, Subscriber, Subscription

TRACEABLE = or_(Consent.ip.is_not(None), Consent.user_agent.is_not(None))


def any_traces(session: Session, before: datetime) -> bool:
    """Whether `forget_traces` has something to do."""
    return session.scalar(_traced(before, 1)) is not None


def forget_traces(session: Session, before: datetime, limit: int) -> int:
    """Forget from which network address and browser acts before `before` came; returns how many acts."""
    ids = session.scalars(_traced(before, limit)).all()
    session.execute(update(Consent).where(Consent.id.in_(ids)).values(ip=None, user_agent=None))
    return len(ids)


def never_confirmed(
    session: Session, before: datetime, limit: int, among: Collection[int] | None = None
) -> dict[int, int]:
    """People who asked before `before`, for whatever they asked, and have never confirmed: person -> mailbox.

    Of `among` only, if given.
    """
    hers = Subscription.subscriber_id == Subscriber.id
    waits = (Subscription.state == "pending") & (Subscription.requested_at < before)
    rows = (
        select(Subscriber.id, Subscriber.mailbox_id)
        .where(
            select(Subscription.id).where(hers, waits).exists(),
            ~select(Subscription.id).where(hers, ~waits).exists(),
            ~select(Consent.id)
            .where(Consent.subscriber_id == Subscriber.id, Consent.act == "confirmed")
            .exists(),
            Subscriber.arrivals == 0,
        )
        .order_by(Subscriber.id)
        .limit(limit)
    )
    if among is None:  # by the index of what is pending, of which there is little
        asked = select(Subscription.subscriber_id).where(waits)
        rows = rows.where(Subscriber.id.in_(asked))
    else:
        rows = rows.where(Subscriber.id.in_(among))
    return {row.id: row.mailbox_id for row in session.execute(rows)}


def _traced(before: datetime, limit: int) -> Select[int]:
    return select(Consent.id).where(Consent.at < before, TRACEABLE).order_by(Consent.at).limit(limit)
