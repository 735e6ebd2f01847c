"""Who ended all letters, and at which one: the last that she got, if she left within WITHIN of it. Reads only.

The link that she left by names her and her mailbox, not the letter, so this is as near as one gets.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from newsletter.audience.models import Consent, Subscription
from newsletter.delivery.models import Delivery

WITHIN = timedelta(days=3)
# In the words of their indexes: of values bound later SQLite does not know whether they cover them.
WITHDRAWN = text("consents.act = 'withdrawn' AND consents.stream = 'marketing'")
MAILED = text("deliveries.state = 'sent' AND deliveries.stream = 'marketing'")
MAILED_EARLIER = text("earlier.state = 'sent' AND earlier.stream = 'marketing'")

Key = tuple[str, str | None]
"""Campaign and step; the step of a newsletter is None."""


class Left(NamedTuple):
    """Somebody ended all letters soon after this one: when, and by which way."""

    key: Key
    person_id: int
    at: datetime
    how: str


def leavers(session: Session, campaigns: Collection[str], now: datetime) -> list[Left]:
    """Who ended all letters soon after one of these, in order; each person once for a letter.

    It begins with those who left, for they are few beside the e-mails.
    """
    # An expression, which no index knows: SQLite would begin with every e-mail of these campaigns.
    asked_for = func.coalesce(Delivery.campaign, "").in_(campaigns)
    got = and_(Delivery.person_id == Consent.subscriber_id, MAILED, Delivery.sent_at == _last_letter())
    rows = session.execute(
        select(
            Delivery.campaign, Delivery.step, Delivery.sent_at, Consent.subscriber_id, Consent.at, Consent.how
        )
        .join(Delivery, got)
        .where(WITHDRAWN, Consent.at <= now, ~_still_hears(), asked_for)
        .order_by(Consent.at, Consent.id)
    )
    soon = {
        ((campaign or "", step), person_id): (at, how)
        for campaign, step, sent_at, person_id, at, how in rows
        if sent_at and at - sent_at <= WITHIN
    }
    return [Left(*who, *act) for who, act in soon.items()]


def _still_hears() -> ColumnElement[bool]:
    """Whether a subscription of hers outlived this act."""
    after = or_(Subscription.state == "confirmed", Subscription.ended_at > Consent.at)
    hers = Subscription.subscriber_id == Consent.subscriber_id
    return exists().where(and_(hers, Subscription.confirmed_at <= Consent.at, after))


def _last_letter() -> ScalarSelect[datetime | None]:
    """When the last letter before this act went to her: that one was the last that she read."""
    earlier = aliased(Delivery, name="earlier")
    hers = earlier.person_id == Consent.subscriber_id
    went = func.max(earlier.sent_at)
    return select(went).where(hers, MAILED_EARLIER, earlier.sent_at <= Consent.at).scalar_subquery()
