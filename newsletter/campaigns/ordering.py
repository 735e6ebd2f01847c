"""Pure: what can be wrong with the steps of one sequence together, though each is right by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import time, timedelta

from newsletter.campaigns.intents import Intent
from newsletter.campaigns.timings import Day, Next, Timing

_SLACK = timedelta(hours=2)
"""A local day can be this much shorter or longer where the clocks change (Lord Howe 30 min, Antarctica/Troll 2 h)."""


def misplaced(intents: Sequence[Intent]) -> Iterator[tuple[int, str, str]]:
    """Yield (index, key at fault, what would be right) for each step that stands in the wrong place.

    Steps of one anchor are listed in the order in which they arrive; only an order that no anchor's hour could make
    right is refused. `until = "next"` needs a next step of the same anchor.
    """
    for index, intent in enumerate(intents):
        if any(
            _always_later(before.timing, intent.timing) for before in _same_anchor(intents[:index], intent)
        ):
            key = "day" if isinstance(intent.timing, Day) else "after"
            yield (
                index,
                key,
                "it arrives before a step listed above it; list the steps in the order in which they arrive",
            )
        if isinstance(intent.until, Next) and following(intents, index) is None:
            yield index, "until", 'there is no next step after the last one; right would be until = "7d"'


def following(intents: Sequence[Intent], index: int) -> int | None:
    """The index of the step that ends `until = "next"` of the step at `index`; None for the last of its anchor.

    A step with the very same timing is an alternative to it (two letters of which a condition picks one), not its next.
    """
    here = intents[index]
    for later in range(index + 1, len(intents)):
        if intents[later].anchor == here.anchor and intents[later].timing != here.timing:
            return later
    return None


def _same_anchor(intents: Sequence[Intent], like: Intent) -> Iterator[Intent]:
    return (intent for intent in intents if intent.anchor == like.anchor)


def _always_later(one: Timing, other: Timing) -> bool:
    if isinstance(one, Day) and isinstance(other, Day):
        return (one.day, one.at) > (other.day, other.at)
    return _range(one)[0] > _range(other)[1]


def _range(timing: Timing) -> tuple[timedelta, timedelta]:
    """The earliest and latest distance from an anchor whose local hour is unknown."""
    if not isinstance(timing, Day):
        return timing.span, timing.span
    from_midnight = timedelta(days=timing.day) + _since_midnight(timing.at)
    return from_midnight - timedelta(days=1) - _SLACK, from_midnight + _SLACK


def _since_midnight(hour: time) -> timedelta:
    return timedelta(hours=hour.hour, minutes=hour.minute)
