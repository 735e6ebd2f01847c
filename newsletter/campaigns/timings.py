"""Pure: moments and their ends as a marketer means them ("day 3 at 09:00", "until the next"), read and written back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta

from newsletter.campaigns.spelling import FURTHEST, Misspelled, read_hour, read_span, spell_hour, spell_span


@dataclass(frozen=True)
class After:
    """A span after the anchor, to the minute, on no particular hour; sending hours do not apply."""

    span: timedelta


@dataclass(frozen=True)
class Day:
    """A local day and hour, counted in days from the anchor's local date; negative: before it."""

    day: int
    at: time


@dataclass(frozen=True)
class Next:
    """Worth sending until the next step of the same anchor is due."""


@dataclass(frozen=True)
class Lasting:
    """Worth sending for this long after its own moment."""

    span: timedelta


@dataclass(frozen=True)
class SameDayAt:
    """Worth sending until this local hour of the day on which it falls."""

    at: time


@dataclass(frozen=True)
class DayAt:
    """Worth sending until a local day and hour, counted like `Day`."""

    day: int
    at: time


Timing = After | Day
Until = Next | Lasting | SameDayAt | DayAt


def read_timing(table: Mapping[str, object]) -> Timing:
    """The timing that the keys `day` and `at`, or `after`, of a step's table say; raises Misspelled."""
    if "day" in table and "after" in table:
        raise Misspelled("after", "“day” and “after” exclude each other; give one")
    if "after" in table:
        if "at" in table:
            raise Misspelled(
                "at", "“at” goes with “day”; a step with “after” counts from the very moment: leave “at” out"
            )
        return After(read_span("after", table["after"]))
    if "day" not in table:
        key = "at" if "at" in table else ""
        raise Misspelled(
            key, 'it does not say when: give day = 2 and at = "10:00", or after = "2h" ("0m": at once)'
        )
    if "at" not in table:
        raise Misspelled("day", '“day” needs the local hour beside it: at = "10:00"')
    return Day(_read_day("day", table["day"]), read_hour("at", table["at"]))


def _read_day(key: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise Misspelled(key, f"“{value!s:.40}” is not a day; right would be a whole number, as in day = 2")
    if abs(value) > FURTHEST.days:
        raise Misspelled(
            key, f"day {value} is more than five years away; right would be a number like 2 or 21"
        )
    return value


def read_until(value: object) -> Until:
    """The end that the key `until` says; None for an absent one. Raises Misspelled."""
    right = 'right would be until = "next", "12h" or { day = 0, at = "22:30" }'
    if value is None:
        raise Misspelled("", f"it does not say how long it stays worth sending; {right}")
    if value == "next":
        return Next()
    if isinstance(value, str):
        return _read_lasting(value, right)
    if not isinstance(value, Mapping) or not {"at"} <= set(value) <= {"day", "at"}:
        raise Misspelled("until", f"“until” cannot be read; {right}")
    at = read_hour("until", value["at"])
    return DayAt(_read_day("until", value["day"]), at) if "day" in value else SameDayAt(at)


def _read_lasting(value: str, right: str) -> Lasting:
    try:
        length = read_span("until", value)
    except Misspelled as problem:
        raise Misspelled("until", f"“{value:.40}” cannot be read; {right}") from problem
    if not length:
        raise Misspelled("until", f"“{value:.40}” leaves no time to send it; {right}")
    return Lasting(length)


def spell_timing(timing: Timing) -> dict[str, object]:
    """The inverse of `read_timing`."""
    if isinstance(timing, After):
        return {"after": spell_span(timing.span)}
    return {"day": timing.day, "at": spell_hour(timing.at)}


def spell_until(until: Until) -> object:
    """The inverse of `read_until`."""
    match until:
        case Next():
            return "next"
        case Lasting(length):
            return spell_span(length)
        case SameDayAt(at):
            return {"at": spell_hour(at)}
        case DayAt(day, at):
            return {"day": day, "at": spell_hour(at)}
