"""Whom a draft changes, before anybody says yes: who had each letter, who waits for it and until when; reads only."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.campaigns import anchors, pinning, timelines
from newsletter.campaigns.enrollment import HOURS
from newsletter.campaigns.filing import comparing, current
from newsletter.campaigns.filing.comparing import Change
from newsletter.campaigns.filing.folders import SequenceFolder
from newsletter.campaigns.models import Enrollment, StepRun
from newsletter.campaigns.planning import StepPlan, plan
from newsletter.delivery.models import Delivery

PAGE = 1000
Between = tuple[datetime, datetime]


@dataclass
class Met:
    """What one change means to people.

    `had` counts who had the letter before; `waiting` who is still to get it (of a letter that is gone: who would have
    got it), from `first` to `last` (UTC). `before_it` are those of them whose next letter it is: `will` is between
    which moments these get it, `was` between which they would, as it is now. `lost` counts who waits for it now and
    would not get it any more: its new moment is past for them. `canceled` its e-mails that lie in the queue and would
    not leave.
    """

    change: Change
    had: int = 0
    waiting: int = 0
    before_it: int = 0
    first: datetime | None = None
    last: datetime | None = None
    will: Between | None = None
    was: Between | None = None
    lost: int = 0
    canceled: int = 0

    def waits(self, moment: datetime) -> None:
        """One more person, at this moment."""
        self.waiting += 1
        self.first = min(self.first or moment, moment)
        self.last = max(self.last or moment, moment)

    def is_next(self, moment: datetime, was: datetime | None) -> None:
        """It is the next letter of one of those who wait; `was` is when she would have got it, were it as it is now."""
        self.before_it += 1
        self.will = _wider(self.will, moment)
        self.was = _wider(self.was, was) if was else self.was


@dataclass(frozen=True)
class Impact:
    """Whom a draft of a known sequence changes. `active` are under way, `complete` are through and get nothing of it.

    `pinned` are under way too, with letters that they keep: nothing changes for them. `remarks` say what changes of
    the sequence itself.
    """

    active: int
    complete: int
    remarks: tuple[str, ...]
    letters: tuple[Met, ...]
    pinned: int = 0


def _wider(between: Between | None, moment: datetime) -> Between:
    first, last = between or (moment, moment)
    return min(first, moment), max(last, moment)


def _silent(_done: int) -> None:
    pass


def of(
    session: Session, folder: SequenceFolder, now: datetime, show: Callable[[int], None] = _silent
) -> Impact | None:
    """Whom it would change to make `folder` live at `now`; None for a sequence that is new.

    `show` is called with how many people were looked at. Two calendar days between letters, breaks and conditions may
    still move or hold back single letters.
    """
    before = current.find(session, folder.slug)
    if not isinstance(before, SequenceFolder):
        return None
    sequence = timelines.find(session, folder.slug)
    letters = {each.key: Met(each) for each in comparing.changes(before, folder)}
    _count_had(session, sequence.id, letters)
    _count_canceled(session, folder.slug, letters)
    if letters:
        for done in _count_waiting(session, sequence.id, (before, folder), letters, now):
            show(done)
    people = _people(session, sequence.id)
    return Impact(
        active=people.get(("active", False), 0),
        complete=people.get(("complete", False), 0) + people.get(("complete", True), 0),
        remarks=tuple(comparing.remarks(before, folder)),
        letters=tuple(letters.values()),
        pinned=people.get(("active", True), 0),
    )


def _people(session: Session, sequence_id: int) -> dict[tuple[str, bool], int]:
    """(state, whether pinned) -> how many."""
    kinds = (Enrollment.state, Enrollment.pinned)
    rows = select(*kinds, func.count()).where(Enrollment.sequence_id == sequence_id).group_by(*kinds)
    return {(state, pinned): number for state, pinned, number in session.execute(rows)}


def _count_had(session: Session, sequence_id: int, letters: dict[str, Met]) -> None:
    rows = session.execute(
        select(StepRun.step_key, func.count())
        .join(Enrollment, Enrollment.id == StepRun.enrollment_id)
        .where(Enrollment.sequence_id == sequence_id, StepRun.outcome == "queued")
        .where(StepRun.step_key.in_(letters))
        .group_by(StepRun.step_key)
    )
    for key, number in rows:
        letters[key].had = number


def _count_canceled(session: Session, slug: str, letters: dict[str, Met]) -> None:
    gone = [key for key, met in letters.items() if "gone" in met.change.what]
    rows = session.execute(
        select(func.coalesce(Delivery.step, ""), func.count())
        .where(Delivery.campaign == slug, Delivery.step.in_(gone))
        .where(Delivery.state.in_(("queued", "claimed")), ~pinning.of_somebody_pinned())
        .group_by(Delivery.step)
    )
    for key, number in rows:
        letters[key].canceled = number


def _count_waiting(
    session: Session,
    sequence_id: int,
    folders: tuple[SequenceFolder, SequenceFolder],
    letters: dict[str, Met],
    now: datetime,
) -> Iterator[int]:
    """Yields how many people were looked at. Only who still waits for a letter that changes is planned."""
    plans = [[step.plan for step in folder.steps] for folder in folders]
    what = {key: {*met.change.what} for key, met in letters.items()}
    gone = {key for key in letters if "gone" in what[key]}
    placed = {key for key in letters if what[key] & {"new", "moved"}}
    for number, (enrollment, done) in enumerate(_under_way(session, sequence_id), start=1):
        if letters.keys() - done:
            before, after = (_coming(enrollment, steps, done, now) for steps in plans)
            fresh = {key: at for key, at in after.items() if not (key in placed and at < now)}
            _count_one(letters, {key: before[key] for key in gone & before.keys()} | fresh, before, now)
            for key in (placed & before.keys()) - fresh.keys():
                letters[key].lost += 1
        yield number


def _count_one(
    letters: dict[str, Met], coming: dict[str, datetime], before: dict[str, datetime], now: datetime
) -> None:
    """One person, to whom these letters would come at these moments; `before`: as it is now."""
    for key in letters.keys() & coming.keys():
        letters[key].waits(max(coming[key], now))
    following = min(coming, key=lambda key: coming[key], default="")
    if following in letters:
        was = max(before[following], now) if following in before else None
        letters[following].is_next(max(coming[following], now), was)


def _under_way(session: Session, sequence_id: int) -> Iterator[tuple[Enrollment, set[str]]]:
    """Everybody under way who follows what is live, with the keys of the steps that are decided, page by page."""
    last = 0
    active = select(Enrollment).where(
        Enrollment.sequence_id == sequence_id, Enrollment.state == "active", ~Enrollment.pinned
    )
    while page := session.scalars(
        active.where(Enrollment.id > last).order_by(Enrollment.id).limit(PAGE)
    ).all():
        last = page[-1].id
        done: dict[int, set[str]] = {each.id: set() for each in page}
        runs = select(StepRun.enrollment_id, StepRun.step_key).where(StepRun.enrollment_id.in_(done))
        for enrollment_id, key in session.execute(runs):
            done[enrollment_id].add(key)
        yield from ((each, done[each.id]) for each in page)


def _coming(
    enrollment: Enrollment, steps: Sequence[StepPlan], done: set[str], now: datetime
) -> dict[str, datetime]:
    """Key -> moment of each letter that she has not had, and that is still useful."""
    planned = plan(steps, anchors.read(enrollment.anchors), ZoneInfo(enrollment.zone), HOURS)
    return {each.key: each.at for each in planned if each.until > now and each.key not in done}
