"""Pure: timeline + anchors + zone + sending hours -> what comes when, until when it is useful, and why then.

The worker, the studio's calendar, `newsletter rehearse` and the tests ask this one planner. What becomes of a plan at
one moment is decided in `deciding`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from newsletter.campaigns.intents import Intent
from newsletter.campaigns.localtime import SendingHours, at_local, first_allowed
from newsletter.campaigns.ordering import following
from newsletter.campaigns.spelling import spell_hour
from newsletter.campaigns.timings import After, DayAt, Lasting, Next, SameDayAt

Anchors = Mapping[tuple[str, int], datetime]
"""(anchor name, occurrence) -> aware instant. Marketing has ("confirmed", 0); care counts its sessions from 1."""


@dataclass(frozen=True)
class StepPlan:
    """A step of one timeline version, as far as planning needs it."""

    key: str
    position: int
    intent: Intent
    only_if: str | None = None


@dataclass(frozen=True)
class Planned:
    """One step of one occurrence at its moment: `at` and `until` in UTC, `local` the same moment in the reader's zone.

    It may leave at `at <= now < until`. `reasons` say why it is not at the hour that was meant.
    """

    step: StepPlan
    occurrence: int
    at: datetime
    local: datetime
    until: datetime
    reasons: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The step's key, stable over versions."""
        return self.step.key

    @property
    def run(self) -> tuple[str, int]:
        """What a StepRun is unique by within its enrollment: (key, occurrence)."""
        return self.step.key, self.occurrence

    @property
    def sendable(self) -> bool:
        """Whether there is any moment at which it may leave; a push can move a step past its own until."""
        return self.at < self.until


def plan(
    steps: Sequence[StepPlan], anchors: Anchors, zone: ZoneInfo, hours: SendingHours
) -> tuple[Planned, ...]:
    """When each step arrives, for each occurrence whose anchor is known; ordered by moment, then by position.

    Days are counted on the local wall clock of `zone`. Sending hours apply to steps given in days and push forward,
    weekdays push forward, nothing is ever pushed back. Raises ValueError for a last step with `until = "next"`
    (`ordering.misplaced` refuses it before it is stored).
    """
    listed = sorted(steps, key=lambda step: step.position)
    planned: list[Planned] = []
    for (name, occurrence), anchor in anchors.items():
        mine = [step for step in listed if step.intent.anchor == name]
        planned += _plan_occurrence(mine, occurrence, anchor.astimezone(zone), zone, hours)
    return tuple(sorted(planned, key=lambda each: (each.at, each.occurrence, each.step.position)))


def _plan_occurrence(
    steps: Sequence[StepPlan], occurrence: int, anchor: datetime, zone: ZoneInfo, hours: SendingHours
) -> Iterator[Planned]:
    """The steps of one anchor, listed by position; `anchor` is aware in `zone`."""
    intents = [step.intent for step in steps]
    placed = [_place(intent, anchor, zone, hours) for intent in intents]
    for index, (step, (local, moves)) in enumerate(zip(steps, placed, strict=True)):
        after = following(intents, index)
        if not isinstance(step.intent.until, Next):
            until = _until(step.intent.until, local, anchor, zone)
            never = "not sent: its time to be useful is over by then"
        elif after is not None:
            until = placed[after][0].astimezone(UTC)
            never = f"not sent: “{steps[after].key}” is due by then"
        else:
            raise ValueError(f"step {step.key} lasts until the next one, and there is none")
        at = local.astimezone(UTC)
        yield Planned(step, occurrence, at, local, until, moves if at < until else (*moves, never))


def _place(
    intent: Intent, anchor: datetime, zone: ZoneInfo, hours: SendingHours
) -> tuple[datetime, tuple[str, ...]]:
    """The step's local moment after all pushes. `anchor` is aware in `zone`."""
    timing = intent.timing
    if isinstance(timing, After):
        local = (anchor.astimezone(UTC) + timing.span).astimezone(zone)
        return first_allowed(local, local.time(), intent.weekdays, None, zone)
    local = at_local(anchor.date() + timedelta(days=timing.day), timing.at, zone)
    moved, reasons = first_allowed(local, timing.at, intent.weekdays, hours, zone)
    if not reasons and moved.time() != timing.at:
        reasons = (f"moved to {spell_hour(moved.time())}: the clocks skip {spell_hour(timing.at)} that day",)
    return moved, reasons


def _until(until: Lasting | SameDayAt | DayAt, local: datetime, anchor: datetime, zone: ZoneInfo) -> datetime:
    """The end in UTC: values in one zone compare and add by their wall clock, which an autumn night repeats."""
    match until:
        case Lasting(length):
            return local.astimezone(UTC) + length
        case SameDayAt(hour):
            return at_local(local.date(), hour, zone).astimezone(UTC)
        case DayAt(day, hour):
            return at_local(anchor.date() + timedelta(days=day), hour, zone).astimezone(UTC)
