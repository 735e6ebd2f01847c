"""One person of a list, in our words: what the list proves, or that she left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

LEFT_ELSEWHERE = "left elsewhere"  # why such a stop is kept; her own confirmed sign-up here is newer


@dataclass(frozen=True, slots=True)
class Stop:
    """She left, or cannot be reached: `scope` and `reason` for the do-not-mail list; `at` is when, where it is told."""

    scope: str
    reason: str
    at: datetime | None = None


@dataclass(slots=True)
class Agreed:
    """What proves that she agreed. `confirmed_at` None: whoever imports says so, as of now."""

    source: str
    confirmed_at: datetime | None = None
    confirmed_ip: str | None = None
    requested_at: datetime | None = None
    requested_ip: str | None = None
    wording: str | None = None


@dataclass(slots=True)
class Entry:
    """One person of a list: someone who hears from us (`agreed`), or a leaver (`stop`)."""

    row: int
    address: str
    key: str
    first_name: str | None = None
    time_zone: str | None = None
    topics: tuple[str, ...] = ()
    tags: list[str] | None = None
    fields: dict[str, str] | None = None
    agreed: Agreed | None = None
    stop: Stop | None = None


@dataclass(frozen=True)
class Stated:
    """What holds for a whole list: where they agreed, what for (slugs), which topics exist (slug -> name), and now."""

    topics: tuple[str, ...]
    known: Mapping[str, str]
    now: datetime
    source: str | None = None
