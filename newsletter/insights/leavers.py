"""Who ended all letters, and at which one: the last that she got, if she left within WITHIN of it. Reads only.

The link that she left by names her and her mailbox, not the letter, so this is as near as one gets.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from newsletter.audience.models import Consent, Subscription
from newsletter.delivery.models import Delivery

WITHIN = timedelta(days=3)

Key = tuple[str, str | None]
"""Campaign and step; the step of a newsletter is None."""


class Left(NamedTuple):
    """Somebody ended all letters soon after this one: when, and by which way."""

    key: Key
    person_id: int
    at: datetime
    how: str


def leavers(
    session: Session, campaigns: Collection[str], since: datetime | None, now: datetime
) -> list[Left]:
    """Who ended all letters soon after one of these, in order; each person once for a letter.

    `since` is when the first of these letters left; None where none did.
    """
    rows = session.execute(
        select(
            Delivery.campaign, Delivery.step, Delivery.sent_at, Consent.subscriber_id, Consent.at, Consent.how
        )
        .join(Consent, Consent.subscriber_id == Delivery.person_id)
        .where(
            Delivery.campaign.in_(campaigns),
            Delivery.state == "sent",
            Consent.act == "withdrawn",
            Consent.stream == "marketing",
            Consent.at.between(since or now, now),
            Consent.at >= Delivery.sent_at,
            ~_still_hears(),
            ~_got_another(),
        )
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


def _got_another() -> ColumnElement[bool]:
    """Whether another letter came between this one and her leaving: that one was the last that she read."""
    other = aliased(Delivery)
    hers = other.person_id == Delivery.person_id, other.stream == "marketing", other.state == "sent"
    return exists().where(*hers, other.sent_at > Delivery.sent_at, other.sent_at <= Consent.at)
