"""Pure: the filters of the merge language, and how a value is printed. English names of days and months, always."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from newsletter.content.refusals import MergeRefused
from newsletter.content.values import Missing

DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()
DIRECTIVE = re.compile(r"%(-?.?)", re.DOTALL)
# strftime would follow the machine's locale, and knows %-d on some systems only.
DATES: dict[str, Callable[[Any], str]] = {
    "A": lambda day: DAYS[day.weekday()],
    "a": lambda day: DAYS[day.weekday()][:3],
    "B": lambda day: MONTHS[day.month - 1],
    "b": lambda day: MONTHS[day.month - 1][:3],
    "d": lambda day: f"{day.day:02d}",
    "-d": lambda day: str(day.day),
    "m": lambda day: f"{day.month:02d}",
    "-m": lambda day: str(day.month),
    "Y": lambda day: f"{day.year:04d}",
    "y": lambda day: f"{day.year % 100:02d}",
    "%": lambda _: "%",
}
TIMES: dict[str, Callable[[Any], str]] = {
    "H": lambda at: f"{at.hour:02d}",
    "-H": lambda at: str(at.hour),
    "I": lambda at: f"{(at.hour - 1) % 12 + 1:02d}",
    "-I": lambda at: str((at.hour - 1) % 12 + 1),
    "M": lambda at: f"{at.minute:02d}",
    "p": lambda at: "am" if at.hour < 12 else "pm",
}


@dataclass(frozen=True)
class Filter:
    """What a filter does, and how many values it takes in its parentheses."""

    apply: Callable[..., Any]
    least: int = 0
    most: int = 0


def printed(value: Any) -> str:
    """How a value looks on paper. Raises MergeRefused for a list or a dict."""
    if isinstance(value, list | dict):
        raise MergeRefused("a whole list cannot be printed; go through it with {% for … %} or use join")
    return str(value)


def check_date_format(pattern: object) -> None:
    """Raise MergeRefused for a pattern with a directive that we do not print."""
    if not isinstance(pattern, str) or len(pattern) > 100:
        raise MergeRefused('date needs its pattern in quotes, such as date("%A, %-d %B")')
    for directive in DIRECTIVE.findall(pattern):
        if directive not in DATES and directive not in TIMES:
            known = " ".join(f"%{name}" for name in (*DATES, *TIMES))
            raise MergeRefused(f"date does not know %{directive}; it knows {known}")


def dated(value: Any, pattern: str) -> str:
    """Write a date or a moment by `pattern`. Raises MergeRefused for what is neither, or a date asked for its hour."""
    if not isinstance(value, date):
        raise MergeRefused("date was given something that is not a date")
    known = DATES | TIMES if isinstance(value, datetime) else DATES

    def written(found: re.Match[str]) -> str:
        if found[1] not in known:
            raise MergeRefused(f"%{found[1]} asks a date without an hour for its hour")
        return known[found[1]](value)

    return DIRECTIVE.sub(written, pattern)


def _joined(value: Any, between: str = ", ") -> str:
    if not isinstance(value, list):
        raise MergeRefused("join was given something that is not a list")
    return printed(between).join(map(printed, value))


def _length(value: Any) -> int:
    if not isinstance(value, str | list | dict):
        raise MergeRefused("length was given something that has none")
    return len(value)


def _titled(value: Any) -> str:
    # str.title() writes "O'Neill'S"; a word starts after a space or a hyphen.
    return re.sub(r"[^\s-]+", lambda word: word[0][:1].upper() + word[0][1:].lower(), printed(value))


FILTERS = {
    "default": Filter(lambda value, other: other if isinstance(value, Missing) else value, 1, 1),
    "upper": Filter(lambda value: printed(value).upper()),
    "lower": Filter(lambda value: printed(value).lower()),
    "title": Filter(_titled),
    "capitalize": Filter(lambda value: printed(value).capitalize()),
    "trim": Filter(lambda value: printed(value).strip()),
    "date": Filter(dated, 1, 1),
    "join": Filter(_joined, 0, 1),
    "length": Filter(_length),
}


def filtered(name: str, value: Any, values: Sequence[Any]) -> Any:
    """Apply the filter `name`. What is missing stays missing through every filter but default()."""
    if isinstance(value, Missing) and name != "default":
        return value
    return FILTERS[name].apply(value, *values)
