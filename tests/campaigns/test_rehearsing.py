"""What one person would get, and when."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from newsletter.campaigns.planning import plan
from newsletter.campaigns.rehearsing import Letter, rehearse
from tests.campaigns.timelines import AFTERCARE, HOURS, NEW_YORK, WELCOME, step

CONFIRMED = datetime(2026, 3, 5, 22, 30, tzinfo=NEW_YORK)
SERIES = [Letter(each, f"About {each.key}") for each in WELCOME]


def test_a_rehearsal_lists_every_letter_with_its_local_hour_and_offset():
    first, second, *_, last = (each.to_json() for each in rehearse(SERIES, CONFIRMED, NEW_YORK, HOURS))
    assert first == {
        "step": "welcome",
        "occurrence": 0,
        "subject": "About welcome",
        "at": "2026-03-05T22:30:00-05:00",
        "until": "2026-03-12T23:30:00-04:00",
        "only_if": None,
        "notes": [],
    }
    assert (second["at"], second["until"]) == ("2026-03-07T10:00:00-05:00", "2026-03-10T10:00:00-04:00")
    assert (last["step"], last["at"]) == ("a-plan-that-fits", "2026-03-26T10:00:00-04:00")


@pytest.mark.parametrize(
    ("zone", "offset"), [("Australia/Lord_Howe", "+11:00"), ("Asia/Kathmandu", "+05:45")]
)
def test_hours_are_those_of_the_zone_that_was_asked_for(zone, offset):
    anchor = datetime(2026, 3, 5, 22, 30, tzinfo=ZoneInfo(zone))
    rehearsed = [each.to_json()["at"] for each in rehearse(SERIES, anchor, ZoneInfo(zone), HOURS)]
    assert rehearsed[0] == f"2026-03-05T22:30:00{offset}"
    assert rehearsed[1] == f"2026-03-07T10:00:00{offset}"


def test_the_worker_and_the_rehearsal_ask_the_same_planner():
    planned = plan(WELCOME, {("confirmed", 0): CONFIRMED.astimezone(UTC)}, NEW_YORK, HOURS)
    rehearsed = rehearse(SERIES, CONFIRMED, NEW_YORK, HOURS)
    assert [(each.step, each.at.astimezone(UTC), each.until.astimezone(UTC)) for each in rehearsed] == [
        (each.key, each.at, each.until) for each in planned
    ]


def test_conditions_and_moves_are_told_and_not_decided():
    letters = [
        Letter(step("a", 0, day=2, at="10:00", weekdays="mon-fri", only_if="preparation"), "A"),
        Letter(step("b", 1, day=2, at="10:00", until="1d", only_if="not preparation"), "B"),
    ]
    b, a = rehearse(letters, CONFIRMED, NEW_YORK, HOURS)
    assert (b.only_if, a.only_if) == ("not preparation", "preparation")
    assert (b.notes, a.notes) == ((), ("moved to Monday: weekdays only",))


def test_a_letter_that_would_not_arrive_says_so():
    letters = [
        Letter(step("a", 0, day=2, at="10:00", weekdays="mon-fri", until="next"), "A"),
        Letter(step("b", 1, day=3, at="10:00"), "B"),
    ]
    b, a = rehearse(letters, CONFIRMED, NEW_YORK, HOURS)
    assert (b.notes, a.notes[-1]) == ((), "not sent: “b” is due by then")


def test_sessions_are_rehearsed_five_weeks_apart_at_the_same_hour():
    letters = [Letter(each, each.key) for each in AFTERCARE]
    first_session = datetime(2026, 3, 2, 14, tzinfo=NEW_YORK)
    rehearsed = rehearse(letters, first_session, NEW_YORK, HOURS, sessions=2)
    assert [(each.occurrence, f"{each.at:%d %b %H:%M}", each.step) for each in rehearsed] == [
        (1, "27 Feb 09:00", "prepare"),
        (1, "02 Mar 15:00", "first-note"),
        (1, "03 Mar 08:00", "next-morning"),
        (1, "05 Mar 09:00", "check-in"),
        (2, "03 Apr 09:00", "prepare"),
        (2, "06 Apr 15:00", "first-note"),
        (2, "07 Apr 08:00", "next-morning"),
        (2, "09 Apr 09:00", "check-in"),
    ]
