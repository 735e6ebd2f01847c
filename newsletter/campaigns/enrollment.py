"""Who is in which sequence: admit whoever should be and is not; pause and resume.

Level-triggered: a confirmed subscription that nobody has looked at stands by itself in a partial index, whoever wrote
it. Nothing has to remember to announce it, and a crash between any two steps is mended by the next round.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from collections.abc import Sequence as Several
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.campaigns import anchors, timelines
from newsletter.campaigns.localtime import SendingHours
from newsletter.campaigns.models import Enrollment, Sequence, StepRun
from newsletter.campaigns.planning import Planned, plan
from newsletter.campaigns.timelines import Timeline
from newsletter.db import insert_new
from newsletter.delivery import mailboxes
from newsletter.errors import Refused

PAGE = 500
HOURS = SendingHours()
LEFT = "she left the letters"


def any_waiting(session: Session) -> bool:
    """Whether a confirmed subscription waits to be looked at."""
    return session.scalar(_waiting().limit(1)) is not None


def admit(session: Session, clinic_zone: ZoneInfo, now: datetime) -> int:
    """Look at up to PAGE confirmed subscriptions and enroll whom a sequence is meant for; returns how many it saw.

    A sequence admits sign-ups confirmed since it was switched on, for one of its topics (none named: any). Who left it
    midway and is back in time goes on where she was, in what is live now: a mistaken tap costs nobody the letters she
    has had already.
    """
    first_look = session.execute(_waiting().order_by(Subscription.confirmed_at).limit(PAGE)).all()
    if not first_look:
        return 0
    mailboxes.share(session, (row.mailbox_id for row in first_look))  # against someone leaving meanwhile
    ids = [row.id for row in first_look]
    rows = session.execute(
        select(Subscription, Subscriber, Topic.slug)
        .join(Subscriber, Subscriber.id == Subscription.subscriber_id)
        .join(Topic, Topic.id == Subscription.topic_id)
        .where(
            Subscription.id.in_(ids), Subscription.state == "confirmed", Subscription.admitted_at.is_(None)
        )
    ).all()
    for sequence in _admitting(session):
        entrants = {
            subscriber.id: (subscriber, subscription.confirmed_at)
            for subscription, subscriber, topic in rows
            if subscription.confirmed_at and is_meant(sequence, subscription.confirmed_at, topic)
        }
        for enrollment in left_midway(session, sequence, entrants, now):
            enrollment.state, enrollment.reason, enrollment.ended_at = "active", None, None
            enrollment.pinned = False  # she comes from now on, like anybody new
            enrollment.next_due_at = now  # of what she missed, the newest that is still useful
            entrants.pop(enrollment.subscriber_id)
        new = list(_enrollments(session, sequence, entrants.values(), clinic_zone, now))
        insert_new(session, Enrollment, new)
    session.execute(update(Subscription).where(Subscription.id.in_(ids)).values(admitted_at=now))
    return len(ids)


def start(session: Session, subscriber_ids: Several[int], clinic_zone: ZoneInfo, now: datetime) -> int:
    """Let these people begin, counted from `now`, whatever is meant for a new reader of their topics.

    For people from a list, whose own confirmation is long ago, when somebody says so. Who has been in a sequence is
    not put in again. Returns how many began at least one.
    """
    sequences = _admitting(session)
    began: set[int] = set()
    for first in range(0, len(subscriber_ids), PAGE):
        page = subscriber_ids[first : first + PAGE]
        rows = session.execute(
            select(Subscriber, Topic.slug)
            .join(Subscription, Subscription.subscriber_id == Subscriber.id)
            .join(Topic, Topic.id == Subscription.topic_id)
            .where(Subscriber.id.in_(page), Subscription.state == "confirmed")
            .order_by(Subscriber.id)
        ).all()
        for sequence in sequences:
            meant = {person.id: (person, now) for person, topic in rows if is_meant(sequence, None, topic)}
            new = list(_enrollments(session, sequence, meant.values(), clinic_zone, now))
            began.update(insert_new(session, Enrollment, new, returning=Enrollment.subscriber_id))
    return len(began)


def left_midway(
    session: Session, sequence: Sequence, people: Iterable[int], now: datetime
) -> list[Enrollment]:
    """The enrollments that these people left while letters were still to come that are useful at `now`."""
    left = session.scalars(
        select(Enrollment)
        .where(
            Enrollment.sequence_id == sequence.id,
            Enrollment.subscriber_id.in_(list(people)),
            Enrollment.state == "exited",
            Enrollment.reason == LEFT,
        )
        .order_by(Enrollment.id)
    ).all()
    if not left or sequence.live_timeline_id is None:
        return []
    timeline = timelines.read(session, sequence.live_timeline_id)
    newest = {each.subscriber_id: each for each in left}  # in order of id: of several the last
    return [each for each in newest.values() if still_to_come(session, each, timeline, now)]


def still_to_come(
    session: Session, enrollment: Enrollment, timeline: Timeline, now: datetime
) -> list[Planned]:
    """The steps that an enrollment has not had, and that are useful at `now` or later; in order."""
    runs = select(StepRun.step_key, StepRun.occurrence).where(StepRun.enrollment_id == enrollment.id)
    done = {(key, occurrence) for key, occurrence in session.execute(runs)}
    planned = plan(timeline.plans, anchors.read(enrollment.anchors), ZoneInfo(enrollment.zone), HOURS)
    return [each for each in planned if each.run not in done and each.until > now]


def is_meant(sequence: Sequence, confirmed_at: datetime | None, topic: str) -> bool:
    """Whether it is meant for who confirmed then (None: whenever) and hears about this topic."""
    in_time = confirmed_at is None or confirmed_at >= sequence.on_since
    return in_time and (not sequence.topics or topic in sequence.topics)


def zone_of(subscriber: Subscriber, clinic_zone: ZoneInfo) -> ZoneInfo:
    """The reader's zone, else the clinic's."""
    return ZoneInfo(subscriber.time_zone) if subscriber.time_zone else clinic_zone


def pause(session: Session, slug: str) -> Sequence:
    """Nothing more of this sequence leaves until it is resumed; raises Refused when it is paused already."""
    return _switch(session, slug, "paused")


def resume(session: Session, slug: str) -> Sequence:
    """Go on: of each person's missed letters the newest that is still useful; raises Refused when it is on already."""
    return _switch(session, slug, "on")


