"""One issue, one moment or one local hour, many people: send, undo, pause, resume, cancel.

What a person decides is written here; what follows from it is done by `fanning`, slice by slice.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta, timezone
from typing import NoReturn

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience.models import Topic
from newsletter.campaigns.audience_of import count
from newsletter.campaigns.filing.folders import BroadcastFolder
from newsletter.campaigns.models import Broadcast
from newsletter.errors import NotFound, Refused

UNDO = timedelta(minutes=2)
EARLIEST = timezone(timedelta(hours=14))  # where every day begins (Kiribati)

SAYS = {
    "draft": "a draft",
    "scheduled": "going out already",
    "sending": "going out already",
    "paused": "paused",
    "late": "waiting for your decision",
    "sent": "sent",
    "canceled": "canceled",
}


def draft(session: Session, folder: BroadcastFolder, version_id: int, now: datetime) -> Broadcast:
    """Keep an issue that nobody gets until it is sent."""
    broadcast = Broadcast(
        slug=folder.slug,
        name=folder.name,
        topic=folder.topic,
        except_topics=list(folder.except_topics),
        version_id=version_id,
        archived=folder.archived,
        state="draft",
        cursor=0,
        fanned_out=False,
        settled=True,
        created_at=now,
    )
    session.add(broadcast)
    session.flush()
    return broadcast


def revise(broadcast: Broadcast, folder: BroadcastFolder, version_id: int) -> Broadcast:
    """Let a draft say what `folder` says, in the words of that version."""
    broadcast.name, broadcast.topic = folder.name, folder.topic
    broadcast.except_topics, broadcast.archived = list(folder.except_topics), folder.archived
    broadcast.version_id = version_id
    return broadcast


def find(session: Session, slug: str) -> Broadcast:
    """The issue named `slug`, locked until the transaction ends; raises NotFound, naming those there are."""
    issue = select(Broadcast).where(Broadcast.slug == slug).with_for_update()
    # As it is under the lock, not as this session read it before somebody else sent it.
    broadcast = session.scalar(issue.execution_options(populate_existing=True))
    if broadcast is None:
        names = ", ".join(session.scalars(select(Broadcast.slug).order_by(Broadcast.slug))) or "none yet"
        raise NotFound(f"there is no newsletter “{slug}”; there is: {names}")
    return broadcast


def send(
    session: Session,
    slug: str,
    now: datetime,
    *,
    topic: str | None = None,
    at: datetime | None = None,
    local_hour: int | None = None,
    undo: timedelta = UNDO,
) -> Broadcast:
    """Let an issue go out after `undo`, or at `at` (aware), or at `local_hour` of each reader's own day.

    With a local hour, `at` names the day (in its own zone); without `at` it is the first day on which that hour is
    still to come everywhere. Raises Refused for a moment that is past, a topic that does not exist, an audience of
    nobody, an issue that is not a draft.
    """
    broadcast = find(session, slug)
    if broadcast.state not in ("draft", "late"):
        _refuse(broadcast, "sent", "a draft, or one that is waiting for your decision, can be")
    if at is not None and at <= now and local_hour is None:
        raise Refused(f"{at:%Y-%m-%d %H:%M %Z} is past; right would be a moment to come, or none for now")
    broadcast.topic = topic or broadcast.topic
    if session.scalar(select(Topic.id).where(Topic.slug == broadcast.topic)) is None:
        known = ", ".join(session.scalars(select(Topic.slug).order_by(Topic.position)))
        raise NotFound(f"there is no topic “{broadcast.topic}”; there is: {known}")
    if not count(session, broadcast, now).gets:
        raise Refused(f"nobody would get “{slug}”: nobody hears about {broadcast.topic}")
    broadcast.local_day = broadcast.local_hour = None
    broadcast.starts_at = at or now + undo
    if local_hour is not None:
        _at_local_hour(broadcast, now, at, local_hour, undo)
    broadcast.state, broadcast.settled = "scheduled", False
    return broadcast


def pause(session: Session, slug: str) -> Broadcast:
    """Hold back what has not been handed over; raises Refused unless it is on its way."""
    broadcast = find(session, slug)
    if broadcast.state not in ("scheduled", "sending"):
        _refuse(broadcast, "paused", "one that is going out can be")
    broadcast.state, broadcast.settled = "paused", False
    return broadcast


def resume(session: Session, slug: str) -> Broadcast:
    """Go on where it was; raises Refused unless it is paused."""
    broadcast = find(session, slug)
    if broadcast.state != "paused":
        _refuse(broadcast, "resumed", "a paused one can be")
    broadcast.state, broadcast.settled = "sending" if broadcast.started_at else "scheduled", False
    return broadcast


def cancel(session: Session, slug: str) -> Broadcast:
    """Before it has begun: a draft again, as if it had never been sent. After: whoever has not got it gets nothing."""
    broadcast = find(session, slug)
    if broadcast.state not in ("scheduled", "sending", "paused", "late"):
        _refuse(broadcast, "canceled", "one that is going out, paused or waiting can be")
    if broadcast.started_at is None:
        broadcast.state, broadcast.settled, broadcast.starts_at = "draft", True, None
    else:
        broadcast.state, broadcast.settled = "canceled", False
    return broadcast


def hurry(session: Session, slug: str, now: datetime) -> Broadcast:
    """End the undo: it begins at `now`. Raises Refused unless it was to begin within those minutes.

    A page that was left open must not send what somebody has put off until Thursday meanwhile.
    """
    broadcast = find(session, slug)
    if not in_undo(broadcast.state, broadcast.starts_at, now):
        _refuse(broadcast, "sent at once", "one that begins within two minutes can be")
    broadcast.starts_at = now
    return broadcast


def unschedule(session: Session, slug: str) -> Broadcast:
    """A draft again, as if it had never been sent; raises Refused once it has begun."""
    broadcast = find(session, slug)
    if broadcast.started_at is not None:
        raise Refused(f"“{broadcast.name}” has begun, so it is too late to undo; cancel it to stop the rest")
    return cancel(session, slug)


def let_go(session: Session, slug: str, now: datetime) -> Broadcast:
    """A draft that nobody wants: canceled before it began, which is how it is told apart. Raises Refused for others.

    The row stays: so does its name, and no starter brings it back.
    """
    broadcast = find(session, slug)
    if broadcast.state != "draft":
        _refuse(broadcast, "discarded", "a draft can be")
    broadcast.state, broadcast.ended_at = "canceled", now
    return broadcast


def in_undo(state: str, starts_at: datetime | None, now: datetime) -> bool:
    """Pure: whether it has not begun and will within the two minutes of undo."""
    return state == "scheduled" and starts_at is not None and starts_at - now <= UNDO


def _at_local_hour(
    broadcast: Broadcast, now: datetime, at: datetime | None, hour: int, undo: timedelta
) -> None:
    if not 0 <= hour <= 23:
        raise Refused(f"{hour} is not an hour; right would be 0 to 23")
    today = now.astimezone(EARLIEST).date()
    day = at.date() if at else today
    first = datetime.combine(day, time(hour), tzinfo=EARLIEST)
    if at is None and first < now + undo:
        day, first = day + timedelta(days=1), first + timedelta(days=1)
    if first + timedelta(hours=26) < now:  # past even where the day ends last
        raise Refused(f"{day} at {hour}:00 is past everywhere; right would be a day to come")
    broadcast.local_day, broadcast.local_hour = day, hour
    broadcast.starts_at = max(first, now + undo)


def _refuse(broadcast: Broadcast, act: str, right: str) -> NoReturn:
    raise Refused(f"“{broadcast.slug}” is {SAYS[broadcast.state]}, so it cannot be {act}; {right}")
