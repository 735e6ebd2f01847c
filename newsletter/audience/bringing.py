"""A list that was brought to the studio: its columns matched, tried without a trace, then taken slice by slice.

How far it has come stands in the database, written in the transaction that wrote the people. So it may be killed
anywhere and go on, and ends the same. What is left of it after a day is forgotten.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO

import structlog
from sqlalchemy.orm import Session

from newsletter.audience import importing
from newsletter.audience.brought import TAKEN, TAKING, TRIED, TRYING, Brought, find, is_as_seen, put
from newsletter.audience.importing import Taken
from newsletter.audience.lists import columns, kept, matching, prepared
from newsletter.audience.lists.entries import Entries
from newsletter.audience.lists.entry import Stated
from newsletter.audience.lists.kept import Files
from newsletter.audience.lists.lines import Lines, NotAList
from newsletter.audience.lists.records import Records, Remark
from newsletter.audience.lists.slices import ROWS, slices
from newsletter.audience.plaintext import plain
from newsletter.errors import NotFound, Refused
from newsletter.vault import Vault

log = structlog.get_logger("newsletter.audience")

SAMPLES = 3
FIRST = 10


@dataclass(frozen=True)
class Sample:
    """The header of a list, its first rows, and what each column seems to mean."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    proposed: dict[int, str]


def keep(session: Session, folder: Path, stream: IO[bytes], name: str, by: int, machine: datetime) -> Brought:
    """Keep what was uploaded, if it is a list at all.

    Raises NotAList, which names row and column, and Refused for what is too long; then nothing is kept.
    """
    files = kept.keep(folder, stream)
    brought = Brought(files.token, plain(name, 80) or "list.csv")
    try:
        look(files)
        put(session, brought, by, machine)
    except BaseException:
        files.forget()
        raise
    log.info("list.brought", token=files.token)
    return brought


def look(files: Files) -> Sample:
    """Its header and first rows. Raises NotAList, and NotFound where the file is gone."""
    with _opened(files) as stream:
        records = Records(Lines(stream))
        proposed = matching.proposed(records.headers)
        rows = []
        for _, cells in records:
            if not isinstance(cells, Remark):
                rows.append(tuple(plain(cell, 60) or "" for cell in cells))
            if len(rows) == SAMPLES:
                break
    return Sample(tuple(map(columns.shown, records.headers)), tuple(rows), proposed)


def prepare(files: Files, brought: Brought, means: Mapping[int, str], stated: Stated) -> Brought:
    """Read all of it with these columns; from here on a trial can begin. Touches no database.

    Raises Refused for columns that cannot be so, for rows that nobody says how they agreed, and for too many of them;
    NotAList, as reading does.
    """
    with _opened(files) as stream:
        records = Records(Lines(stream))
        layout = matching.corrected(records.headers, means)
        if not layout.leavers_only and not stated.source and "consent_source" not in layout.at:
            raise Refused("say where these people agreed, in words that you could show them")
        records.email = layout.at["email"]
        with kept.private(files.prepared) as people, kept.private(files.report):
            rows, refused = _read(files, records, Entries(layout, stated), people)
            size = people.tell()
    if not rows:
        raise NotAList(f"{brought.name} has a header and nobody under it")
    report = files.report.stat().st_size
    return replace(
        brought,
        step=TRYING,
        means={str(column): meaning for column, meaning in means.items()},
        topics=list(stated.topics),
        source=stated.source or "",
        size=size,
        read=report,
        read_rejected=len(refused),
        offset=0,
        counts={},
        rejected=len(refused),
        report=report,
        first=_shown(refused),
    )


def start(brought: Brought) -> Brought:
    """After the trial: the real thing. The figures begin anew, save what was wrong with the list itself."""
    if brought.step != TRIED:
        raise Refused("try the list first; then you see what would happen")
    return replace(
        brought, step=TAKING, offset=0, counts={}, report=brought.read, rejected=brought.read_rejected
    )


def go_on(
    session: Session, files: Files, seen: Brought, topics: Mapping[str, int], vault: Vault, now: datetime
) -> Brought:
    """Take the next slice; a trial undoes it at once. Returns how far it is now, for the caller to `put`.

    Where somebody else took this slice meanwhile, it is as far as they came.
    """
    with _opened(files, files.prepared) as stream:
        people, offset = prepared.read(stream, seen.offset, ROWS)
    if not is_as_seen(session, seen):
        return find(session, seen.token)
    with session.begin_nested() as slice_:
        taken = importing.take(session, people, topics, vault, now)
        session.flush()
        if seen.step == TRYING:
            slice_.rollback()
    return _after(files, seen, taken, offset)


def _read(files: Files, records: Records, entries: Entries, people: BinaryIO) -> tuple[int, list[Remark]]:
    """(rows, those that cannot be taken); the people and the report are written."""
    rows, size = 0, 0
    refused: list[Remark] = []
    for piece in slices(records, entries):
        rows += piece.rows
        if rows > kept.MOST_ROWS:
            raise Refused(f"this list has more than {kept.MOST_ROWS:,} rows; {kept.BY_COMMAND}")
        prepared.write(people, piece.entries)
        refused += piece.refused
        size = kept.append(files.report, size, _lines(piece.refused, piece.remarks))
    return rows, refused


def _after(files: Files, seen: Brought, taken: Taken, offset: int) -> Brought:
    over = {TRYING: TRIED, TAKING: TAKEN}[seen.step] if offset >= seen.size else seen.step
    return replace(
        seen,
        step=over,
        offset=offset,
        counts=dict(Counter(seen.counts) + taken.counts),
        rejected=seen.rejected + len(taken.refused),
        report=kept.append(files.report, seen.report, _lines(taken.refused, taken.remarks)),
        first=[*seen.first, *_shown(taken.refused)][:FIRST],
    )


def _shown(refused: list[Remark]) -> list[list[object]]:
    return [[each.row, each.column, each.reason] for each in refused[:FIRST]]


def _lines(refused: list[Remark], remarks: list[Remark]) -> Iterator[tuple[Remark, str]]:
    yield from ((each, "rejected") for each in refused)
    yield from ((each, "remark") for each in remarks)


def _opened(files: Files, path: Path | None = None) -> BinaryIO:
    try:
        return (path or files.uploaded).open("rb")
    except FileNotFoundError:
        raise NotFound("this list is not here any more; bring it once more") from None
