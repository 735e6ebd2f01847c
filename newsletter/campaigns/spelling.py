"""Pure: hours, spans and weekdays as a marketer writes them in a campaign file, read and written back."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import time, timedelta
from difflib import get_close_matches

from newsletter.clock import ClockRefused, span, spell
from newsletter.errors import Refused

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = frozenset(range(7))
FURTHEST = timedelta(days=1825)
"""Five years: nothing further off is meant, and sums of dates stay inside the calendar."""

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""Control characters and line ends of every kind: none belongs in a subject, or on somebody's terminal."""

_HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)


class Misspelled(Refused):
    """One key of a campaign file says something that cannot be meant. `key` names it, so that its line is found."""

    def __init__(self, key: str, says: str) -> None:
        self.key = key
        super().__init__(says)


def read_text(key: str, value: object) -> str:
    """The value as one line of text; raises Misspelled for anything else: a subject must not open a new header."""
    if not isinstance(value, str):
        raise Misspelled(key, f"“{key}” is a text in quotes, not {value!r:.40}")
    if not value.strip() or CONTROL.search(value):
        raise Misspelled(
            key, f"“{key}” is one line of text, not empty, without line breaks or control characters"
        )
    return value.strip()


def read_flag(key: str, value: object) -> bool:
    """Read true or false; raises Misspelled for anything else, "true" in quotes among it."""
    if not isinstance(value, bool):
        raise Misspelled(key, f"“{key}” is true or false, without quotes")
    return value


def read_hour(key: str, value: object) -> time:
    """Read "09:00" or "9:00" on a 24-hour clock; raises Misspelled."""
    match = _HOUR.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        shown = value if isinstance(value, str) else repr(value)
        raise Misspelled(
            key, f'“{shown:.40}” is not an hour of the day; right would be "09:00", from "00:00" to "23:59"'
        )
    return time(int(match[1]), int(match[2]))


def spell_hour(hour: time) -> str:
    """The inverse of `read_hour`: "09:00"."""
    return f"{hour:%H:%M}"


def read_span(key: str, value: object) -> timedelta:
    """Read "90m", "2h", "3d", "1w"; never negative, at most five years. Raises Misspelled."""
    right = 'right would be "30m", "2h", "3d" or "1w"'
    if not isinstance(value, str):
        raise Misspelled(key, f"“{key}” is a span of time in quotes, not {value!r:.40}; {right}")
    if value.lstrip().startswith("-"):
        raise Misspelled(key, f"“{key}” is never negative; for before the moment give day = -1 and at")
    try:
        length = span(value)
    except (ClockRefused, OverflowError) as problem:
        raise Misspelled(key, f"“{value:.40}” is not a span of time; {right}") from problem
    if length > FURTHEST:
        raise Misspelled(key, f"“{value:.40}” is more than five years away; {right}")
    return length


def spell_span(length: timedelta) -> str:
    """The inverse of `read_span`, to the minute: "1d 2h", "0m" for at once."""
    return spell(length)


def read_weekdays(key: str, value: object) -> frozenset[int]:
    """Read "mon-fri", "tue,thu" or "sat-mon" as numbers, Monday 0; raises Misspelled."""
    days: set[int] = set()
    for part in str(value).lower().split(","):
        first, dash, last = (word.strip() for word in part.partition("-"))
        if not isinstance(value, str) or not {first, last if dash else first} <= set(WEEKDAYS):
            raise Misspelled(key, f'“{value!s:.40}” names no weekdays; right would be "mon-fri" or "tue,thu"')
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last if dash else first)
        days |= {(start + step) % 7 for step in range((end - start) % 7 + 1)}
    return frozenset(days)


def spell_weekdays(days: Collection[int]) -> str:
    """The inverse of `read_weekdays`: "mon-fri" for the working week, else "tue,thu"."""
    if set(days) == set(range(5)):
        return "mon-fri"
    return ",".join(WEEKDAYS[day] for day in sorted(days))


def nearest(word: str, known: Iterable[str]) -> str:
    """` (did you mean “at”?)` where one of `known` is close to `word`, else nothing."""
    close = get_close_matches(word, list(known), n=1)
    return f" (did you mean “{close[0]}”?)" if close else ""
