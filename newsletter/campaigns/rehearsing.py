"""Pure: what one person would get, and when, from the same planner that the worker obeys."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.campaigns.intents import CARE_ANCHORS
from newsletter.campaigns.localtime import SendingHours, at_local
from newsletter.campaigns.planning import Anchors, Planned, StepPlan, plan

SPACING = timedelta(weeks=5)
"""Between two rehearsed sessions: the middle of the 4 to 6 weeks that most practitioners advise."""


@dataclass(frozen=True)
class Letter:
    """A step and the subject it would carry."""

    step: StepPlan
    subject: str


@dataclass(frozen=True)
class Rehearsed:
    """One e-mail of a rehearsal; `at` and `until` are local, aware in the zone that was asked for.

    `notes` say what moved it; one that begins with "not sent" says that it would not arrive at all.
    """

    step: str
    occurrence: int
    subject: str
    at: datetime
    until: datetime
    only_if: str | None
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """As `newsletter rehearse --json` lists it: times in ISO 8601, local, with their offset."""
        at, until = self.at.isoformat(timespec="seconds"), self.until.isoformat(timespec="seconds")
        return asdict(self) | {"at": at, "until": until, "notes": list(self.notes)}


def rehearse(
    letters: Sequence[Letter],
    anchor: datetime,
    zone: ZoneInfo,
    hours: SendingHours,
    *,
    sessions: int | None = None,
) -> tuple[Rehearsed, ...]:
    """Every e-mail of a sequence for one person, in order of arrival, conditions taken as met.

    `anchor` is aware: her confirmation, or the first session, then `sessions` of them SPACING apart on the wall clock.
    """
    subjects = {letter.step.key: letter.subject for letter in letters}
    planned = plan([letter.step for letter in letters], _anchors(anchor, zone, sessions), zone, hours)
    return tuple(_rehearsed(each, subjects[each.key], zone) for each in planned)


def listed(coming: Iterable[tuple[str, datetime]]) -> list[dict[str, Any]]:
    """A whole sequence as one of its letters may list it: of each subject and local moment, in order of arrival."""
    return [
        {"number": number, "subject": subject, "day": f"{at:%A}, {at.day} {at:%B}", "hour": f"{at:%H:%M}"}
        for number, (subject, at) in enumerate(coming, start=1)
    ]


def _rehearsed(each: Planned, subject: str, zone: ZoneInfo) -> Rehearsed:
    return Rehearsed(
        step=each.key,
        occurrence=each.occurrence,
        subject=subject,
        at=each.local,
        until=each.until.astimezone(zone),
        only_if=each.step.only_if,
        notes=each.reasons,
    )


def _anchors(anchor: datetime, zone: ZoneInfo, sessions: int | None) -> Anchors:
    """One confirmation, or each session both as booked and as done."""
    if sessions is None:
        return {("confirmed", 0): anchor}
    local = anchor.astimezone(zone)
    moments = [local, *(at_local(local.date() + n * SPACING, local.time(), zone) for n in range(1, sessions))]
    return {
        (name, n): moment for name in CARE_ANCHORS for n, moment in enumerate(moments[:sessions], start=1)
    }
