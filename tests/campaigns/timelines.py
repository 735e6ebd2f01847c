"""Timelines for tests: the welcome series as the starter has it, and any timeline that Hypothesis can think of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from newsletter.campaigns.intents import ANCHORS, Intent, read_step
from newsletter.campaigns.localtime import SendingHours
from newsletter.campaigns.ordering import misplaced
from newsletter.campaigns.planning import StepPlan
from newsletter.campaigns.spelling import EVERY_DAY
from newsletter.campaigns.timings import After, Day, DayAt, Lasting, Next, SameDayAt

HOURS = SendingHours()
ANY_HOUR = SendingHours(time(0), time(23, 59))
NEW_YORK = ZoneInfo("America/New_York")
ZONES = [
    ZoneInfo(name)
    for name in (
        "America/New_York",
        "Australia/Lord_Howe",  # half an hour of daylight saving
        "Asia/Kathmandu",  # UTC+05:45
        "Europe/London",
        "Pacific/Apia",  # had no 30 December 2011
        "Africa/Casablanca",  # turns its clocks back for Ramadan
    )
]


def step(key: str, position: int = 0, *, only_if: str | None = None, **table: Any) -> StepPlan:
    """A step from its table; `from_` stands for the key `from`, and `until` is the next step or, said so, something else."""
    if "from_" in table:
        table["from"] = table.pop("from_")
    return StepPlan(key, position, read_step({"until": "7d"} | table, anchors=ANCHORS), only_if)


WELCOME = (
    step("welcome", 0, after="0m"),
    step("is-one-enough", 1, day=2, at="10:00", until="next"),
    step("under-the-skin", 2, day=5, at="10:00", until="next"),
    step("right-away", 3, day=9, at="10:00", until="next"),
    step("build-on-each-other", 4, day=14, at="10:00", until="next"),
    step("a-plan-that-fits", 5, day=21, at="10:00", until="14d", weekdays="mon-fri"),
)

AFTERCARE = (
    step("prepare", 0, from_="booked", day=-3, at="09:00", until={"day": -1, "at": "20:00"}),
    step("first-note", 1, from_="done", after="1h", until={"day": 0, "at": "22:30"}, first=True),
    step("next-morning", 2, from_="done", day=1, at="08:00", until={"at": "20:00"}),
    step("check-in", 3, from_="done", day=3, at="09:00", until={"day": 4, "at": "20:00"}),
)

zones = st.sampled_from(ZONES)
clock_hours = st.times(max_value=time(23, 59)).map(lambda hour: hour.replace(second=0, microsecond=0))
spans = st.integers(1, 60 * 24 * 9).map(lambda minutes: timedelta(minutes=minutes))
dates = st.one_of(
    st.dates(date(2024, 1, 1), date(2030, 12, 31)),
    st.dates(date(2011, 12, 25), date(2012, 1, 5)),  # Apia jumps over the date line
    st.dates(date(2026, 3, 1), date(2026, 4, 10)),  # all the others change their clocks
)
instants = st.builds(lambda day, hour: datetime.combine(day, hour, tzinfo=UTC), dates, st.times())
weekday_sets = st.one_of(
    st.just(EVERY_DAY), st.just(frozenset(range(5))), st.frozensets(st.integers(0, 6), min_size=1)
)
untils = st.one_of(
    st.just(Next()),
    spans.map(Lasting),
    clock_hours.map(SameDayAt),
    st.builds(DayAt, st.integers(-5, 30), clock_hours),
)
timings = st.one_of(spans.map(After), st.builds(Day, st.integers(-5, 25), clock_hours))
intents = st.builds(Intent, timings, untils, st.just("confirmed"), weekday_sets, st.booleans())


def _order(intent: Intent) -> timedelta:
    timing = intent.timing
    if isinstance(timing, After):
        return timing.span
    return timedelta(days=timing.day, hours=timing.at.hour, minutes=timing.at.minute)


@st.composite
def timelines(draw: st.DrawFn) -> tuple[StepPlan, ...]:
    """One to six steps that a campaign file could hold, listed as it would list them."""
    listed = sorted(draw(st.lists(intents, min_size=1, max_size=6)), key=_order)
    while wrong := list(misplaced(listed)):
        index, key, _ = wrong[0]
        if key == "until":
            listed[index] = replace(listed[index], until=Lasting(timedelta(days=7)))
        else:
            del listed[index]
    return tuple(StepPlan(f"step-{index}", index, intent) for index, intent in enumerate(listed))
