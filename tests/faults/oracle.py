"""The judge: compares what the receiving server took over with what the database says, and knows nothing else.

I1, I2, I3, I4, I7 and I8 as every fault test has to hold them; each breach is one line that names the letter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from newsletter.db import Database
from newsletter.delivery.models import ENDED, Delivery, Mailbox
from tests.servers.log import Accepted, read

MAY_HAVE_ARRIVED = ("sent", "unknown")


@dataclass(frozen=True)
class Stop:
    """Somebody said stop: the address, when that was committed (the machine's time), and what was in handoff then."""

    address: str
    committed_at: float
    in_handoff: frozenset[int] = frozenset()


def breaches(
    database: Database, log: Path, promised: Collection[int], stops: Iterable[Stop] = ()
) -> list[str]:
    """Everything that is wrong; nothing when every promise was kept. `promised`: the deliveries that were put."""
    letters: dict[int | None, list[Accepted]] = defaultdict(list)
    for letter in read(log):
        letters[letter.delivery_id].append(letter)
    late = {stop.address: stop for stop in stops}
    with database.reading() as session:
        rows = session.execute(
            select(Delivery.id, Delivery.stream, Delivery.state, Delivery.digest, Mailbox.address).join(
                Mailbox
            )
        ).all()
    found = [line for row in rows for line in _of_one(row, letters[row.id])]
    known = {row.id for row in rows}
    found += [f"I1: {number} was promised and is lost" for number in sorted(set(promised) - known)]
    found += [f"I1: {number} was never promised" for number in sorted(known - set(promised))]
    found += [f"I1: {number} arrived and nobody knows it" for number in letters if number not in known]
    came_late = (letter for each in letters.values() for letter in each if _is_late(letter, late))
    found += [f"I4: {letter.delivery_id} came after its stop" for letter in came_late]
    return found


def _is_late(letter: Accepted, stops: dict[str, Stop]) -> bool:
    """Accepted after a stop had been committed, though it was not in handoff then."""
    stop = stops.get(letter.recipients[0])
    return stop is not None and letter.at > stop.committed_at and letter.delivery_id not in stop.in_handoff


def states(database: Database) -> dict[str, int]:
    """How many deliveries are in which state."""
    count: dict[str, int] = defaultdict(int)
    with database.reading() as session:
        for state in session.scalars(select(Delivery.state)):
            count[state] += 1
    return dict(count)


def _of_one(row: Any, accepted: list[Accepted]) -> Iterator[str]:
    if row.state not in ENDED:
        yield f"I1: {row.id} has come to no end, it is {row.state}"
    if len(accepted) > 1 and row.stream != "care":
        yield f"I2: {row.id} was accepted {len(accepted)} times"
    if row.stream == "care" and len(accepted) > (2 if row.state == "unknown" else 1):
        yield f"I3: {row.id} was accepted {len(accepted)} times"
    if row.state == "sent" and not accepted:
        yield f"I8: {row.id} is called sent, and nobody has it"
    if accepted and row.state not in MAY_HAVE_ARRIVED:
        yield f"I8: {row.id} was accepted and is called {row.state}"
    for letter in accepted:
        if letter.sha256 != row.digest:
            yield f"I7: {row.id} is not what was written down"
        if letter.recipients != (row.address,) and row.address:  # of an erased one nothing is left to compare
            yield f"I7: {row.id} went to somebody else"
