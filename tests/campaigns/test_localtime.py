"""Wall clocks, with the nights on which they jump."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from newsletter.campaigns.localtime import SendingHours, at_local, first_allowed
from newsletter.campaigns.spelling import EVERY_DAY
from newsletter.errors import Refused
from tests.campaigns.timelines import ANY_HOUR, HOURS, NEW_YORK, clock_hours, dates, weekday_sets, zones

WEEK = frozenset(range(5))


@pytest.mark.parametrize(
    ("zone", "wall", "instant"),
    [
        ("America/New_York", "2026-03-07 10:00", "2026-03-07T10:00:00-05:00"),
        ("America/New_York", "2026-03-08 02:30", "2026-03-08T03:00:00-04:00"),  # does not exist
        ("America/New_York", "2026-11-01 01:30", "2026-11-01T01:30:00-04:00"),  # exists twice
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-04T02:30:00+11:00"),
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-05T01:45:00+11:00"),
        ("Asia/Kathmandu", "2026-03-08 02:30", "2026-03-08T02:30:00+05:45"),
        ("Europe/London", "2026-03-29 01:30", "2026-03-29T02:00:00+01:00"),
        ("Europe/London", "2026-10-25 01:30", "2026-10-25T01:30:00+01:00"),
        ("Pacific/Apia", "2011-12-30 10:00", "2011-12-31T00:00:00+14:00"),
        ("Africa/Casablanca", "2026-03-22 02:30", "2026-03-22T03:00:00+01:00"),
    ],
)
def test_a_wall_clock_time_is_one_instant_through_gaps_and_repeats(zone, wall, instant):
    day, hour = wall.split()
    local = at_local(date.fromisoformat(day), time.fromisoformat(hour), ZoneInfo(zone))
    assert local.isoformat() == instant


def test_an_hour_taken_from_the_second_of_two_equal_ones_still_means_the_first():
    second = datetime(2026, 11, 1, 6, 30, tzinfo=UTC).astimezone(NEW_YORK)
    assert at_local(second.date(), second.time(), NEW_YORK).isoformat() == "2026-11-01T01:30:00-04:00"


def first_instant_showing(wall: datetime, zone: ZoneInfo) -> datetime:
    """By looking at the clock every minute, from more than a day before to more than a day after."""
    start = wall.replace(tzinfo=UTC) - timedelta(hours=28)
    minutes = (start + timedelta(minutes=n) for n in range(60 * 56))
    return next(each for each in minutes if each.astimezone(zone).replace(tzinfo=None) >= wall)


@settings(max_examples=60, deadline=None)
@given(zones, dates, clock_hours)
def test_it_is_always_the_first_instant_at_which_the_clock_shows_that_time_or_later(zone, day, hour):
    wall = datetime.combine(day, hour)
    assert at_local(day, hour, zone).astimezone(UTC) == first_instant_showing(wall, zone)


@pytest.mark.parametrize(
    ("meant", "weekdays", "arrives", "reasons"),
    [
        ("2026-03-06 10:00", EVERY_DAY, "Fri 10:00", ()),
        ("2026-03-06 08:00", EVERY_DAY, "Fri 08:00", ()),
        ("2026-03-06 20:00", EVERY_DAY, "Fri 20:00", ()),
        ("2026-03-06 07:59", EVERY_DAY, "Fri 08:00", ("moved to 08:00: sending hours",)),
        ("2026-03-06 20:01", EVERY_DAY, "Sat 08:00", ("moved to 08:00: sending hours",)),
        ("2026-03-07 10:00", WEEK, "Mon 10:00", ("moved to Monday: weekdays only",)),
        (
            "2026-03-06 22:00",
            WEEK,
            "Mon 08:00",
            ("moved to 08:00: sending hours", "moved to Monday: weekdays only"),
        ),
        ("2026-03-06 10:00", {1, 3}, "Tue 10:00", ("moved to Tuesday: only on tue,thu",)),
    ],
)
def test_hours_and_weekdays_push_forward_and_say_so(meant, weekdays, arrives, reasons):
    local = datetime.fromisoformat(meant).replace(tzinfo=NEW_YORK)
    moved, why = first_allowed(local, local.time(), weekdays, HOURS, NEW_YORK)
    assert (f"{moved:%a %H:%M}", why) == (arrives, reasons)


def test_a_push_by_weekday_keeps_the_hour_that_was_meant_through_a_gap():
    sunday = at_local(date(2026, 3, 8), time(2, 30), NEW_YORK)  # 03:00, because 02:30 does not exist
    moved, _ = first_allowed(sunday, time(2, 30), WEEK, ANY_HOUR, NEW_YORK)
    assert moved.isoformat() == "2026-03-09T02:30:00-04:00"


@settings(max_examples=150, deadline=None)
@given(zones, dates, clock_hours, weekday_sets)
def test_it_is_never_pushed_back_and_never_further_than_it_must(zone, day, hour, weekdays):
    local = at_local(day, hour, zone)
    moved, _ = first_allowed(local, hour, weekdays, HOURS, zone)
    assert moved.astimezone(UTC) >= local.astimezone(UTC)
    assert moved.weekday() in weekdays
    assert HOURS.opens <= moved.time() <= HOURS.closes
    between = (local.date() + timedelta(days=n) for n in range(1, (moved.date() - local.date()).days))
    assert not [each for each in between if each.weekday() in weekdays and each != date(2011, 12, 30)]


@pytest.mark.parametrize(("opens", "closes"), [(time(20), time(8)), (time(8), time(8))])
def test_sending_hours_open_before_they_close(opens, closes):
    with pytest.raises(Refused, match="right would be 08:00 to 20:00"):
        SendingHours(opens, closes)
