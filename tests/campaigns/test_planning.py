"""Timelines on the calendar: dates and hours, as a reader's mail program would show them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from newsletter.campaigns.ordering import following
from newsletter.campaigns.planning import plan
from newsletter.campaigns.timings import Day, Next
from tests.campaigns.timelines import (
    AFTERCARE,
    ANY_HOUR,
    HOURS,
    NEW_YORK,
    WELCOME,
    instants,
    step,
    timelines,
    zones,
)


def confirmed(local: str, zone: ZoneInfo = NEW_YORK):
    return {("confirmed", 0): datetime.fromisoformat(local).replace(tzinfo=zone).astimezone(UTC)}


def calendar(planned):
    return [f"{each.local.isoformat(timespec='minutes')} {each.key}" for each in planned]


@pytest.mark.parametrize(
    ("zone", "letters"),
    [
        (
            "America/New_York",
            [
                "2026-03-05T22:30-05:00 welcome",
                "2026-03-07T10:00-05:00 is-one-enough",
                "2026-03-10T10:00-04:00 under-the-skin",
                "2026-03-14T10:00-04:00 right-away",
                "2026-03-19T10:00-04:00 build-on-each-other",
                "2026-03-26T10:00-04:00 a-plan-that-fits",
            ],
        ),
        (
            "Australia/Lord_Howe",
            [
                "2026-03-05T22:30+11:00 welcome",
                "2026-03-07T10:00+11:00 is-one-enough",
                "2026-03-10T10:00+11:00 under-the-skin",
                "2026-03-14T10:00+11:00 right-away",
                "2026-03-19T10:00+11:00 build-on-each-other",
                "2026-03-26T10:00+11:00 a-plan-that-fits",
            ],
        ),
        (
            "Asia/Kathmandu",
            [
                "2026-03-05T22:30+05:45 welcome",
                "2026-03-07T10:00+05:45 is-one-enough",
                "2026-03-10T10:00+05:45 under-the-skin",
                "2026-03-14T10:00+05:45 right-away",
                "2026-03-19T10:00+05:45 build-on-each-other",
                "2026-03-26T10:00+05:45 a-plan-that-fits",
            ],
        ),
    ],
)
def test_the_welcome_series_keeps_its_local_hours_across_daylight_saving(zone, letters):
    here = ZoneInfo(zone)
    assert calendar(plan(WELCOME, confirmed("2026-03-05T22:30", here), here, HOURS)) == letters


def test_days_are_counted_on_the_readers_calendar_not_in_utc():
    late_evening = {("confirmed", 0): datetime(2026, 3, 6, 3, 30, tzinfo=UTC)}  # still the 5th in New York
    assert calendar(plan(WELCOME, late_evening, NEW_YORK, HOURS))[1] == "2026-03-07T10:00-05:00 is-one-enough"


def test_the_last_letter_waits_for_monday_when_somebody_answers_the_phone():
    last = plan(WELCOME, confirmed("2026-03-07T10:00"), NEW_YORK, HOURS)[-1]
    assert (calendar([last]), last.reasons) == (
        ["2026-03-30T10:00-04:00 a-plan-that-fits"],
        ("moved to Monday: weekdays only",),
    )


def test_a_letter_lasts_until_the_next_one_after_all_pushes():
    planned = plan(WELCOME, confirmed("2026-03-07T10:00"), NEW_YORK, HOURS)
    assert [each.until for each in planned[1:5]] == [each.at for each in planned[2:]]
    assert planned[-1].until == planned[-1].at + timedelta(days=14)


def test_sending_hours_bind_steps_given_in_days_only():
    steps = (
        step("at-once", 0, after="0m"),
        step("early", 1, day=1, at="06:00"),
        step("late", 2, day=2, at="23:00"),
    )
    planned = plan(steps, confirmed("2026-03-02T23:30"), NEW_YORK, HOURS)
    assert calendar(planned) == [
        "2026-03-02T23:30-05:00 at-once",
        "2026-03-03T08:00-05:00 early",
        "2026-03-05T08:00-05:00 late",
    ]
    assert [each.reasons for each in planned[:2]] == [(), ("moved to 08:00: sending hours",)]


def test_a_span_is_elapsed_time_though_the_clocks_change_meanwhile():
    steps = (step("a-day-later", 0, after="24h"),)
    assert calendar(plan(steps, confirmed("2026-03-07T12:00"), NEW_YORK, HOURS)) == [
        "2026-03-08T13:00-04:00 a-day-later"
    ]


def test_a_span_may_keep_to_weekdays_too():
    steps = (step("a", 0, after="1h", weekdays="mon-fri"),)
    assert calendar(plan(steps, confirmed("2026-03-07T23:15"), NEW_YORK, HOURS)) == [
        "2026-03-09T00:15-04:00 a"
    ]


def test_an_hour_that_the_clocks_skip_comes_right_after_and_says_why():
    (planned,) = plan(
        (step("night", 0, day=1, at="02:30"),), confirmed("2026-03-07T12:00"), NEW_YORK, ANY_HOUR
    )
    assert calendar([planned]) == ["2026-03-08T03:00-04:00 night"]
    assert planned.reasons == ("moved to 03:00: the clocks skip 02:30 that day",)


def test_a_day_that_never_was_becomes_the_next_one_within_sending_hours():
    apia = ZoneInfo("Pacific/Apia")
    steps = (step("a", 0, day=1, at="10:00"), step("b", 1, day=2, at="10:00"))
    planned = plan(steps, confirmed("2011-12-29T10:00", apia), apia, HOURS)
    assert calendar(planned) == ["2011-12-31T08:00+14:00 a", "2011-12-31T10:00+14:00 b"]


def test_an_hour_that_comes_twice_ends_a_letter_the_first_time():
    steps = (step("a", 0, day=0, at="01:15", until={"at": "01:45"}),)
    (planned,) = plan(steps, confirmed("2026-11-01T00:30"), NEW_YORK, ANY_HOUR)
    assert (planned.at, planned.until) == (
        datetime(2026, 11, 1, 5, 15, tzinfo=UTC),
        datetime(2026, 11, 1, 5, 45, tzinfo=UTC),
    )


def test_a_span_that_ends_in_the_second_of_two_equal_hours_is_not_taken_for_the_first():
    steps = (step("a", 0, after="90m", until="next"), step("b", 1, after="100m"))
    planned = plan(steps, confirmed("2026-11-01T00:15"), NEW_YORK, HOURS)
    assert [each.at for each in planned] == [
        datetime(2026, 11, 1, 5, 45, tzinfo=UTC),
        datetime(2026, 11, 1, 5, 55, tzinfo=UTC),
    ]
    twice = (step("a", 0, after="100m", until="next"), step("b", 1, after="150m"))  # 01:55, then 01:45 again
    first, second = plan(twice, confirmed("2026-11-01T00:15"), NEW_YORK, HOURS)
    assert (first.until, first.sendable) == (second.at, True)


def test_a_letter_pushed_past_its_own_end_says_that_it_will_not_go():
    weekend = (
        step("a", 0, day=1, at="10:00", weekdays="mon-fri", until="next"),
        step("b", 1, day=2, at="10:00"),
    )
    b, a = plan(weekend, confirmed("2026-03-06T12:00"), NEW_YORK, HOURS)
    assert (a.sendable, a.reasons) == (
        False,
        ("moved to Monday: weekdays only", "not sent: “b” is due by then"),
    )
    assert (b.sendable, b.reasons) == (True, ())


def test_a_session_too_late_for_its_first_note_says_so():
    late = {("done", 1): datetime(2026, 3, 3, 3, 45, tzinfo=UTC)}  # 22:45 in New York
    first_note = plan(AFTERCARE, late, NEW_YORK, HOURS)[0]
    assert (first_note.key, first_note.reasons) == (
        "first-note",
        ("not sent: its time to be useful is over by then",),
    )


def test_care_comes_by_session_before_and_after_it():
    first, second = datetime(2026, 3, 2, 19, tzinfo=UTC), datetime(2026, 4, 6, 18, tzinfo=UTC)
    anchors = {("booked", 1): first, ("done", 1): first, ("booked", 2): second}
    planned = plan(AFTERCARE, anchors, NEW_YORK, HOURS)
    assert [(each.occurrence, f"{each.local:%d %b %H:%M}", each.key) for each in planned] == [
        (1, "27 Feb 09:00", "prepare"),
        (1, "02 Mar 15:00", "first-note"),
        (1, "03 Mar 08:00", "next-morning"),
        (1, "05 Mar 09:00", "check-in"),
        (2, "03 Apr 09:00", "prepare"),
    ]
    assert planned[2].until == datetime(2026, 3, 4, 1, tzinfo=UTC)


def test_a_step_whose_anchor_is_not_known_yet_is_not_planned():
    assert plan(WELCOME, {}, NEW_YORK, HOURS) == ()


def test_the_last_step_cannot_last_until_the_next():
    with pytest.raises(ValueError, match="step b lasts until the next one, and there is none"):
        plan((step("b", 0, day=2, at="10:00", until="next"),), confirmed("2026-03-06T12:00"), NEW_YORK, HOURS)


@settings(max_examples=150, deadline=None)
@given(timelines(), instants, zones)
def test_any_timeline_in_any_zone_keeps_its_rules(steps, anchor, zone):
    planned = plan(steps, {("confirmed", 0): anchor}, zone, HOURS)
    assert sorted(each.key for each in planned) == sorted(each.key for each in steps)
    assert [each.at for each in planned] == sorted(each.at for each in planned)
    moments = {each.key: each.at for each in planned}
    for each in planned:
        assert each.local.astimezone(UTC) == each.at
        assert each.local.tzinfo is zone
        assert each.local.weekday() in each.step.intent.weekdays
        if isinstance(each.step.intent.timing, Day):
            assert HOURS.opens <= each.local.time() <= HOURS.closes
        else:
            assert each.at >= anchor + each.step.intent.timing.span
        if isinstance(each.step.intent.until, Next):
            after = following([step.intent for step in steps], each.step.position)
            assert each.until == moments[steps[after].key]
        assert each.sendable or each.reasons[-1].startswith("not sent")


@settings(max_examples=50, deadline=None)
@given(timelines(), instants, zones)
def test_the_same_question_gets_the_same_plan_in_whatever_order_steps_are_handed_in(steps, anchor, zone):
    anchors = {("confirmed", 0): anchor}
    assert plan(steps[::-1], anchors, zone, HOURS) == plan(steps, anchors, zone, HOURS)
