"""A list, cut into slices that are each written in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from newsletter.audience.lists.entries import Entries
from newsletter.audience.lists.entry import Entry
from newsletter.audience.lists.records import Records, Remark
from newsletter.audience.lists.seen import Seen

ROWS = 1_000  # on SQLite a tenth of a second of writing; 500 would halve it, for an eighth of the speed


@dataclass
class Slice:
    """Some rows of the list: people to take, rows that are refused, and remarks on rows that are not."""

    entries: list[Entry] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    rows: int = 0
    last_row: int = 1


def slices(records: Records, entries: Entries, most: int = ROWS) -> Iterator[Slice]:
    """Read on, `most` rows at a time. An address counts once; the first row wins, unless a later one says she left."""
    seen = Seen()
    try:
        piece = Slice()
        for row, cells in records:
            found = cells if isinstance(cells, Remark) else entries.read(row, cells)
            if isinstance(found, Entry):
                piece.entries.append(found)
            else:
                piece.refused.append(found)
            piece.rows += 1
            piece.last_row = row
            if piece.rows >= most:
                yield _once_each(piece, entries, seen)
                piece = Slice()
        if piece.rows:
            yield _once_each(piece, entries, seen)
    finally:
        seen.close()


def _once_each(piece: Slice, entries: Entries, seen: Seen) -> Slice:
    first_rows = seen.first_rows([(entry.key, entry.row) for entry in piece.entries])
    piece.remarks, entries.remarks = entries.remarks, []
    column = entries.layout.headers[entries.layout.at["email"]]
    kept: dict[str, Entry] = {}
    for entry, first in zip(piece.entries, first_rows, strict=True):
        before = kept.get(entry.key)
        repeated, wins = entry.row, first
        if first == entry.row or (entry.stop and (before is None or before.stop is None)):
            kept[entry.key] = entry
            if before is None:
                continue
            repeated, wins = before.row, entry.row
        piece.refused.append(Remark(repeated, column, f"the same address as in row {wins}"))
    piece.entries = list(kept.values())
    return piece
