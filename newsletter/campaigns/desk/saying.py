"""Pure: the sentences in which a marketer says when a letter comes ("day 9 at 10", "2 hours after"), read and spelled.

A campaign file says the same in keys (`timings`); what is read here can be written there, and the other way round.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import time, timedelta

from newsletter.campaigns.spelling import EVERY_DAY, FURTHEST, Misspelled, spell_hour
from newsletter.campaigns.timings import After, Day, DayAt, Lasting, Next, SameDayAt, Timing, Until

AT_ONCE = frozenset({"at once", "now", "immediately", "straight away", "right away"})
NEXT = frozenset({"next", "next letter", "the next", "the next letter"})
UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
}
SAID = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

RIGHT_WHEN = "right would be “day 9 at 10:00”, “2 hours after” or “at once”"
RIGHT_UNTIL = "right would be “the next letter”, “12 hours”, “day 9 at 22:30” or “22:30 the same day”"

_PART = r"(\d{1,7}) ?(weeks?|w|days?|d|hours?|hrs?|h|minutes?|mins?|m)\b"
_SPAN = re.compile(rf"{_PART}(?:(?:,| and|) ?{_PART})*", re.ASCII)
_ONE_PART = re.compile(_PART, re.ASCII)
_DAY = re.compile(r"day (-?\d{1,9})(?:,| at|) (\S.*)", re.ASCII)
_DAY_ALONE = re.compile(r"day (-?\d{1,9})(?: at)?", re.ASCII)
_HOUR = re.compile(r"(\d{1,2})(?:[:.](\d\d))? ?(am|pm)?", re.ASCII)


def read_when(text: str) -> Timing:
    """The moment that “day 9 at 10”, “day 9 at 10:00”, “2 hours after”, “2h” or “at once” says.

    Counted from the sign-up, so never before it. Raises Misspelled with the key `when`, saying what would be right.
    """
    said = _plain(text)
    if said in AT_ONCE:
        return After(timedelta())
    if said.startswith("day "):
        return Day(*_read_day("when", said))
    length = said.removeprefix("after ").removesuffix(" after").removesuffix(" later")
    if _SPAN.fullmatch(length):
        return After(_read_span("when", length))
    raise Misspelled("when", f"“{text.strip():.40}” says no moment; {RIGHT_WHEN}")


def spell_when(timing: Timing) -> str:
    """The inverse of `read_when`: “day 9 at 10:00”, “2 hours after”, “at once”."""
    if isinstance(timing, Day):
        return f"day {timing.day} at {spell_hour(timing.at)}"
    return f"{_spell_span(timing.span)} after" if timing.span else "at once"


def read_until(text: str) -> Until:
    """The end that “the next letter”, “12 hours”, “day 9 at 22:30” or “22:30 the same day” says.

    Raises Misspelled with the key `until`, saying what would be right.
    """
    said = _plain(text).removeprefix("until ").removeprefix("for ")
    if said in NEXT:
        return Next()
    if said.startswith("day "):
        return DayAt(*_read_day("until", said))
    if _SPAN.fullmatch(said):
        if length := _read_span("until", said):
            return Lasting(length)
        raise Misspelled("until", f"“{text.strip():.40}” leaves no time to send it; {RIGHT_UNTIL}")
    hour = said.removeprefix("at ").removesuffix(" the same day").removesuffix(" that day")
    if _HOUR.fullmatch(hour):
        return SameDayAt(_read_hour("until", hour))
    raise Misspelled("until", f"“{text.strip():.40}” says no end; {RIGHT_UNTIL}")


def spell_until(until: Until) -> str:
    """The inverse of `read_until`."""
    match until:
        case Next():
            return "the next letter"
        case Lasting(length):
            return _spell_span(length)
        case SameDayAt(at):
            return f"{spell_hour(at)} the same day"
        case DayAt(day, at):
            return f"day {day} at {spell_hour(at)}"


def spell_weekdays(days: Collection[int]) -> str:
    """“any day”, “Monday to Friday”, or the days by name; Monday is 0."""
    if set(days) == EVERY_DAY:
        return "any day"
    if set(days) == set(range(5)):
        return "Monday to Friday"
    return ", ".join(DAYS[day] for day in sorted(days))


def _plain(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(" .")


def _read_day(key: str, said: str) -> tuple[int, time]:
    if alone := _DAY_ALONE.fullmatch(said):
        raise Misspelled(
            key, f"day {alone[1]} at which hour? Right would be “day {max(int(alone[1]), 0)} at 10:00”"
        )
    found = _DAY.fullmatch(said)
    if found is None:
        raise Misspelled(key, f"“{said:.40}” names no day; right would be “day 9 at 10:00”")
    day, hour = int(found[1]), _read_hour(key, found[2])
    if day < 0:
        raise Misspelled(key, "a letter follows the sign-up; right would be “day 0 at 18:00” or later")
    if day > FURTHEST.days:
        raise Misspelled(key, f"day {day} is more than five years away; right would be a day like 2 or 21")
    return day, hour


def _read_hour(key: str, said: str) -> time:
    found = _HOUR.fullmatch(said)
    if found is not None:
        hour, minute = int(found[1]), int(found[2] or 0)
        if found[3]:
            hour = hour % 12 + (12 if found[3] == "pm" else 0) if 1 <= hour <= 12 else 24
        if hour < 24 and minute < 60:
            return time(hour, minute)
    raise Misspelled(
        key, f"“{said:.40}” is not an hour of the day; right would be “10:00”, from 0:00 to 23:59"
    )


def _read_span(key: str, said: str) -> timedelta:
    minutes = sum(int(number) * (UNITS[unit[0]] // UNITS["m"]) for number, unit in _ONE_PART.findall(said))
    if minutes > FURTHEST // UNITS["m"]:
        raise Misspelled(
            key, f"“{said:.40}” is more than five years; right would be a span like “2 hours” or “7 days”"
        )
    return timedelta(minutes=minutes)


def _spell_span(length: timedelta) -> str:
    parts = []
    for name, unit in SAID:
        number, length = divmod(length, unit)
        if number:
            parts.append(f"{number} {name}{'' if number == 1 else 's'}")
    return " ".join(parts)
