"""What an import says row by row: a CSV file that can stand beside the list, and the first lines on the terminal."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from newsletter.audience.importing import Taken
from newsletter.audience.lists.cells import defused
from newsletter.audience.lists.records import Remark
from newsletter.audience.lists.slices import Slice
from newsletter.cli.showing import plain

HEAD = ("row", "column", "reason", "kind")
SHOWN = 10


class Report:
    """`first` holds the first rejected rows as lines for a person."""

    def __init__(self, file: IO[str] | None) -> None:
        self._file = file
        self._rows = csv.writer(file) if file else None
        self.first: list[str] = []
        self._put([HEAD])

    def write(self, piece: Slice, taken: Taken) -> None:
        """The lines of one slice, in the order of the list; they are in the file when this returns."""
        refused = [(each, "rejected") for each in (*piece.refused, *taken.refused)]
        noted = [(each, "remark") for each in (*piece.remarks, *taken.remarks)]
        ordered = sorted(refused + noted, key=lambda line: line[0].row)
        self._put((each.row, defused(each.column), defused(each.reason), kind) for each, kind in ordered)
        room = SHOWN - len(self.first)
        self.first += [_line(each) for each, kind in ordered if kind == "rejected"][:room]

    def remark(self, about: Remark) -> None:
        """One line on the whole list."""
        self._put([(about.row, defused(about.column), defused(about.reason), "remark")])

    def _put(self, rows: Iterable[tuple[object, ...]]) -> None:
        if self._rows and self._file:
            self._rows.writerows(rows)
            self._file.flush()


@contextmanager
def reporting(path: Path | None) -> Iterator[Report]:
    """A report into `path`, readable by its owner alone; into nothing where there is no path."""
    if path is None:
        yield Report(None)
        return
    with open(path, "w", encoding="utf-8", newline="", opener=_private) as file:
        yield Report(file)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _line(about: Remark) -> str:
    where = f"row {about.row:,}" + (f", {plain(about.column)}" if about.column else "")
    return f"{where}: {plain(about.reason)}"
