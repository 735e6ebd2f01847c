"""The letters that one reader has still to get, said as a person would say them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from newsletter.audience.models import Subscriber
from newsletter.campaigns import moving, upcoming
from newsletter.web.transaction import house

UNDER_WAY = "Under way"


@dataclass(frozen=True)
class Line:
    """One letter and its moment in words."""

    when: str
    subject: str


def lines(session: Session, subscriber_id: int) -> list[Line]:
    """The whole series with real dates, what has left already first; empty where no series is to come."""
    now = house().clock.now()
    ahead = upcoming.for_person(session, subscriber_id, now, house().settings.clinic.zone)
    if not ahead:
        return []
    still = {letter.subject for letter in ahead}
    known = [] if is_back(session, subscriber_id) else upcoming.letters(session)
    gone = [letter.subject for letter in known if letter.subject not in still]
    return [Line(UNDER_WAY, subject) for subject in gone] + [
        Line(said(letter.at, now), letter.subject) for letter in ahead
    ]


def is_back(session: Session, subscriber_id: int) -> bool:
    """Whether she has been here before: her letters go on or begin anew, and none of the old ones is under way."""
    return session.get_one(Subscriber, subscriber_id).arrivals > 1


def next_letter(session: Session, subscriber_id: int) -> str:
    """When the next letter comes: "Thursday 10:00"; empty where none is planned."""
    now = house().clock.now()
    ahead = upcoming.for_person(session, subscriber_id, now, house().settings.clinic.zone)
    if not ahead:
        return ""
    # A letter that yields to another, or to a break, is planned for earlier than it comes.
    waits = moving.next_look(session, subscriber_id)
    moment = max(ahead[0].at, waits.astimezone(ahead[0].at.tzinfo)) if waits else ahead[0].at
    return said(moment, now) if moment > now else "in a moment"


def said(local: datetime, now: datetime) -> str:
    """Pure: a local aware moment, seen from `now`: "Today", "Thursday 10:00", "Thursday 12 Mar, 10:00"."""
    days = (local.date() - now.astimezone(local.tzinfo).date()).days
    if days <= 0:
        return "Today" if local <= now else f"Today {local:%H:%M}"
    if days < 7:
        return f"{local:%A %H:%M}"
    return f"{local:%A} {local.day} {local:%b}, {local:%H:%M}"
