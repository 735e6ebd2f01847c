"""Pure: what a marketer says about a moment ("day 3 at 09:00, worth sending until the next letter"), as values.

An intent is stored as it was meant, never as an instant: the instant depends on the reader's zone and on her anchor,
and is found by `planning`. One grammar serves the campaign file and the Step row: `Intent.to_json` writes the table
that `read_step` reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from newsletter.campaigns.spelling import (
    EVERY_DAY,
    Misspelled,
    nearest,
    read_flag,
    read_weekdays,
    spell_weekdays,
)
from newsletter.campaigns.timings import (
    After,
    Day,
    DayAt,
    SameDayAt,
    Timing,
    Until,
    read_timing,
    read_until,
    spell_timing,
    spell_until,
)

KEYS = ("day", "at", "after", "from", "until", "weekdays", "first")
ANCHORS = ("confirmed", "done", "booked")
"""What a step may be counted from: the reader's confirmation; a session that took place; a session to come."""

MARKETING_ANCHORS = ("confirmed",)
CARE_ANCHORS = ("done", "booked")


@dataclass(frozen=True)
class Intent:
    """When a step is meant to arrive: counted from `anchor`, on `weekdays` only (Monday is 0), useful until `until`.

    `first`: where several steps of one occurrence are due at once, this one goes before any newer one.
    """

    timing: Timing
    until: Until
    anchor: str = "confirmed"
    weekdays: frozenset[int] = EVERY_DAY
    first: bool = False

    def to_json(self) -> dict[str, object]:
        """The table as a campaign file would say it; `from_json` and `read_step` read it back to an equal intent."""
        table: dict[str, object] = {
            "from": self.anchor,
            **spell_timing(self.timing),
            "until": spell_until(self.until),
        }
        if self.weekdays != EVERY_DAY:
            table["weekdays"] = spell_weekdays(self.weekdays)
        if self.first:
            table["first"] = True
        return table

    @classmethod
    def from_json(cls, table: Mapping[str, object]) -> Intent:
        """The intent that `to_json` wrote; raises Misspelled for a table that it never would have written."""
        return read_step(table, anchors=ANCHORS)


def read_step(table: Mapping[str, object], *, anchors: Sequence[str] = MARKETING_ANCHORS) -> Intent:
    """Read the timing keys (KEYS) of one step.

    `anchors` are the names that `from` may say; the first one is meant where it is absent.
    Raises Misspelled, which names the key at fault and says what would be right.
    """
    for key in table:
        if key not in KEYS:
            raise Misspelled(
                key, f"“{key}” is not known here{nearest(key, KEYS)}; known are {', '.join(KEYS)}"
            )
    anchor = table.get("from", anchors[0])
    if anchor not in anchors:
        raise Misspelled("from", f"“{anchor!s:.40}” is no anchor; right would be {' or '.join(anchors)}")
    timing = read_timing(table)
    until = read_until(table.get("until"))
    _check_until_comes_later(timing, until)
    weekdays = read_weekdays("weekdays", table["weekdays"]) if "weekdays" in table else EVERY_DAY
    return Intent(timing, until, str(anchor), weekdays, read_flag("first", table.get("first", False)))


def _check_until_comes_later(timing: Timing, until: Until) -> None:
    """Refuse what no anchor can make right; what depends on the anchor's own hour is left to `planning`."""
    match timing, until:
        case Day(day, at), DayAt(last, hour):
            early = (last, hour) <= (day, at)
        case Day(_, at), SameDayAt(hour):
            early = hour <= at
        case After(length), DayAt(last, hour):
            early = timedelta(days=last, hours=hour.hour, minutes=hour.minute) <= length
        case _:
            early = False
    if early:
        raise Misspelled(
            "until", "“until” is not later than the step's own moment; right would be a later hour or day"
        )
