"""Waits that grow with wrong tries, and never a door that stays shut.

A try is counted before it is looked at, so that a hundred at once are a hundred. The fifth in a row brings a wait of a
minute, each after it twice the last, a quarter of an hour at most. A try during a wait is not looked at and does not
prolong it: nobody can lock somebody out by knocking. What was right ends the row; a day without a try does too.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from newsletter.db import insert_new
from newsletter.limits import Counter

FREE = 5
LONGEST = timedelta(minutes=15)
KEPT = timedelta(days=1)


def pause(tries: int) -> timedelta:
    """Pure: how long after the last of so many wrong tries in a row."""
    if tries < FREE:
        return timedelta(0)
    return min(timedelta(minutes=2 ** min(tries - FREE, 10)), LONGEST)


def knock(session: Session, subjects: Iterable[str], machine: datetime) -> timedelta:
    """Count one more try for all of `subjects` and return zero; or count nothing and return how long to wait."""
    rows = _rows(session, sorted({_key(each) for each in subjects}), machine)
    wait = max((row.until - KEPT + pause(row.seen) - machine for row in rows), default=timedelta(0))
    if wait > timedelta(0):
        return wait
    for row in rows:
        again = 0 if row.until <= machine else row.seen
        count = update(Counter).where(Counter.key == row.key).values(seen=again + 1, until=machine + KEPT)
        session.execute(count, execution_options={"synchronize_session": False})
    return timedelta(0)


def forgive(session: Session, subjects: Iterable[str]) -> None:
    """It was right: the row of wrong tries is over."""
    session.execute(delete(Counter).where(Counter.key.in_([_key(each) for each in subjects])))


def _rows(session: Session, keys: list[str], machine: datetime) -> list[Counter]:
    """Made where they are new, and held until the transaction ends, in one order: two at once count one by one."""
    insert_new(
        session,
        Counter,
        [{"key": key, "seen": 0, "until": machine + KEPT} for key in keys],
        returning=Counter.key,
    )
    held = select(Counter).where(Counter.key.in_(keys)).order_by(Counter.key).with_for_update()
    return list(session.scalars(held.execution_options(populate_existing=True)))


def _key(subject: str) -> str:
    return f"tries:{sha256(subject.encode()).hexdigest()[:40]}"
