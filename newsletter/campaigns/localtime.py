"""Pure: local days and hours turned into instants, through gaps, repeats and sending hours.

A local time that does not exist (spring) becomes the instant after the gap; one that exists twice (autumn) the first.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsletter.campaigns.spelling import EVERY_DAY, spell_hour, spell_weekdays
from newsletter.errors import Refused

_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class SendingHours:
    """The local hours in which steps given in days may leave, both ends included.

    Raises Refused unless they open before they close.
    """

    opens: time = time(8)
    closes: time = time(20)

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise Refused(
                "sending hours open before they close, on the same day; right would be 08:00 to 20:00"
            )


def at_local(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The instant of a wall-clock time, aware in `zone`. `hour` is naive and in whole seconds."""
    # fold=0 is the first of an ambiguous pair (PEP 495); an hour taken from an instant may carry a fold of 1.
    hour = hour.replace(fold=0)
    wall = datetime.combine(day, hour, tzinfo=zone)
    local = wall.astimezone(UTC).astimezone(zone)
    if (local.date(), local.time()) == (day, hour):
        return local
    return _after_gap(wall, zone)


def _after_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant after the gap that `wall` fell into.

    In a gap fold=1 reads the wall clock by the new offset and lands before the change, fold=0 by the old one and lands
    at or after it (PEP 495); the change is searched for between the two, to the second.
    """
    start, end = wall.replace(fold=1).astimezone(UTC), wall.astimezone(UTC)
    new_offset = end.astimezone(zone).utcoffset()

    def changed(seconds: int) -> bool:
        return (start + timedelta(seconds=seconds)).astimezone(zone).utcoffset() == new_offset

    seconds = bisect_left(range(int((end - start).total_seconds())), True, key=changed)
    return (start + timedelta(seconds=seconds)).astimezone(zone)


def first_allowed(
    local: datetime, hour: time, weekdays: Collection[int], hours: SendingHours | None, zone: ZoneInfo
) -> tuple[datetime, tuple[str, ...]]:
    """The first moment at or after `local` (aware in `zone`) inside the hours and on a weekday, and why it moved.

    A push by weekday keeps `hour`, the wall-clock hour that was meant. `weekdays` is not empty; no `hours`: any.
    """
    weekday_pushed = hours_pushed = False
    while True:
        if hours and not hours.opens <= local.time() <= hours.closes:
            tomorrow = local.time() > hours.closes
            hour, hours_pushed = hours.opens, True
            local = at_local(local.date() + timedelta(days=tomorrow), hour, zone)
        elif local.weekday() not in weekdays:
            weekday_pushed = True
            local = at_local(local.date() + timedelta(days=1), hour, zone)
        else:
            return local, _reasons(
                local, weekdays if weekday_pushed else EVERY_DAY, hours_pushed=hours_pushed
            )


def _reasons(local: datetime, weekdays: Collection[int], *, hours_pushed: bool) -> tuple[str, ...]:
    reasons = []
    if hours_pushed:
        reasons.append(f"moved to {spell_hour(local.time())}: sending hours")
    if set(weekdays) != EVERY_DAY:
        only = "weekdays only" if set(weekdays) == set(range(5)) else f"only on {spell_weekdays(weekdays)}"
        reasons.append(f"moved to {_NAMES[local.weekday()]}: {only}")
    return tuple(reasons)
