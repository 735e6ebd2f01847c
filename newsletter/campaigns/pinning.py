"""People who keep their letters: whoever is under way when a newer timeline is used for new people only.

She gets her letters at the moments and in the words of her own timeline, whatever goes live later. Who comes back is
new, and follows what is live then.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists, or_, select, update
from sqlalchemy.orm import Session

from newsletter.campaigns import anchors, timelines
from newsletter.campaigns.deciding import ADDED_LATER
from newsletter.campaigns.dispatch import step_run
from newsletter.campaigns.enrollment import HOURS
from newsletter.campaigns.models import Enrollment, Sequence, StepRun
from newsletter.campaigns.planning import plan
from newsletter.campaigns.timelines import Timeline
from newsletter.delivery.models import Delivery

UNDER_WAY = ("active", "paused")


def pin(session: Session, sequence: Sequence, now: datetime) -> None:
    """Let everybody under way keep the timeline that is live now; who is pinned already keeps her older one.

    Those through it, too, whose last letter still lies in the queue: another timeline does not cancel it.
    """
    if sequence.live_timeline_id is None:
        return
    _catch_up(session, sequence, timelines.read(session, sequence.live_timeline_id), now)
    queued = (
        select(StepRun.enrollment_id)
        .join(Delivery, Delivery.dedupe_key == StepRun.dedupe_key)
        .where(Delivery.campaign == sequence.slug, Delivery.state.in_(("queued", "claimed")))
    )
    hers = or_(Enrollment.state.in_(UNDER_WAY), Enrollment.id.in_(queued))
    session.execute(
        update(Enrollment)
        .where(Enrollment.sequence_id == sequence.id, Enrollment.state != "exited", ~Enrollment.pinned, hers)
        .values(pinned=True)
    )


def of_somebody_pinned() -> ColumnElement[bool]:
    """Of a delivery: that it is a letter of somebody who keeps her timeline."""
    return exists().where(
        StepRun.dedupe_key == Delivery.dedupe_key,
        Enrollment.id == StepRun.enrollment_id,
        Enrollment.pinned,
    )


def _catch_up(session: Session, sequence: Sequence, live: Timeline, now: datetime) -> None:
    """Bring whoever was not decided about since `live` was used to it, as her next letter would have.

    Nobody decides while a sequence is paused. What is new or moved in `live`, to a moment before it, is not for her.
    """
    behind = session.scalars(
        select(Enrollment)
        .where(
            Enrollment.sequence_id == sequence.id,
            Enrollment.state.in_(UNDER_WAY),
            ~Enrollment.pinned,
            Enrollment.timeline_id != live.id,
        )
        .order_by(Enrollment.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    older = {each.timeline_id for each in behind}
    added = {number: live.changes_since(timelines.read(session, number))[0] for number in older}
    for enrollment in behind:
        if late := added[enrollment.timeline_id]:
            _set_aside(session, enrollment, live, late, now)
        enrollment.timeline_id = live.id
    session.flush()


def _set_aside(
    session: Session, enrollment: Enrollment, live: Timeline, added: frozenset[str], now: datetime
) -> None:
    runs = select(StepRun.step_key, StepRun.occurrence).where(StepRun.enrollment_id == enrollment.id)
    done = {(key, occurrence) for key, occurrence in session.execute(runs)}
    for each in plan(live.plans, anchors.read(enrollment.anchors), ZoneInfo(enrollment.zone), HOURS):
        if each.key in added and each.at < live.live_at and each.run not in done:
            session.add(step_run(enrollment, each, "skipped", ADDED_LATER, now))
