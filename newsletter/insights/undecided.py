"""E-mails that nobody knows about, and those that failed: gathered by what happened and by what they belong to.

A group is named by its kind and by `of`: a campaign, or "~" and the stream of those that belong to none. Reads only.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from newsletter.delivery import reviving
from newsletter.delivery.models import Attempt, Delivery, Mailbox
from newsletter.insights.needs import IN_TROUBLE, Campaign, campaigns

LOOKS_BACK = timedelta(days=30)
# What happened, the most pressing first: perhaps sent; refused for how we send; stopped by the program's own failures;
# a field that the letter prints and she has not; not to be written at all; refused; nobody lives there.
KINDS = ("unknown", "block", "poison", "missing", "unwritable", "failed", "gone")

OUR_WORDS = ("missing", "unwritable")


@dataclass(frozen=True)
class Group:
    """Some e-mails with one fate. `campaign` is None where they belong to none, `oldest` (UTC) when the first was due.

    `good` is how many of the `number` can go out again: still worth it, and their reader is here. `reason` is what we
    say of one that could not be written ("missing first_name"), else empty.
    """

    kind: str
    of: str
    campaign: Campaign | None
    stream: str
    number: int
    good: int
    oldest: datetime
    reason: str = ""


@dataclass(frozen=True)
class Fate:
    """One of them. `address` is empty for somebody who was erased; `at` is when it was due."""

    id: int
    address: str
    reason: str
    at: datetime


def groups(session: Session, streams: Collection[str], now: datetime) -> list[Group]:
    """Every group of thirty days in these streams, the most pressing first; in three statements."""
    every = _rows(streams, now).subquery()
    keys = (every.c.kind, every.c.campaign, every.c.stream)
    counted = session.execute(
        select(
            *keys,
            func.count().label("number"),
            func.sum(case((every.c.good, 1), else_=0)).label("good"),
            func.min(every.c.send_after).label("oldest"),
            func.min(case((every.c.kind.in_(OUR_WORDS), every.c.reason), else_="")).label("reason"),
        ).group_by(*keys)
    ).all()
    known = campaigns(session, {row.campaign for row in counted if row.campaign})
    found = [
        Group(
            kind=row.kind,
            of=row.campaign or f"~{row.stream}",
            campaign=known.get(row.campaign or ""),
            stream=row.stream,
            number=row.number,
            good=row.good,
            oldest=row.oldest,
            reason=row.reason or "",
        )
        for row in counted
    ]
    return sorted(found, key=lambda group: (KINDS.index(group.kind), group.oldest, group.of))


def find(session: Session, streams: Collection[str], kind: str, of: str, now: datetime) -> Group | None:
    """One group; None where nothing is in it, or not any more."""
    several = groups(session, streams, now)
    return next((each for each in several if (each.kind, each.of) == (kind, of)), None)


def fates(session: Session, streams: Collection[str], group: Group, now: datetime, limit: int) -> list[Fate]:
    """The newest `limit` e-mails of a group, with their addresses."""
    every = _rows(streams, now).subquery()
    rows = session.execute(
        select(Delivery.id, Mailbox.address, func.coalesce(Delivery.reason, ""), Delivery.send_after)
        .join(every, every.c.id == Delivery.id)
        .join(Mailbox, Mailbox.id == Delivery.mailbox_id)
        .where(*_in(every, group))
        .order_by(Delivery.id.desc())
        .limit(limit)
    )
    return [Fate(*row) for row in rows]


def ids(session: Session, streams: Collection[str], group: Group, now: datetime) -> list[int]:
    """The numbers of all e-mails of a group."""
    every = _rows(streams, now).subquery()
    return list(session.scalars(select(every.c.id).where(*_in(every, group))))


def _rows(streams: Collection[str], now: datetime) -> Select[*tuple[Any, ...]]:
    """What is in trouble, each with its kind; of a refusal the last word counts."""
    refusal = (
        select(func.coalesce(Attempt.verdict, "none"))
        .where(Attempt.delivery_id == Delivery.id, Attempt.outcome == "refused")
        .order_by(Attempt.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    kind = case(
        (Delivery.state != "failed", Delivery.state),
        (refusal.in_(("hard", "disabled")), "gone"),
        (refusal == "block", "block"),
        (refusal.is_not(None), "failed"),
        (Delivery.reason.startswith("missing "), "missing"),
        else_="unwritable",
    )
    rows: Select[*tuple[Any, ...]] = select(
        Delivery.id,
        Delivery.campaign,
        Delivery.stream,
        Delivery.send_after,
        Delivery.reason,
        kind.label("kind"),
        reviving.still_good(now).label("good"),
    )
    return rows.where(IN_TROUBLE, Delivery.send_after >= now - LOOKS_BACK, Delivery.stream.in_(streams))


def _in(every: Any, group: Group) -> tuple[ColumnElement[bool], ...]:
    campaign = every.c.campaign.is_(None) if group.of.startswith("~") else every.c.campaign == group.of
    return every.c.kind == group.kind, every.c.stream == group.stream, campaign