def _switch(session: Session, slug: str, state: str) -> Sequence:
    sequence = timelines.find(session, slug)
    if sequence.state == state:
        raise Refused(f"“{slug}” is {state} already")
    sequence.state = state
    return sequence


def _admitting(session: Session) -> Several[Sequence]:
    """Those that take people in. None of them gets another timeline before these people are in it, or after."""
    open_ones = select(Sequence).where(
        Sequence.trigger == "confirmed", Sequence.live_timeline_id.is_not(None)
    )
    return session.scalars(open_ones.order_by(Sequence.id).with_for_update(read=True)).all()


def _waiting() -> Select[int, int]:
    return (
        select(Subscription.id, Subscriber.mailbox_id)
        .join(Subscriber, Subscriber.id == Subscription.subscriber_id)
        .where(Subscription.state == "confirmed", Subscription.admitted_at.is_(None))
    )


def _enrollments(
    session: Session,
    sequence: Sequence,
    entrants: Collection[tuple[Subscriber, datetime]],
    clinic_zone: ZoneInfo,
    now: datetime,
) -> Iterator[dict[str, object]]:
    if not entrants or sequence.live_timeline_id is None:
        return
    timeline = timelines.read(session, sequence.live_timeline_id)
    for subscriber, confirmed_at in entrants:
        zone = zone_of(subscriber, clinic_zone)
        counted_from = {("confirmed", 0): confirmed_at}
        planned = plan(timeline.plans, counted_from, zone, HOURS)
        yield {
            "sequence_id": sequence.id,
            "entry_key": f"person:{subscriber.id}" + (f":{subscriber.arrivals}" if sequence.reentry else ""),
            "subscriber_id": subscriber.id,
            "zone": zone.key,
            "anchors": anchors.spell(counted_from),
            "timeline_id": timeline.id,
            "state": "active",
            "next_due_at": planned[0].at,
            "created_at": now,
        }
