"""Everything held about one person, as plain values that JSON can carry. Reads only.

Times are ISO 8601 with an offset, on the story's clock. A link inside an e-mail is a key to her pages, not a fact about
her: `(a link)` stands in its place, so that the file may be kept anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from newsletter.audience import people
from newsletter.audience.models import Hold, Subscriber, Subscription, Topic
from newsletter.campaigns.models import Enrollment, Sequence, StepRun
from newsletter.delivery import retention
from newsletter.delivery.models import Attempt, Delivery, Event, Mailbox, PracticeLetter, Suppression
from newsletter.errors import NotFound
from newsletter.privacy import subjects

LINK = "(a link)"


def export(session: Session, subscriber_id: int) -> dict[str, Any]:
    """All of it, under `person`, `mailbox`, `topics`, `consents`, `breaks`, `sequences`, `emails`, `stops`.

    And `practice_inbox`, where practice kept letters. Of a mailbox that she shares nothing is told of the others.
    Raises NotFound for a person who is gone.
    """
    person = session.get(Subscriber, subscriber_id)
    if person is None:
        raise NotFound("Nobody with this link is on our list any more.")
    mailbox = session.get_one(Mailbox, person.mailbox_id)
    shared = others(session, person) > 0
    return {
        "person": _person(person),
        "mailbox": {"address": mailbox.address, "since": _iso(mailbox.created_at), "shared": shared},
        "topics": _topics(session, subscriber_id),
        "consents": people.consents(session, subscriber_id),
        "breaks": _breaks(session, subscriber_id),
        "sequences": _sequences(session, subscriber_id),
        "emails": _emails(session, hers(person, shared=shared)),
        "stops": _stops(session, mailbox.id),
        "practice_inbox": _practice(session, mailbox.address),
    }


def others(session: Session, person: Subscriber) -> int:
    """How many people share her mailbox with her."""
    same = Subscriber.mailbox_id == person.mailbox_id
    rows = select(func.count()).select_from(Subscriber).where(same, Subscriber.id != person.id)
    return session.scalar(rows) or 0


def hers(person: Subscriber, *, shared: bool) -> ColumnElement[bool]:
    """The deliveries that are about her: to herself, and to her mailbox where nobody shares it."""
    own = Delivery.person_id == person.id
    return own if shared else or_(own, Delivery.mailbox_id == person.mailbox_id)


def _person(person: Subscriber) -> dict[str, Any]:
    return {
        "id": person.id,
        "first_name": person.first_name,
        "time_zone": person.time_zone,
        "source": person.source,
        "signed_up": person.signed_up,
        "arrivals": person.arrivals,
        "counted": person.counted,
        "tags": person.tags,
        "fields": person.fields,
        "since": _iso(person.created_at),
    }


def _topics(session: Session, subscriber_id: int) -> list[dict[str, Any]]:
    rows = select(Subscription).join(Subscription.topic).options(joinedload(Subscription.topic))
    mine = rows.where(Subscription.subscriber_id == subscriber_id).order_by(Topic.position)
    return [
        {
            "topic": each.topic.slug,
            "name": each.topic.name,
            "state": each.state,
            "source": each.source,
            "requested_at": _iso(each.requested_at),
            "confirmed_at": _iso(each.confirmed_at),
            "ended_at": _iso(each.ended_at),
            "admitted_at": _iso(each.admitted_at),
        }
        for each in session.scalars(mine)
    ]


def _breaks(session: Session, subscriber_id: int) -> list[dict[str, Any]]:
    rows = select(Hold).where(Hold.subscriber_id == subscriber_id).order_by(Hold.id)
    return [
        {
            "kind": each.kind,
            "from": _iso(each.created_at),
            "until": _iso(each.until),
            "ended_at": _iso(each.ended_at),
        }
        for each in session.scalars(rows)
    ]


def _sequences(session: Session, subscriber_id: int) -> list[dict[str, Any]]:
    rows = (
        select(Enrollment, Sequence)
        .join(Sequence, Sequence.id == Enrollment.sequence_id)
        .where(Enrollment.subscriber_id == subscriber_id)
        .order_by(Enrollment.id)
    )
    return [
        {
            "sequence": sequence.slug,
            "name": sequence.name,
            "state": way.state,
            "reason": way.reason,
            "time_zone": way.zone,
            "starts_from": way.anchors,
            "since": _iso(way.created_at),
            "next_letter_at": _iso(way.next_due_at),
            "ended_at": _iso(way.ended_at),
            "letters": _steps(session, way.id),
        }
        for way, sequence in session.execute(rows).all()
    ]


def _steps(session: Session, enrollment_id: int) -> list[dict[str, Any]]:
    rows = select(StepRun).where(StepRun.enrollment_id == enrollment_id).order_by(StepRun.id)
    return [
        {
            "letter": each.step_key,
            "outcome": each.outcome,
            "reason": each.reason,
            "planned_at": _iso(each.planned_at),
            "until": _iso(each.until),
            "decided_at": _iso(each.decided_at),
        }
        for each in session.scalars(rows)
    ]


def _emails(session: Session, which: ColumnElement[bool]) -> list[dict[str, Any]]:
    rows = select(Delivery).where(which).order_by(Delivery.id).options(joinedload(Delivery.mailbox))
    found = session.scalars(rows).all()
    tried = _attempts(session, which)
    seen = _signs(session, which)
    words = subjects.of(session, found)
    return [
        {
            "id": each.id,
            "to": each.mailbox.address,
            "kind": each.stream,
            "campaign": each.campaign,
            "letter": each.step,
            "subject": words[each.id],
            "state": each.state,
            "reason": each.reason,
            "created_at": _iso(each.created_at),
            "due_at": _iso(each.send_after),
            "sent_at": _iso(each.sent_at),
            "message_id": each.message_id,
            "filled_in": _without_links(each.fields),
            "attempts": tried.get(each.id, []),
            "read": seen.get(each.id, []),
        }
        for each in found
    ]


def _attempts(session: Session, which: ColumnElement[bool]) -> dict[int, list[dict[str, Any]]]:
    mine = select(Delivery.id).where(which)
    found: dict[int, list[dict[str, Any]]] = {}
    for each in session.scalars(select(Attempt).where(Attempt.delivery_id.in_(mine)).order_by(Attempt.id)):
        attempt = {"at": _iso(each.at), "outcome": each.outcome, "code": each.code, "server_said": each.said}
        found.setdefault(each.delivery_id, []).append(attempt)
    return found


def _signs(session: Session, which: ColumnElement[bool]) -> dict[int, list[dict[str, Any]]]:
    """What was counted of her because she agreed to it; `link` is the link's place in the letter, 0 for an opening."""
    mine = select(Delivery.id).where(which)
    found: dict[int, list[dict[str, Any]]] = {}
    for each in session.scalars(select(Event).where(Event.delivery_id.in_(mine)).order_by(Event.id)):
        sign = {"kind": each.kind, "link": each.link, "times": each.times, "by_machine": each.by_machine}
        found.setdefault(each.delivery_id, []).append({**sign, "at": _iso(each.at)})
    return found


def _stops(session: Session, mailbox_id: int) -> list[dict[str, Any]]:
    rows = select(Suppression).where(Suppression.mailbox_id == mailbox_id).order_by(Suppression.id)
    return [
        {
            "scope": each.scope,
            "reason": each.reason,
            "evidence": each.evidence,
            "since": _iso(each.created_at),
            "lifted_at": _iso(each.released_at),
            "note": each.note,
        }
        for each in session.scalars(rows)
    ]


def _practice(session: Session, address: str) -> list[dict[str, Any]]:
    rows = select(
        PracticeLetter.received_at, PracticeLetter.sender, PracticeLetter.subject, PracticeLetter.raw
    )
    mine = rows.where(retention.practice_of(address)).order_by(PracticeLetter.id)
    return [
        {
            "received_at": _iso(row.received_at),
            "from": row.sender,
            "subject": row.subject,
            "bytes": len(row.raw),
        }
        for row in session.execute(mine)
    ]


def _without_links(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: LINK if name.endswith("_url") else value for name, value in fields.items()}


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")
