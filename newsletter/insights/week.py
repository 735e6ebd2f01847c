"""Who came and who left in the last seven days, and in the seven before; numbers only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import Session

from newsletter.audience.models import Consent, Subscriber, Subscription

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Pair:
    """A number of the last seven days, and that of the seven before."""

    now: int = 0
    before: int = 0


@dataclass(frozen=True)
class Week:
    """People, each once. `sources` says where who joined came from, as forms and lists call themselves."""

    joined: Pair
    left: Pair
    sources: dict[str, Pair]


def read(session: Session, now: datetime) -> Week:
    """Two statements. Joined: heard nothing before she confirmed. Left: hears nothing after she withdrew."""
    sources = _by_source(session, now)
    joined = Pair(sum(each.now for each in sources.values()), sum(each.before for each in sources.values()))
    return Week(joined, _left(session, now), sources)


def _by_source(session: Session, now: datetime) -> dict[str, Pair]:
    """Source -> how many joined from there, most first."""
    heard = _holds(Subscription.confirmed_at < Consent.at, _until_after(Subscription.ended_at >= Consent.at))
    rows = session.execute(
        select(Subscriber.source, *_pair(now))
        .join(Consent, Consent.subscriber_id == Subscriber.id)
        .where(*_acts("confirmed", now), ~heard)
        .group_by(Subscriber.source)
    )
    found = {source: Pair(this, last) for source, this, last in rows}
    return dict(sorted(found.items(), key=lambda each: (-each[1].now, -each[1].before, each[0])))


def _left(session: Session, now: datetime) -> Pair:
    heard = _holds(Subscription.confirmed_at <= Consent.at)
    hears = _holds(Subscription.confirmed_at <= Consent.at, _until_after(Subscription.ended_at > Consent.at))
    gone = select(*_pair(now)).where(*_acts("withdrawn", now), heard, ~hears)
    return Pair(*session.execute(gone).one())


def _acts(act: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Consent.act == act, Consent.stream == "marketing", Consent.at > now - 2 * WEEK, Consent.at <= now


def _pair(now: datetime) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """How many people this week, how many the week before."""
    recent = Consent.at > now - WEEK
    this = func.count(case((recent, Consent.subscriber_id)).distinct())
    return this, func.count(case((~recent, Consent.subscriber_id)).distinct())


def _holds(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether she has such a subscription."""
    return exists().where(Subscription.subscriber_id == Consent.subscriber_id, *which)


def _until_after(ended: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(Subscription.state == "confirmed", ended)
