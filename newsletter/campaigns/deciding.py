"""Pure: of one plan at one moment, what to send and what to set aside.

Nothing is remembered between two questions: the same question gets the same answer. Nothing goes before its moment or
past its until, and where several are due at most one goes; every other one ends, with a reason.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from newsletter.campaigns.planning import Planned

Outcome = Literal["skipped", "superseded"]

TOO_LATE = "too late to be useful"
ADDED_LATER = "added later"


@dataclass(frozen=True)
class SetAside:
    """A due step that ends without a letter, and why."""

    planned: Planned
    outcome: Outcome
    reason: str


@dataclass(frozen=True)
class Decision:
    """What becomes of everything due at one moment. `next_due_at` is None when the plan holds nothing more."""

    send: Planned | None
    set_aside: tuple[SetAside, ...]
    next_due_at: datetime | None


def decide(
    planned: Sequence[Planned],
    runs: Collection[tuple[str, int]],
    now: datetime,
    *,
    holds: Callable[[str], bool],
    went_live_at: datetime | None = None,
    added: Collection[str] = (),
) -> Decision:
    """What becomes of every step that is due at `now` and has no StepRun yet: at most one goes, each other one ends.

    `runs` holds the (key, occurrence) of every StepRun, whatever its outcome. `holds` answers an `only_if`; it is asked
    only for steps that are otherwise fit to go. `added` names the steps that are new or moved in the version that went
    live at `went_live_at`. Of several fit ones the newest occurrence goes, in it the step marked first, or the newest.
    """
    open_steps = [each for each in planned if each.run not in runs]
    due = [(each, _why_not(each, now, holds, went_live_at, added)) for each in open_steps if each.at <= now]
    send = max((each for each, reason in due if reason is None), key=_precedence, default=None)
    next_due_at = min((each.at for each in open_steps if each.at > now), default=None)
    return Decision(send, tuple(_set_aside(due, send)), next_due_at)


def _set_aside(due: Iterable[tuple[Planned, str | None]], send: Planned | None) -> Iterator[SetAside]:
    for each, reason in due:
        if reason is not None:
            yield SetAside(each, "skipped", reason)
        elif send is not None and each is not send:
            yield SetAside(each, "superseded", f"“{send.key}” goes instead")


def _precedence(each: Planned) -> tuple[int, bool, datetime, int]:
    return each.occurrence, each.step.intent.first, each.at, each.step.position


def _why_not(
    each: Planned,
    now: datetime,
    holds: Callable[[str], bool],
    went_live_at: datetime | None,
    added: Collection[str],
) -> str | None:
    """The reason to skip a due step, None if it is fit to go."""
    if now >= each.until:
        return TOO_LATE
    if went_live_at is not None and each.key in added and each.at < went_live_at:
        return ADDED_LATER
    if each.step.only_if is not None and not holds(each.step.only_if):
        return f"only if {each.step.only_if:.120}"
    return None
