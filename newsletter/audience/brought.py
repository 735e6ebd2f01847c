"""How far a list that was brought to the studio has come: one row, written in the transaction that takes its people.

What is left of a list after a day is forgotten.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from newsletter import stored
from newsletter.audience.lists import kept
from newsletter.audience.lists.kept import Files
from newsletter.errors import NotFound
from newsletter.stored import StoredSetting

NAME = "import:"
KEPT_FOR = timedelta(days=1)
MATCHING, TRYING, TRIED, TAKING, TAKEN = "matching", "trying", "tried", "taking", "taken"


@dataclass(frozen=True)
class Brought:
    """One list and how far it has come. Every row is in `counts` or in `rejected`, of the trial or of the real thing.

    `size` and `offset` are bytes of what was read; `report` those of its report, `read` and `read_rejected` what both
    were before anybody was taken. `first` are some rejected rows, for the screen.
    """

    token: str
    name: str
    step: str = MATCHING
    means: dict[str, str] = field(default_factory=dict)
    topics: list[str] = field(default_factory=list)
    source: str = ""
    size: int = 0
    offset: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    rejected: int = 0
    report: int = 0
    read: int = 0
    read_rejected: int = 0
    first: list[list[Any]] = field(default_factory=list)

    @property
    def moves(self) -> bool:
        """Whether it goes on by slices."""
        return self.step in {TRYING, TAKING}

    @property
    def accepted(self) -> int:
        """Rows that were taken, or said what was known."""
        return sum(self.counts.values())

    @property
    def part(self) -> float:
        """How much of it was looked at, from 0 to 1."""
        return self.offset / self.size if self.size else 1.0


def find(session: Session, token: str) -> Brought:
    """How far it has come; raises NotFound."""
    value = stored.get(session, NAME + token)
    if not value:
        raise NotFound("this list is not here any more; bring it once more")
    return Brought(**value)


def waiting(session: Session) -> list[Brought]:
    """Lists that are here, the newest first."""
    rows = select(StoredSetting.value).where(StoredSetting.name.startswith(NAME))
    return [Brought(**value) for value in session.scalars(rows.order_by(StoredSetting.set_at.desc()))]


def put(session: Session, brought: Brought, by: int, machine: datetime) -> None:
    """Write down how far it has come."""
    stored.put(session, NAME + brought.token, asdict(brought), by, machine)


def forget(session: Session, files: Files) -> None:
    """Delete the list and what was read of it; the people it brought stay."""
    session.execute(delete(StoredSetting).where(StoredSetting.name == NAME + files.token))
    files.forget()


def tidy(session: Session, folder: Path, machine: datetime) -> int:
    """Forget lists that nobody has touched for a day; returns how many. `machine` is the machine's time."""
    before = machine - KEPT_FOR
    rows = select(StoredSetting.name).where(
        StoredSetting.name.startswith(NAME), StoredSetting.set_at < before
    )
    old = [Files(folder, name.removeprefix(NAME)) for name in session.scalars(rows)]
    for files in old:
        forget(session, files)
    here = {brought.token for brought in waiting(session)}
    for files in kept.strays(folder, before.timestamp()):
        if files.token not in here:
            files.forget()
    return len(old)


def is_as_seen(session: Session, seen: Brought) -> bool:
    """Whether nobody has moved it meanwhile; from here on nobody does, until this transaction ends."""
    mine = select(StoredSetting.value).where(StoredSetting.name == NAME + seen.token).with_for_update()
    value = session.scalar(mine)
    return value is not None and (value["step"], value["offset"]) == (seen.step, seen.offset)
