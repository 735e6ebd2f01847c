"""A sequence laid out on its calendar: weeks of days, a card for each letter at its day and hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from newsletter.campaigns.desk.arranging import day_of
from newsletter.campaigns.desk.saying import spell_until, spell_weekdays, spell_when
from newsletter.campaigns.filing.comparing import Change
from newsletter.campaigns.filing.folders import SequenceFolder, StepFile
from newsletter.campaigns.spelling import EVERY_DAY, spell_hour
from newsletter.campaigns.timings import Day

A_WEEK = 7
LIVE = ("live", "well")
CHANGED = ("changed, not in use yet", "")
NOT_YET = ("not in use yet", "")


@dataclass(frozen=True)
class Card:
    """One letter on the calendar. `marks` are (words, color of the chip); `waiting` None where nobody can wait yet."""

    key: str
    number: int
    subject: str
    day: int
    hour: str
    when: str
    until: str
    only_if: str
    weekdays: str
    marks: tuple[tuple[str, str], ...]
    waiting: int | None

    @property
    def column(self) -> int:
        """Its day's place in the week, from 1 to 7."""
        return self.day % A_WEEK + 1


@dataclass(frozen=True)
class Week:
    """Seven days from `first`, the cards in them, and how many weeks without a letter went before."""

    first: int
    cards: tuple[Card, ...]
    skipped: int

    @property
    def days(self) -> range:
        """Its days by number."""
        return range(self.first, self.first + A_WEEK)


def cards(
    folder: SequenceFolder,
    changes: Mapping[str, Change],
    before: SequenceFolder | None,
    waiting: Mapping[str, int],
) -> list[Card]:
    """The letters of `folder` as cards; `before` is what is live, None while the sequence is only a draft."""
    was = {step.key: step for step in before.steps} if before else {}
    return [
        _card(step, number, _marks(was.get(step.key), changes.get(step.key), is_live=bool(before)), waiting)
        for number, step in enumerate(folder.steps, start=1)
    ]


def gone(changes: Mapping[str, Change], before: SequenceFolder | None) -> list[StepFile]:
    """The live letters that the draft takes out."""
    return [step for step in (before.steps if before else ()) if "gone" in _what(changes.get(step.key))]


def weeks(laid: Iterable[Card]) -> list[Week]:
    """The cards by weeks, those without any letter left out and counted."""
    found: list[Week] = []
    last = -1
    for number, mine in groupby(sorted(laid, key=lambda card: card.day), key=lambda card: card.day // A_WEEK):
        found.append(Week(number * A_WEEK, tuple(mine), number - last - 1))
        last = number
    return found


def _card(
    step: StepFile, number: int, marks: tuple[tuple[str, str], ...], waiting: Mapping[str, int]
) -> Card:
    timing, intent = step.intent.timing, step.intent
    return Card(
        key=step.key,
        number=number,
        subject=step.subject or "No subject yet",
        day=day_of(timing),
        hour=spell_hour(timing.at) if isinstance(timing, Day) else spell_when(timing),
        when=spell_when(timing),
        until=spell_until(intent.until),
        only_if=step.only_if or "",
        weekdays="" if intent.weekdays == EVERY_DAY else spell_weekdays(intent.weekdays),
        marks=marks,
        waiting=waiting.get(step.key),
    )


def _marks(was: StepFile | None, change: Change | None, *, is_live: bool) -> tuple[tuple[str, str], ...]:
    if not is_live:
        return (NOT_YET,)
    what = _what(change)
    if "new" in what:
        return (("new, not in use yet", ""),)
    if was is None or not what:
        return (LIVE,)
    before, moved = spell_when(was.intent.timing), "moved" in what
    marks = [(f"moves from {before}", "")] if moved else []
    return (*marks, CHANGED) if {"reworded", "condition"} & {*what} else tuple(marks)


def _what(change: Change | None) -> tuple[str, ...]:
    return change.what if change else ()
