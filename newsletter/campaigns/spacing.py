"""Marketing letters to one reader stay two calendar days apart, and a sequence's letter yields to an issue.

It yields to a break and to the clinic's healing days in the same way: it keeps its hour and moves to a later day,
while it is still worth sending.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.audience.holds import Held
from newsletter.campaigns.localtime import at_local, first_allowed
from newsletter.campaigns.models import Broadcast
from newsletter.campaigns.planning import Planned
from newsletter.campaigns.spelling import EVERY_DAY
from newsletter.campaigns.timings import Day
from newsletter.delivery.models import OPEN, Delivery

APART = 2
CAME = ("sent", "unknown", *OPEN)


@dataclass(frozen=True)
class Other:
    """A marketing e-mail that a reader has had or is about to get: its name, and its moment (UTC).

    `local_day`, where given, is the day on which it comes in every zone.
    """

    name: str
    at: datetime
    local_day: date | None = None

    def day(self, zone: ZoneInfo) -> date:
        """The reader's calendar day."""
        return self.local_day or self.at.astimezone(zone).date()


@dataclass(frozen=True)
class Move:
    """A letter that yields: until when (UTC), or None where that would be too late to be useful; and why."""

    until: datetime | None
    reason: str


def others(
    session: Session, people: Collection[int], topics: Mapping[int, Iterable[str]], now: datetime
) -> dict[int, list[Other]]:
    """What else reaches these people around `now`: deliveries, and issues that are planned for one of their topics."""
    found: dict[int, list[Other]] = {person: [] for person in people}
    moment = func.coalesce(Delivery.sent_at, Delivery.send_after)
    rows = session.execute(
        select(Delivery.person_id, Delivery.campaign, moment).where(
            Delivery.person_id.in_(people),
            Delivery.stream == "marketing",
            Delivery.state.in_(CAME),
            moment > now - timedelta(days=APART + 1),
        )
    )
    for person, campaign, at in rows:
        found[person or 0].append(Other(campaign or "a letter", at))
    planned = session.scalars(select(Broadcast).where(Broadcast.state == "scheduled")).all()
    for person, theirs in found.items():
        theirs += [
            Other(issue.slug, issue.starts_at, issue.local_day)
            for issue in planned
            if issue.starts_at is not None and issue.topic in topics.get(person, ())
        ]
    return found


def yields(planned: Planned, others: Iterable[Other], zone: ZoneInfo, now: datetime) -> Move | None:
    """Whether a due letter has to wait for another day. Letters that come at a span ("at once") never do."""
    if not isinstance(planned.step.intent.timing, Day):
        return None
    today = now.astimezone(zone).date()
    close = [each for each in others if abs((each.day(zone) - today).days) < APART]
    if not close:
        return None
    last = max(close, key=lambda each: each.day(zone))
    hour = planned.local.time()
    day = last.day(zone) + timedelta(days=APART)
    moved, _ = first_allowed(at_local(day, hour, zone), hour, planned.step.intent.weekdays, None, zone)
    reason = f"“{last.name}” is less than {APART} days away"
    return Move(moved if moved < planned.until else None, reason)


def waits_for(planned: Planned, held: Held, zone: ZoneInfo) -> Move:
    """What becomes of a due letter of somebody who is held back: the first day after it, at the letter's own hour."""
    moved = from_then_on(held.until, planned.local.time(), zone, planned.step.intent.weekdays)
    return Move(moved if moved < planned.until else None, held.reason(zone))


def from_then_on(
    moment: datetime, hour: time, zone: ZoneInfo, weekdays: Collection[int] = EVERY_DAY
) -> datetime:
    """Pure: the first time at or after `moment` (aware) that it is `hour` in `zone`, on one of these weekdays."""
    day, hour = moment.astimezone(zone).date(), hour.replace(microsecond=0)
    same_day = at_local(day, hour, zone)
    local = same_day if same_day >= moment else at_local(day + timedelta(days=1), hour, zone)
    return first_allowed(local, hour, weekdays, None, zone)[0]
