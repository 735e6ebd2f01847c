"""When a due letter waits for a day of its own: pure cases as a table, then as stories."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from newsletter.audience.holds import Held
from newsletter.campaigns import spacing
from newsletter.campaigns.intents import Intent
from newsletter.campaigns.localtime import SendingHours
from newsletter.campaigns.planning import Planned, StepPlan, plan
from newsletter.campaigns.spacing import Other
from newsletter.campaigns.spelling import EVERY_DAY
from newsletter.campaigns.timings import After, Day, Lasting
from tests.walks.story import Story

NEW_YORK = ZoneInfo("America/New_York")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
MONDAY = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WEEKDAYS = frozenset(range(5))


def due(
    *, days: int = 9, useful: int = 5, weekdays: frozenset[int] = EVERY_DAY, zone: ZoneInfo = NEW_YORK
) -> Planned:
    """A letter of a sequence that was confirmed on MONDAY, due at ten on day `days`."""
    intent = Intent(Day(days, time(10)), Lasting(timedelta(days=useful)), weekdays=weekdays)
    [one] = plan([StepPlan("letter", 0, intent)], {("confirmed", 0): MONDAY}, zone, SendingHours())
    return one


def at(day: int, hour: int = 10, *, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=zone)


@pytest.mark.parametrize(
    ("other", "waits_until"),
    [
        (at(8), None),  # three days before
        (at(9), None),  # two days before
        (at(10), at(12)),  # the day before
        (at(10, 23), at(12)),  # late on the day before
        (at(11, 7), at(13)),  # the same morning
        (at(11, 18), at(13)),  # that evening
        (at(12), at(14)),  # tomorrow
        (at(13), None),  # the day after tomorrow
    ],
)
def test_a_letter_stays_two_calendar_days_from_another(other: datetime, waits_until: datetime | None) -> None:
    letter = due()  # Wednesday 11 March, 10:00
    move = spacing.yields(letter, [Other("an issue", other)], NEW_YORK, letter.at)
    assert (move.until if move else None) == waits_until


def test_of_several_others_the_last_decides() -> None:
    letter = due()
    others = [Other("yesterday's", at(10)), Other("tomorrow's", at(12)), Other("long ago", at(2))]
    move = spacing.yields(letter, others, NEW_YORK, letter.at)
    assert move is not None
    assert move.until == at(14)
    assert move.reason == "“tomorrow's” is less than 2 days away"


def test_days_are_the_readers_own() -> None:
    letter = due(zone=KATHMANDU)
    evening = datetime(2026, 3, 9, 20, 0, tzinfo=UTC)  # already the 10th in Kathmandu
    move = spacing.yields(letter, [Other("an issue", evening)], KATHMANDU, letter.at)
    assert move is not None
    assert move.until == at(12, zone=KATHMANDU)


def test_an_issue_at_everybodys_own_hour_has_the_same_day_in_every_zone() -> None:
    letter = due(zone=KATHMANDU)
    issue = Other("an issue", datetime(2026, 3, 9, 19, tzinfo=UTC), local_day=date(2026, 3, 12))
    move = spacing.yields(letter, [issue], KATHMANDU, letter.at)
    assert move is not None
    assert move.until == at(14, zone=KATHMANDU)


def test_a_moved_letter_keeps_its_hour_across_daylight_saving_and_its_weekdays() -> None:
    friday = due(days=4, weekdays=WEEKDAYS)  # Friday 6 March; the clocks change on Sunday
    move = spacing.yields(friday, [Other("an issue", at(6, 8))], NEW_YORK, friday.at)
    assert move is not None
    assert move.until is not None
    assert f"{move.until.astimezone(NEW_YORK):%a %d %H:%M}" == "Mon 09 10:00"


def test_a_letter_that_would_be_too_late_by_then_has_no_day_to_wait_for() -> None:
    letter = due(useful=1)
    move = spacing.yields(letter, [Other("an issue", at(11, 8))], NEW_YORK, letter.at)
    assert move is not None
    assert move.until is None


def test_a_letter_at_once_never_waits() -> None:
    intent = Intent(After(timedelta(0)), Lasting(timedelta(days=7)))
    [welcome] = plan([StepPlan("welcome", 0, intent)], {("confirmed", 0): MONDAY}, NEW_YORK, SendingHours())
    assert spacing.yields(welcome, [Other("an issue", MONDAY)], NEW_YORK, welcome.at) is None


def test_with_nothing_else_a_letter_leaves_when_it_is_due() -> None:
    letter = due()
    assert spacing.yields(letter, [], NEW_YORK, letter.at) is None


@pytest.mark.parametrize(
    ("held_until", "waits_until"),
    [
        (at(12, 0), at(12)),  # over at midnight: that morning
        (at(12, 10), at(12)),
        (at(12, 11), at(13)),
        (at(14, 0), at(14)),
        (at(16, 0), at(16)),
        (at(16, 11), None),  # worth sending until the 16th at ten
        (datetime(2026, 6, 2, tzinfo=NEW_YORK), None),
    ],
)
def test_a_letter_that_falls_into_a_hold_moves_to_its_own_hour_after_it(
    held_until: datetime, waits_until: datetime | None
) -> None:
    letter = due(useful=6)  # Wednesday 11 March, 10:00
    move = spacing.waits_for(letter, Held("break", held_until), NEW_YORK)
    assert move.until == waits_until
    assert move.reason == f"on a break until {held_until.day} {held_until:%B}"


def test_after_a_hold_too_a_letter_keeps_to_its_weekdays() -> None:
    letter = due(days=3, weekdays=WEEKDAYS)  # Thursday 5 March
    move = spacing.waits_for(letter, Held("healing", at(7, 0)), NEW_YORK)
    assert move.until == at(9)
    assert move.reason == "held back by the clinic until 7 March"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at(7, 9), "Sat 07 10:00 EST"),
        (at(7, 10), "Sat 07 10:00 EST"),
        (at(7, 11), "Sun 08 10:00 EDT"),  # a day of 23 hours lies between
    ],
)
def test_an_hour_comes_round_again_by_the_wall_clock(moment: datetime, expected: str) -> None:
    assert f"{spacing.from_then_on(moment, time(10), NEW_YORK):%a %d %H:%M %Z}" == expected


def test_an_hour_that_the_clocks_skip_comes_after_the_gap() -> None:
    assert spacing.from_then_on(at(8, 0), time(2, 30), NEW_YORK) == at(8, 3)


def test_after_an_outage_the_letters_of_one_reader_do_not_crowd(story: Story) -> None:
    story.sign_up()
    story.confirm()
    story.sleep(days=5, hours=4)  # Saturday, 8:30 in New York; the third letter is due at ten
    story.live(days=6)
    assert story.inbox()[2:] == ["Sat 07 Mar 08:30  The letter second", "Mon 09 Mar 10:00  The letter third"]
    assert any("third queued: third waits: “welcome” is less than 2 days away" in run for run in story.runs())
