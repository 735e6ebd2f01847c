"""What a marketer may say about a moment, and what she is told where it cannot be meant."""

from datetime import time, timedelta

import pytest
from hypothesis import given, reject

from newsletter.campaigns.intents import CARE_ANCHORS, Intent, read_step
from newsletter.campaigns.spelling import EVERY_DAY, Misspelled
from newsletter.campaigns.timings import After, Day, DayAt, Lasting, Next, SameDayAt
from tests.campaigns.timelines import intents

DAY_2 = {"day": 2, "at": "10:00", "until": "next"}


@pytest.mark.parametrize(
    ("table", "timing"),
    [
        ({"day": 2, "at": "10:00"}, Day(2, time(10))),
        ({"day": -3, "at": "9:00"}, Day(-3, time(9))),
        ({"day": 0, "at": "23:59"}, Day(0, time(23, 59))),
        ({"after": "0m"}, After(timedelta(0))),
        ({"after": "90m"}, After(timedelta(minutes=90))),
        ({"after": "2h"}, After(timedelta(hours=2))),
        ({"after": "1w 2d"}, After(timedelta(days=9))),
    ],
)
def test_a_step_comes_on_a_day_at_an_hour_or_a_span_after_its_anchor(table, timing):
    assert read_step(table | {"until": "3d"}) == Intent(timing, Lasting(timedelta(days=3)))


@pytest.mark.parametrize(
    ("until", "read"),
    [
        ("next", Next()),
        ("12h", Lasting(timedelta(hours=12))),
        ({"at": "20:00"}, SameDayAt(time(20))),
        ({"day": 4, "at": "20:00"}, DayAt(4, time(20))),
    ],
)
def test_it_stays_worth_sending_until_the_next_one_or_a_span_or_an_hour(until, read):
    assert read_step(DAY_2 | {"until": until}).until == read


@pytest.mark.parametrize(
    ("weekdays", "numbers"),
    [
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("tue,thu", {1, 3}),
        ("Sat - Mon", {5, 6, 0}),
        ("wed", {2}),
        ("mon-sun", EVERY_DAY),
    ],
)
def test_weekdays_are_ranges_and_lists_of_three_letter_names(weekdays, numbers):
    assert read_step(DAY_2 | {"weekdays": weekdays}).weekdays == numbers


def test_without_from_a_step_counts_from_the_first_anchor_of_its_kind():
    assert read_step(DAY_2).anchor == "confirmed"
    assert read_step(DAY_2, anchors=CARE_ANCHORS).anchor == "done"
    assert read_step(DAY_2 | {"from": "booked"}, anchors=CARE_ANCHORS).anchor == "booked"


