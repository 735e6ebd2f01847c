"""The only module that asks what time it is.

Two times exist. `now()` is the story's time: due moments, the Date header, consent, the life of a link. In practice it
can be turned forward. `machine()` is real: leases, heartbeats, deadlines, sending rates. Both are aware UTC.
"""

from __future__ import annotations

import json
import os
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol, runtime_checkable

from newsletter.errors import Refused

UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
SPAN = re.compile(r"\s*(\d{1,6})\s*([mhdw])", re.IGNORECASE)


class Clock(Protocol):
    """What every entry point holds, and hands on as `now`."""

    def now(self) -> datetime:
        """The story's time, aware, in UTC."""
        ...

    def machine(self) -> datetime:
        """The machine's time, aware, in UTC."""
        ...


@runtime_checkable
class Turnable(Protocol):
    """A clock whose story can be moved on: practice's, and the tests'."""

    def turn_to(self, moment: datetime) -> None:
        """Move the story to `moment` (aware), never backward."""
        ...


class ClockRefused(Refused):
    """The clock cannot be turned that way."""


class SystemClock:
    """Production: the story is now."""

    def now(self) -> datetime:
        """The machine's time."""
        return datetime.now(UTC)

    def machine(self) -> datetime:
        """The machine's time."""
        return datetime.now(UTC)


@dataclass
class FrozenClock:
    """Tests: time stands still until it is advanced."""

    at: datetime
    real: datetime | None = None

    def now(self) -> datetime:
        """The moment it stands at."""
        return self.at

    def machine(self) -> datetime:
        """The machine's time if it was given apart, else the story's."""
        return self.real or self.at

    def turn_to(self, moment: datetime) -> None:
        """Stand at `moment` from now on."""
        if moment < self.at:
            raise ClockRefused("the clock never runs backward")
        self.advance(seconds=(moment - self.at).total_seconds())

    def advance(self, **span: float) -> datetime:
        """Move forward by `days=`, `hours=`, `minutes=`, `seconds=`; returns the new moment."""
        self.at += timedelta(**span)
        if self.real is not None:
            self.real += timedelta(**span)
        return self.at


@dataclass
class SandboxClock:
    """Practice: runs like the machine's, ahead of it by an offset kept in one small file.

    Every process on the same data directory reads the same file, so web and worker live in the same story.
    It never runs backward except by `reset`.
    """

    path: Path
    _seen: tuple[int, timedelta] = field(default=(-1, timedelta(0)), repr=False)

    def machine(self) -> datetime:
        """The machine's time."""
        return datetime.now(UTC)

    def now(self) -> datetime:
        """The machine's time plus the offset."""
        return self.machine() + self.offset()

    def offset(self) -> timedelta:
        """How far the story is ahead of the machine."""
        try:
            stamp = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            return timedelta(0)
        if stamp != self._seen[0]:
            self._seen = (stamp, self._read())
        return self._seen[1]

    def _read(self) -> timedelta:
        try:
            return timedelta(seconds=json.loads(self.path.read_text())["ahead_by_seconds"])
        except (ValueError, KeyError, TypeError, OverflowError) as damaged:
            raise ClockRefused(
                f"{self.path} is damaged; `newsletter clock reset` writes it anew, at the machine's time"
            ) from damaged

    def turn_to(self, moment: datetime) -> None:
        """Jump forward to `moment` (aware); raises ClockRefused for a moment already past."""
        ahead = moment - self.machine()
        if ahead < self.offset():
            raise ClockRefused(
                f"the clock never runs backward: it is {self.now():%Y-%m-%d %H:%M} UTC already; "
                "give a later moment, or `newsletter clock reset`"
            )
        self._keep(ahead)

    def reset(self) -> None:
        """Back to the machine's time."""
        self._keep(timedelta(0))

    def _keep(self, ahead: timedelta) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(f".{os.getpid()}.tmp")
        with fresh.open("w") as file:
            json.dump({"ahead_by_seconds": ahead.total_seconds()}, file)
            file.flush()
            os.fsync(file.fileno())  # else a power cut may leave the name and nothing in it
        fresh.replace(self.path)


def span(text: str) -> timedelta:
    """Read "3d", "90m", "1w 2d 6h"; raises ClockRefused that says what would be right."""
    parts = SPAN.findall(text)
    if not parts or SPAN.sub("", text).strip():
        raise ClockRefused(f"“{text}” is not a span of time; right would be 3d, 12h, 90m or 1w")
    return sum((int(count) * UNITS[unit.lower()] for count, unit in parts), timedelta())


def spell(length: timedelta) -> str:
    """The inverse of `span`, to the minute: "3d 4h", "0m" for nothing."""
    minutes = int(length.total_seconds() // 60)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{count}{unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "m")) if count]
    return " ".join(parts) or "0m"


def pause(seconds: float) -> None:
    """Sleep on the machine's clock."""
    time.sleep(seconds)


def ticks() -> float:
    """A monotonic reading in seconds, for deadlines within one process."""
    return time.monotonic()
