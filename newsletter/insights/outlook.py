"""What goes out today and in the seven days after, by the hour, on the clinic's clock; reads only."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from newsletter.campaigns import audience_of
from newsletter.campaigns.localtime import at_local
from newsletter.campaigns.models import Broadcast, Enrollment, Sequence
from newsletter.delivery.models import Delivery

DAYS = 8  # today and seven more
# In the words of the index: of values bound later SQLite does not know whether it covers them.
STILL_OPEN = text("deliveries.state IN ('queued', 'claimed', 'handoff')")
TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Going:
    """A newsletter in one hour: how many get it then. `own_hour`: each at this hour on her own clock."""

    slug: str
    name: str
    at: datetime
    people: int
    own_hour: bool = False


@dataclass
class Hour:
    """One hour: `at` is its beginning in the clinic's zone, None for what is due already.

    `letters` are those of sequences, `notes` those of care, `others` what accounts and staff get.
    """

    at: datetime | None
    issues: list[Going] = field(default_factory=list)
    letters: int = 0
    notes: int = 0
    others: int = 0


@dataclass(frozen=True)
class Day:
    """A day on which something goes out, with its hours in order."""

    day: date
    hours: tuple[Hour, ...]


def read(session: Session, now: datetime, zone: ZoneInfo) -> list[Day]:
    """Days with something in them, in order, in four statements whatever goes out."""
    today = now.astimezone(zone).date()
    board = _Board(now, zone, at_local(today + timedelta(days=DAYS), time(0), zone))
    issues = session.scalars(select(Broadcast).where(~Broadcast.settled).order_by(Broadcast.id)).all()
    planned = [each for each in issues if each.state == "scheduled" and each.starts_at]
    for issue, people in zip(planned, audience_of.gets(session, planned, now), strict=True):
        board.plan(issue, people)
    board.read_queue(session)
    board.read_sequences(session)
    return board.days


class _Board:
    """The hours as they fill."""

    def __init__(self, now: datetime, zone: ZoneInfo, end: datetime) -> None:
        self.now, self.zone, self.end = now, zone, end
        self._hours: dict[datetime, Hour] = {}

    @property
    def days(self) -> list[Day]:
        """What is due already, then hour by hour."""
        hours = [self._hours[at] for at in sorted(self._hours)]
        return [Day(day, tuple(several)) for day, several in groupby(hours, self._day)]

    def plan(self, issue: Broadcast, people: int) -> None:
        """A newsletter that has not begun, for whoever would get it now."""
        at, own_hour = issue.starts_at or self.now, False
        if issue.local_day is not None and issue.local_hour is not None:
            at, own_hour = at_local(issue.local_day, time(issue.local_hour), self.zone), True
        if at < self.end:
            self._add_issue(Going(issue.slug, issue.name, at.astimezone(self.zone), people, own_hour))

    def read_queue(self, session: Session) -> None:
        """What waits in the queue already. What a paused newsletter holds back goes nowhere."""
        labels = (Delivery.stream, Delivery.next_try_at, Broadcast.slug, Broadcast.name)
        issue = (Broadcast.slug == Delivery.campaign) & Delivery.step.is_(None)
        rows = session.execute(
            select(*labels, func.count(Delivery.id))
            .outerjoin(Broadcast, issue)
            .where(STILL_OPEN, Delivery.next_try_at < self.end)
            .where(func.coalesce(Broadcast.state, "") != "paused")
            .group_by(*labels)
        )
        for stream, at, slug, name, number in rows:
            if slug:
                self._add_issue(Going(slug, name, at.astimezone(self.zone), number))
            else:
                self._add_letters(stream, at, number)

    def read_sequences(self, session: Session) -> None:
        """The next letter of everybody in a sequence that is on."""
        labels = (Sequence.kind, Enrollment.next_due_at)
        rows = session.execute(
            select(*labels, func.count())
            .join(Sequence, Sequence.id == Enrollment.sequence_id)
            .where(Enrollment.state == "active", Enrollment.next_due_at < self.end, Sequence.state == "on")
            .group_by(*labels)
        )
        for kind, at, number in rows:
            if at:
                self._add_letters(kind, at, number)

    def _add_issue(self, going: Going) -> None:
        hour = self._hour(going.at)
        same = [each for each in hour.issues if each.slug == going.slug]
        for each in same:
            hour.issues.remove(each)
            going = replace(going, at=min(going.at, each.at), people=going.people + each.people)
        hour.issues.append(going)

    def _add_letters(self, stream: str, at: datetime, number: int) -> None:
        hour = self._hour(at)
        if stream == "marketing":
            hour.letters += number
        elif stream == "care":
            hour.notes += number
        else:
            hour.others += number

    def _hour(self, at: datetime) -> Hour:
        if at <= self.now:
            return self._hours.setdefault(self.now, Hour(None))
        local = at.astimezone(self.zone)
        past = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        begins = (at - past).astimezone(UTC)  # of an hour that comes twice each has its own
        # The hour in which we are has begun, and what is due already stands before it.
        return self._hours.setdefault(max(begins, self.now + TICK), Hour(begins.astimezone(self.zone)))

    def _day(self, hour: Hour) -> date:
        return (hour.at or self.now.astimezone(self.zone)).date()
