"""Pure: what may be filled into an e-mail. Plain values only, checked and copied, so that nothing can be called.

Empty means missing: None, '' and blank text never enter, because "Hi !" is worse than no e-mail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from newsletter.content.refusals import MergeRefused

Value = str | int | float | bool | date | datetime | list["Value"] | dict[str, "Value"] | None
Plain = str | int | float | bool | date | datetime | list["Plain"] | dict[str, "Plain"]

# What every marketing letter may print; a sequence, or a list that was imported, may bring more.
FIELDS = (
    *("first_name", "topics", "letters"),
    *("clinic_name", "clinic_phone", "clinic_city", "clinic_postal_address", "booking_url", "privacy_url"),
    *("preferences_url", "unsubscribe_url"),
)

PLAIN = (str, int, float, bool, date, datetime, list, dict)
LONGEST_TEXT = 10_000
LONGEST_LIST = 500
DEEPEST = 4
MOST_VALUES = 5_000
LARGEST_NUMBER = 10**15
# C0 but tab and newline, DEL and C1 with NEL, LS, PS, and the marks that turn the reading direction of what follows.
UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
OPENABLE = re.compile(r"(?:https?://|mailto:|tel:)[^\s<>\"'`\\]+", re.IGNORECASE)


@dataclass(frozen=True)
class Missing:
    """Stands where a field has no value: false in `if`, filled by default(), refused when printed."""

    name: str

    def __bool__(self) -> bool:
        return False


def checked(fields: Mapping[str, Value]) -> dict[str, Plain]:
    """A copy of `fields` without what is empty, and without control characters.

    Raises MergeRefused for anything but text, numbers, dates, lists and dicts of them, for what is too long, too
    deep or too many, and for a field named `*_url` that no reader could open.
    """
    budget = [MOST_VALUES]
    kept = _mapping(fields, "", 1, budget)
    return kept if kept is not None else {}


def is_url_field(name: str) -> bool:
    """Whether a field holds an address to open: only such a field may be a link's target."""
    return name.rpartition(".")[2].endswith("_url")


def _plain(value: Value, name: str, depth: int, budget: list[int]) -> Plain | None:
    budget[0] -= 1 + (len(value) // 100 if isinstance(value, str) else 0)
    if budget[0] < 0 or depth > DEEPEST:
        raise MergeRefused(f"{name} holds too many values, or values too deep inside each other")
    if value is None:
        return None
    if type(value) not in PLAIN:  # exactly: a subclass could bring its own code along
        raise MergeRefused(
            f"{name} is a {type(value).__name__}; a field is text, a number, a date, a list or a dict"
        )
    match value:
        case str():
            return _text(value, name)
        case list():
            return _listing(value, name, depth, budget)
        case dict():
            return _mapping(value, name, depth, budget)
        case float() | int():
            return _number(value, name)
    return value


def _text(value: str, name: str) -> str | None:
    if len(value) > LONGEST_TEXT:
        raise MergeRefused(f"{name} has {len(value)} characters; a field has at most {LONGEST_TEXT}")
    clean = UNWANTED.sub(" ", value.replace("\r\n", "\n")).strip()
    if clean and is_url_field(name) and not OPENABLE.fullmatch(clean):
        raise MergeRefused(f"{name} is not an address that can be opened; right would be https://…")
    return clean or None


def _number(value: float, name: str) -> int | float:
    if not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:  # also false for "not a number"
        raise MergeRefused(f"{name} is not a number that can be printed")
    return value


def _listing(value: list[Value], name: str, depth: int, budget: list[int]) -> list[Plain]:
    if len(value) > LONGEST_LIST:
        raise MergeRefused(f"{name} lists {len(value)} things; a list has at most {LONGEST_LIST}")
    kept = (_plain(item, name, depth + 1, budget) for item in value)
    return [item for item in kept if item is not None]


def _mapping(value: Mapping[str, Value], name: str, depth: int, budget: list[int]) -> dict[str, Plain]:
    kept: dict[str, Plain] = {}
    for key, inner in value.items():
        if type(key) is not str:
            raise MergeRefused(f"{name or 'a field'} has a name that is not text: {str(key)[:40]}")
        plain = _plain(inner, f"{name}.{key}" if name else key, depth + 1, budget)
        if plain is not None:
            kept[key] = plain
    return kept