@pytest.mark.parametrize(
    ("table", "key", "says"),
    [
        ({"after": "soon", "until": "3d"}, "after", "“soon” is not a span of time; right would be"),
        (
            {"after": "-2h", "until": "3d"},
            "after",
            "“after” is never negative; for before the moment give day = -1",
        ),
        ({"after": 5, "until": "3d"}, "after", "“after” is a span of time in quotes, not 5"),
        ({"after": "999999w", "until": "3d"}, "after", "more than five years away"),
        ({"after": "2h", "at": "10:00", "until": "3d"}, "at", "“at” goes with “day”"),
        ({"after": "2h", "day": 2, "until": "3d"}, "after", "“day” and “after” exclude each other; give one"),
        ({"until": "3d"}, "", "it does not say when: give day = 2"),
        ({"at": "10:00", "until": "3d"}, "at", "it does not say when: give day = 2"),
        ({"day": 2, "until": "3d"}, "day", "“day” needs the local hour beside it"),
        (DAY_2 | {"day": "2"}, "day", "“2” is not a day; right would be a whole number"),
        (DAY_2 | {"day": 2.5}, "day", "“2.5” is not a day"),
        (DAY_2 | {"day": True}, "day", "“True” is not a day"),
        (DAY_2 | {"day": 100_000}, "day", "more than five years away"),
        (DAY_2 | {"at": "25:00"}, "at", '“25:00” is not an hour of the day; right would be "09:00"'),
        (DAY_2 | {"at": "10:60"}, "at", "“10:60” is not an hour of the day"),
        (DAY_2 | {"at": "24:00"}, "at", "“24:00” is not an hour of the day"),
        (DAY_2 | {"at": "10"}, "at", "“10” is not an hour of the day"),
        (DAY_2 | {"at": "1٠:00"}, "at", "is not an hour of the day"),
        (DAY_2 | {"at": time(10)}, "at", "is not an hour of the day"),
        (
            {"day": 2, "at": "10:00"},
            "",
            "it does not say how long it stays worth sending; right would be until = ",
        ),
        (DAY_2 | {"until": "later"}, "until", "“later” cannot be read; right would be until = "),
        (DAY_2 | {"until": "0m"}, "until", "“0m” leaves no time to send it"),
        (DAY_2 | {"until": "-1h"}, "until", "“-1h” cannot be read"),
        (DAY_2 | {"until": 12}, "until", "“until” cannot be read"),
        (DAY_2 | {"until": {"day": 3}}, "until", "“until” cannot be read"),
        (DAY_2 | {"until": {"day": 3, "at": "9:00", "in": 1}}, "until", "“until” cannot be read"),
        (DAY_2 | {"until": {"day": 3, "at": "25:00"}}, "until", "“25:00” is not an hour of the day"),
        (
            DAY_2 | {"until": {"day": 2, "at": "10:00"}},
            "until",
            "“until” is not later than the step's own moment",
        ),
        (DAY_2 | {"until": {"day": 1, "at": "22:00"}}, "until", "“until” is not later"),
        (DAY_2 | {"until": {"at": "09:00"}}, "until", "“until” is not later"),
        ({"after": "2d", "until": {"day": 1, "at": "20:00"}}, "until", "“until” is not later"),
        (
            DAY_2 | {"weekdays": "weekend"},
            "weekdays",
            '“weekend” names no weekdays; right would be "mon-fri"',
        ),
        (DAY_2 | {"weekdays": "mon-"}, "weekdays", "names no weekdays"),
        (DAY_2 | {"weekdays": ""}, "weekdays", "names no weekdays"),
        (DAY_2 | {"weekdays": ["mon"]}, "weekdays", "names no weekdays"),
        (DAY_2 | {"from": "booked"}, "from", "“booked” is no anchor; right would be confirmed"),
        (DAY_2 | {"from": ["confirmed"]}, "from", "is no anchor"),
        (DAY_2 | {"first": "true"}, "first", "“first” is true or false, without quotes"),
        (DAY_2 | {"untill": "3d"}, "untill", "“untill” is not known here (did you mean “until”?)"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_key_with_what_would_be_right(table, key, says):
    with pytest.raises(Misspelled) as refused:
        read_step(table)
    assert refused.value.key == key
    assert says in refused.value.line


def test_an_hour_that_only_some_anchors_make_too_early_is_left_to_the_plan():
    first_note = read_step({"after": "1h", "until": {"day": 0, "at": "22:30"}})
    assert first_note.until == DayAt(0, time(22, 30))


def test_an_intent_is_stored_as_the_table_that_a_campaign_file_would_say():
    intent = read_step(DAY_2 | {"weekdays": "fri,mon-thu", "until": {"day": 3, "at": "9:00"}, "first": True})
    assert intent.to_json() == {
        "from": "confirmed",
        "day": 2,
        "at": "10:00",
        "until": {"day": 3, "at": "09:00"},
        "weekdays": "mon-fri",
        "first": True,
    }


def test_what_is_not_restricted_is_not_stored():
    assert read_step({"after": "26h", "until": {"at": "20:00"}}).to_json() == {
        "from": "confirmed",
        "after": "1d 2h",
        "until": {"at": "20:00"},
    }


@given(intents)
def test_whatever_a_file_may_say_is_stored_and_read_back(intent):
    try:
        said = read_step(intent.to_json())
    except Misspelled:
        reject()  # an end before its beginning: no file may say that
    assert said == intent
    assert Intent.from_json(said.to_json()) == said


def test_a_stored_care_intent_keeps_its_anchor():
    intent = read_step(DAY_2 | {"from": "booked"}, anchors=CARE_ANCHORS)
    assert Intent.from_json(intent.to_json()) == intent
