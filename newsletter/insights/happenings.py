"""What ten tables know of one person: each asked for its part of the story before a place in their common order.

Reads only. Care is not told here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from newsletter.audience.models import Consent, Hold, Subscriber
from newsletter.campaigns.models import Enrollment, Sequence, Step, StepRun
from newsletter.content.models import Version
from newsletter.delivery.models import Delivery, Event, Suppression
from newsletter.privacy import exporting

MOST = 31
"""Of each: one more than a page has, which says whether there is another."""
TOLD = ("marketing", "account")


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands in the story: its moment, which table knows it, and its number there."""

    at: datetime
    rank: int
    id: int

    def __str__(self) -> str:
        """For an address; `read` undoes it."""
        return f"{self.at.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{self.rank}-{self.id}"

    @classmethod
    def read(cls, text: str) -> Place | None:
        """None for what is no place."""
        at, _, rest = text.partition("-")
        rank, _, number = rest.partition("-")
        try:
            return cls(datetime.strptime(at, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), int(rank), int(number))
        except ValueError:
            return None


@dataclass(frozen=True)
class Happening:
    """One thing that happened: the row that knows it, and what else was read with it."""

    place: Place
    kind: str
    row: Any
    subject: str = ""
    delivery: Delivery | None = None


@dataclass(frozen=True)
class Asked:
    """Whose story, and the part of it before `place`; `shared`: others have her mailbox too."""

    person: Subscriber
    shared: bool
    place: Place | None

    def before(self, rank: int, at: Any, number: Any) -> list[ColumnElement[bool]]:
        """For a query over the table of this rank."""
        if self.place is None:
            return [at.is_not(None)]
        if rank < self.place.rank:
            return [at <= self.place.at]
        if rank > self.place.rank:
            return [at < self.place.at]
        return [or_(at < self.place.at, and_(at == self.place.at, number < self.place.id))]


def _consents(session: Session, asked: Asked) -> list[Happening]:
    hers = (Consent.subscriber_id == asked.person.id, Consent.stream == "marketing")
    rows = select(Consent).where(*hers, *asked.before(9, Consent.at, Consent.id))
    rows = rows.options(joinedload(Consent.wording)).order_by(Consent.at.desc(), Consent.id.desc())
    return [_told(9, each.at, each, "consent") for each in session.scalars(rows.limit(MOST))]


def _deliveries(session: Session, asked: Asked) -> list[Happening]:
    """At the moment it was sent; what was not, at the moment it was meant for."""
    at = func.coalesce(Delivery.sent_at, Delivery.send_after)
    hers = (exporting.hers(asked.person, shared=asked.shared), Delivery.stream.in_(TOLD))
    rows = select(Delivery).where(*hers, *asked.before(6, at, Delivery.id))
    rows = rows.order_by(at.desc(), Delivery.id.desc()).limit(MOST)
    return [
        Happening(Place(each.sent_at or each.send_after, 6, each.id), "letter", each, delivery=each)
        for each in session.scalars(rows)
    ]


def _not_sent(session: Session, asked: Asked) -> list[Happening]:
    """Letters of sequences that never came to be an e-mail, under the subject they had on her timeline."""
    hers = (Enrollment.subscriber_id == asked.person.id, StepRun.outcome != "queued")
    rows = (
        select(StepRun, Sequence.slug, Version.subject)
        .join(Enrollment, Enrollment.id == StepRun.enrollment_id)
        .join(Sequence, Sequence.id == Enrollment.sequence_id)
        .outerjoin(Step, and_(Step.timeline_id == Enrollment.timeline_id, Step.key == StepRun.step_key))
        .outerjoin(Version, Version.id == Step.version_id)
        .where(*hers, Sequence.kind == "marketing", *asked.before(5, StepRun.decided_at, StepRun.id))
        .order_by(StepRun.decided_at.desc(), StepRun.id.desc())
    )
    found = session.execute(rows.limit(MOST)).all()
    return [
        Happening(Place(run.decided_at, 5, run.id), f"not sent:{slug}", run, subject or run.step_key)
        for run, slug, subject in found
    ]


def _began(session: Session, asked: Asked) -> list[Happening]:
    return _ways(session, asked, 4, Enrollment.created_at, "began")


def _ended(session: Session, asked: Asked) -> list[Happening]:
    return _ways(session, asked, 3, Enrollment.ended_at, "ended")


def _ways(session: Session, asked: Asked, rank: int, at: Any, kind: str) -> list[Happening]:
    hers = (Enrollment.subscriber_id == asked.person.id, at.is_not(None), Sequence.kind == "marketing")
    rows = select(Enrollment).join(Enrollment.sequence).where(*hers, *asked.before(rank, at, Enrollment.id))
    rows = rows.options(joinedload(Enrollment.sequence)).order_by(at.desc(), Enrollment.id.desc())
    found = session.scalars(rows.limit(MOST))
    return [_told(rank, getattr(each, at.key), each, kind) for each in found]


def _stopped(session: Session, asked: Asked) -> list[Happening]:
    return _stops(session, asked, 7, Suppression.created_at, "stopped")


def _released(session: Session, asked: Asked) -> list[Happening]:
    return _stops(session, asked, 8, Suppression.released_at, "released")


def _stops(session: Session, asked: Asked, rank: int, at: Any, kind: str) -> list[Happening]:
    hers = (Suppression.mailbox_id == asked.person.mailbox_id, at.is_not(None))
    rows = select(Suppression).where(*hers, *asked.before(rank, at, Suppression.id))
    found = session.scalars(rows.order_by(at.desc(), Suppression.id.desc()).limit(MOST))
    return [_told(rank, getattr(each, at.key), each, kind) for each in found]


def _held(session: Session, asked: Asked) -> list[Happening]:
    return _holds(session, asked, 1, Hold.created_at, "held")


def _let_go(session: Session, asked: Asked) -> list[Happening]:
    return _holds(session, asked, 2, Hold.ended_at, "let go")


def _holds(session: Session, asked: Asked, rank: int, at: Any, kind: str) -> list[Happening]:
    hers = (Hold.subscriber_id == asked.person.id, at.is_not(None))
    rows = select(Hold).where(*hers, *asked.before(rank, at, Hold.id))
    found = session.scalars(rows.order_by(at.desc(), Hold.id.desc()).limit(MOST))
    return [_told(rank, getattr(each, at.key), each, kind) for each in found]


def _events(session: Session, asked: Asked) -> list[Happening]:
    """Openings and clicks, where she agreed to be counted."""
    if not asked.person.counted:
        return []
    rows = (
        select(Event, Delivery)
        .join(Delivery, Delivery.id == Event.delivery_id)
        .where(
            Delivery.person_id == asked.person.id,
            Delivery.stream.in_(TOLD),
            *asked.before(10, Event.at, Event.id),
        )
        .order_by(Event.at.desc(), Event.id.desc())
    )
    found = session.execute(rows.limit(MOST)).all()
    return [Happening(Place(each.at, 10, each.id), "event", each, delivery=sent) for each, sent in found]


def _told(rank: int, at: datetime, row: Any, kind: str) -> Happening:
    return Happening(Place(at, rank, row.id), kind, row)


SOURCES: tuple[Callable[[Session, Asked], list[Happening]], ...] = (
    _consents,
    _deliveries,
    _not_sent,
    _began,
    _ended,
    _stopped,
    _released,
    _held,
    _let_go,
    _events,
)
