"""Signs that letters are read: clicks in total for everybody, and by delivery for readers who agreed to it.

Who agreed is for the caller to know. A machine's looks are counted apart from people's; docs/tracking.md says how they
are told. All in story time; days are in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, case, delete, select, update
from sqlalchemy.orm import Session

from newsletter.db import insert_new
from newsletter.delivery import machines
from newsletter.delivery.models import Delivery, Event, LinkClicks

Changes = Mapping[tuple[int, date], tuple[int, int]]


def count(
    session: Session, campaign: str, letter: str, link: int, now: datetime, *, by_machine: bool
) -> None:
    """One more click on the link with this number, by nobody in particular."""
    _add(session, campaign, letter, {(link, now.date()): (0, 1) if by_machine else (1, 0)})


def clicked(session: Session, delivery_id: int, link: int, now: datetime, *, by_program: bool) -> None:
    """One more click out of this delivery, whose reader agreed: hers, and one of the total.

    Two links within a second are one program's: the earlier one is counted anew. The delivery is locked, so that a
    program that opens all links at once is seen as one. A delivery that is gone counts nothing.
    """
    delivery = _held(session, delivery_id)
    if delivery is None or delivery.campaign is None:
        return
    others = _at_once(session, delivery_id, link, now)
    by_machine = by_program or bool(others) or machines.in_haste(_since_sent(delivery, now))
    changes = {(link, now.date()): (0, 1) if by_machine else (1, 0)}
    for other in others:
        if not other.by_machine:
            other.by_machine = True
            changes[other.link, other.at.date()] = (-other.times, other.times)
    _note(session, delivery_id, "clicked", link, now, by_machine=by_machine)
    _add(session, delivery.campaign, delivery.letter, changes)


def opened(session: Session, delivery_id: int, now: datetime, *, by_program: bool) -> None:
    """The pictures of this delivery were loaded, and its reader agreed. A delivery that is gone counts nothing."""
    delivery = _held(session, delivery_id)
    if delivery is not None:
        by_machine = by_program or machines.in_haste(_since_sent(delivery, now))
        _note(session, delivery_id, "opened", 0, now, by_machine=by_machine)


def forget(session: Session, *which: ColumnElement[bool]) -> None:
    """Delete what is kept by person of the deliveries that match `which`; the totals stay, for they name nobody."""
    session.execute(
        delete(Event)
        .where(Event.delivery_id.in_(select(Delivery.id).where(*which)))
        .execution_options(synchronize_session=False)
    )


def _held(session: Session, delivery_id: int) -> Delivery | None:
    which = select(Delivery).where(Delivery.id == delivery_id).execution_options(populate_existing=True)
    return session.scalars(which.with_for_update(key_share=True)).one_or_none()


def _since_sent(delivery: Delivery, now: datetime) -> timedelta | None:
    return now - delivery.sent_at if delivery.sent_at else None


def _at_once(session: Session, delivery_id: int, link: int, now: datetime) -> list[Event]:
    """Clicks on other links of this delivery that began hardly a moment ago."""
    rows = select(Event).where(
        Event.delivery_id == delivery_id,
        Event.kind == "clicked",
        Event.link != link,
        Event.at >= now - machines.TOGETHER,
    )
    return list(session.scalars(rows))


def _note(
    session: Session, delivery_id: int, kind: str, link: int, now: datetime, *, by_machine: bool
) -> None:
    """One row for each sign. A person's look takes the place of machines', and theirs adds nothing to a person's."""
    row = {"delivery_id": delivery_id, "kind": kind, "link": link, "times": 1, "by_machine": by_machine}
    if insert_new(session, Event, [{**row, "at": now}]):
        return
    known = update(Event).where(Event.delivery_id == delivery_id, Event.kind == kind, Event.link == link)
    if by_machine:
        again = known.where(Event.by_machine).values(times=Event.times + 1)
    else:
        again = known.values(
            by_machine=False,
            times=case((Event.by_machine, 1), else_=Event.times + 1),
            at=case((Event.by_machine, now), else_=Event.at),
        )
    session.execute(again.execution_options(synchronize_session=False))


def _add(session: Session, campaign: str, letter: str, changes: Changes) -> None:
    """Change the totals, always in the same order: two readers' clicks must not wait for each other in a circle."""
    for (link, day), (people, programs) in sorted(changes.items()):
        row = {"campaign": campaign, "letter": letter, "link": link, "day": day}
        insert_new(session, LinkClicks, [{**row, "times": 0, "by_machine": 0}])
        session.execute(
            update(LinkClicks)
            .filter_by(**row)
            .values(times=LinkClicks.times + people, by_machine=LinkClicks.by_machine + programs)
            .execution_options(synchronize_session=False)
        )
