"""What a marketer types about a moment, read; and said back to her in words that are read the same."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.campaigns.desk.saying import (
    read_until,
    read_when,
    spell_until,
    spell_weekdays,
    spell_when,
)
from newsletter.campaigns.spelling import EVERY_DAY, FURTHEST, Misspelled
from newsletter.campaigns.timings import After, Day, DayAt, Lasting, Next, SameDayAt

AT_ONCE = After(timedelta())
TEN = time(10)

WHEN = {
    "day 9 at 10": Day(9, TEN),
    "Day 9 at 10:00": Day(9, TEN),
    "  day  9,  10:00. ": Day(9, TEN),
    "day 9 10.30": Day(9, time(10, 30)),
    "day 9 at 2 pm": Day(9, time(14)),
    "day 9 at 12am": Day(9, time(0)),
    "day 9 at 12:15 pm": Day(9, time(12, 15)),
    "day 0 at 23:59": Day(0, time(23, 59)),
    "2 hours after": After(timedelta(hours=2)),
    "after 2 hours": After(timedelta(hours=2)),
    "90 minutes later": After(timedelta(minutes=90)),
    "2h": After(timedelta(hours=2)),
    "1d 2h": After(timedelta(hours=26)),
    "1 week, 1 day and 5 mins after": After(timedelta(days=8, minutes=5)),
    "at once": AT_ONCE,
    "Immediately": AT_ONCE,
    "0m": AT_ONCE,
}
WRONG_WHEN = {
    "": "“” says no moment; right would be “day 9 at 10:00”, “2 hours after” or “at once”",
    "tuesday": "“tuesday” says no moment; right would be “day 9 at 10:00”, “2 hours after” or “at once”",
    "9 at 10": "“9 at 10” says no moment; right would be “day 9 at 10:00”, “2 hours after” or “at once”",
    "2 hours 7": "“2 hours 7” says no moment; right would be “day 9 at 10:00”, “2 hours after” or “at once”",
    "day 9": "day 9 at which hour? Right would be “day 9 at 10:00”",
    "day -3 at": "day -3 at which hour? Right would be “day 0 at 10:00”",
    "day nine at 10": "“day nine at 10” names no day; right would be “day 9 at 10:00”",
    "day 9 at 25": "“25” is not an hour of the day; right would be “10:00”, from 0:00 to 23:59",
    "day 9 at 10:75": "“10:75” is not an hour of the day; right would be “10:00”, from 0:00 to 23:59",
    "day 9 at 13 pm": "“13 pm” is not an hour of the day; right would be “10:00”, from 0:00 to 23:59",
    "day 9 at noon": "“noon” is not an hour of the day; right would be “10:00”, from 0:00 to 23:59",
    "day -1 at 10": "a letter follows the sign-up; right would be “day 0 at 18:00” or later",
    "day 2000 at 10": "day 2000 is more than five years away; right would be a day like 2 or 21",
    "9999 weeks": "“9999 weeks” is more than five years; right would be a span like “2 hours” or “7 days”",
    "day ٩ at 10": "“day ٩ at 10” names no day; right would be “day 9 at 10:00”",
}
UNTIL = {
    "the next letter": Next(),
    "until the next letter": Next(),
    "Next": Next(),
    "12 hours": Lasting(timedelta(hours=12)),
    "for 7 days": Lasting(timedelta(days=7)),
    "7d": Lasting(timedelta(days=7)),
    "day 9 at 22:30": DayAt(9, time(22, 30)),
    "until day 9, 10 pm": DayAt(9, time(22)),
    "22:30 the same day": SameDayAt(time(22, 30)),
    "at 10 pm that day": SameDayAt(time(22)),
    "until 22:30": SameDayAt(time(22, 30)),
}
WRONG_UNTIL = {
    "": "“” says no end; right would be “the next letter”, “12 hours”, “day 9 at 22:30” or “22:30 the same day”",
    "0 days": "“0 days” leaves no time to send it; right would be “the next letter”, “12 hours”, “day 9 at 22:30” "
    "or “22:30 the same day”",
    "day 9": "day 9 at which hour? Right would be “day 9 at 10:00”",
    "25:00 the same day": "“25:00” is not an hour of the day; right would be “10:00”, from 0:00 to 23:59",
}

hours = st.times().map(lambda at: at.replace(second=0, microsecond=0))
days = st.integers(0, FURTHEST.days)
spans = st.integers(0, FURTHEST // timedelta(minutes=1)).map(lambda number: timedelta(minutes=number))
timings = st.one_of(st.builds(Day, days, hours), st.builds(After, spans))
untils = st.one_of(
    st.just(Next()),
    st.builds(Lasting, spans.filter(bool)),
    st.builds(SameDayAt, hours),
    st.builds(DayAt, days, hours),
)


@pytest.mark.parametrize("text", WHEN)
def test_a_moment_is_read_as_it_is_meant(text: str) -> None:
    assert read_when(text) == WHEN[text]


@pytest.mark.parametrize("text", WRONG_WHEN)
def test_what_says_no_moment_is_answered_with_what_would_be_right(text: str) -> None:
    with pytest.raises(Misspelled) as problem:
        read_when(text)
    assert (problem.value.key, problem.value.line) == ("when", WRONG_WHEN[text])


@pytest.mark.parametrize("text", UNTIL)
def test_an_end_is_read_as_it_is_meant(text: str) -> None:
    assert read_until(text) == UNTIL[text]


@pytest.mark.parametrize("text", WRONG_UNTIL)
def test_what_says_no_end_is_answered_with_what_would_be_right(text: str) -> None:
    with pytest.raises(Misspelled) as problem:
        read_until(text)
    assert (problem.value.key, problem.value.line) == ("until", WRONG_UNTIL[text])


@given(timings)
def test_every_moment_that_is_said_is_read_back(timing: Day | After) -> None:
    assert read_when(spell_when(timing)) == timing


@given(untils)
def test_every_end_that_is_said_is_read_back(until: Next | Lasting | SameDayAt | DayAt) -> None:
    assert read_until(spell_until(until)) == until


def test_moments_are_said_as_people_say_them() -> None:
    said = [
        spell_when(each)
        for each in (Day(9, TEN), After(timedelta(hours=2)), AT_ONCE, After(timedelta(days=1)))
    ]
    assert said == ["day 9 at 10:00", "2 hours after", "at once", "1 day after"]
    assert spell_when(After(timedelta(days=8, hours=1, minutes=5))) == "8 days 1 hour 5 minutes after"


def test_weekdays_are_said_by_name() -> None:
    assert spell_weekdays(EVERY_DAY) == "any day"
    assert spell_weekdays(frozenset(range(5))) == "Monday to Friday"
    assert spell_weekdays({3, 1}) == "Tuesday, Thursday"
