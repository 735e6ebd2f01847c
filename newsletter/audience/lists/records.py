"""Rows of a CSV file (RFC 4180), each whole or with the reason why not; one bad row never takes others along.

A quote that opens and never closes would swallow the rest of the file: the row in which it opens is given up, and
reading goes on with the very next line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.audience.lists.lines import LONGEST, UNREADABLE, Lines, NotAList

DELIMITERS = ",;\t"
MOST_COLUMNS = 500
PERSON = re.compile(r"[^\s@]+@[^\s@]+")


@dataclass(frozen=True, slots=True)
class Remark:
    """What is to be said about one cell. `row` counts as a spreadsheet does: the header is row 1."""

    row: int
    column: str
    reason: str


class Records:
    """The rows under the header of one file. `headers` are its cells, stripped; `email` is which of them, if known."""

    def __init__(self, lines: Lines) -> None:
        self.email: int | None = None
        self._feed = _Feed(lines)
        first = next(self._feed, "")
        self.delimiter = delimiter_of(first)
        self._feed.put_back(from_first=True)
        self._reader = csv.reader(self._feed, delimiter=self.delimiter, strict=True)
        try:
            self.headers = tuple(cell.strip() for cell in next(self._reader, []))
        except csv.Error as broken:
            raise NotAList(f"row 1: {_words(broken)}") from broken
        if len(self.headers) > MOST_COLUMNS:
            raise NotAList(
                f"row 1, column {MOST_COLUMNS + 1}: there are {len(self.headers):,} columns; "
                f"at most {MOST_COLUMNS} can be read: keep those that matter"
            )

    def __iter__(self) -> Iterator[tuple[int, list[str] | Remark]]:
        """(row number, its cells or what is wrong with it); blank rows are counted and passed over."""
        feed, reader, width = self._feed, self._reader, len(self.headers)
        row = 1
        while True:
            feed.taken.clear()
            row += 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as broken:
                yield row, Remark(row, self._where(feed.taken[0]), _words(broken))
                feed.put_back()
                continue
            if feed.wrong:
                yield row, Remark(row, self._where_unreadable(cells), feed.wrong)
                feed.wrong = ""
            elif len(cells) == width and (cells[0].strip() or any(map(str.strip, cells))):
                yield row, (len(feed.taken) > 1 and self._swallowed(row)) or cells
            elif any(map(str.strip, cells)):
                yield row, self._uneven(row, cells)

    def _uneven(self, row: int, cells: list[str]) -> list[str] | Remark:
        """A row with another number of cells than the header; empty ones at its end are nothing."""
        width = len(self.headers)
        if len(cells) > width and not any(map(str.strip, cells[width:])):
            return cells[:width]
        if len(self._feed.taken) > 1:
            return self._runs_on(row)
        where = self.headers[len(cells)] if len(cells) < width else str(width + 1)
        few = "few" if len(cells) < width else "many"
        return Remark(row, where, f"too {few} cells: {len(cells)} where the header has {width}")

    def _swallowed(self, row: int) -> Remark | None:
        """A row over several lines, of which one is a person's: where a quote was left out and another closed it."""
        if self.email is not None and any(self._is_a_row(line) for line in self._feed.taken[1:]):
            return self._runs_on(row)
        return None

    def _is_a_row(self, line: str) -> bool:
        cells = line.split(self.delimiter)
        return (
            len(cells) == len(self.headers) and PERSON.fullmatch(cells[self.email or 0].strip()) is not None
        )

    def _runs_on(self, row: int) -> Remark:
        where = self._where(self._feed.taken[0])
        self._feed.put_back()
        return Remark(row, where, 'a quote (") is missing: the row runs on into the next')

    def _where(self, line: str) -> str:
        """The column in which this line's last, perhaps unfinished, cell stands."""
        cells = next(csv.reader([line[:1000]], delimiter=self.delimiter), [])
        return self.headers[min(len(cells), len(self.headers)) - 1]

    def _where_unreadable(self, cells: list[str]) -> str:
        found = (name for name, cell in zip(self.headers, cells, strict=False) if UNREADABLE.search(cell))
        return next(found, "")


def delimiter_of(header: str) -> str:
    """Pure: comma, semicolon or tab, whichever the header line has most of."""
    return max(DELIMITERS, key=header.count)


class _Feed:
    """Lines for the reader; remembers those of the row in hand, and takes them back."""

    def __init__(self, lines: Lines) -> None:
        self._source = lines
        self._lines = iter(lines)
        self._again: list[str] = []
        self.taken: list[str] = []
        self.wrong = ""

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self._again.pop() if self._again else next(self._lines)
        self.taken.append(line)
        if self._source.suspect and (found := UNREADABLE.search(line)):
            nul = found.group() == "\0"
            self.wrong = "a NUL character" if nul else "not UTF-8; save the file as “CSV UTF-8”"
        if len(line) > LONGEST or (len(self.taken) > 1 and sum(map(len, self.taken)) > LONGEST):
            raise csv.Error("row too long")
        return line

    def put_back(self, *, from_first: bool = False) -> None:
        """Give the lines of this row once more, without the first; that is what goes wrong with it."""
        self._again.extend(reversed(self.taken[0 if from_first else 1 :]))
        self.taken.clear()
        self.wrong = ""


def _words(broken: csv.Error) -> str:
    text = str(broken)
    if "field limit" in text:
        return f'a cell is longer than {csv.field_size_limit():,} characters; perhaps a quote (") is missing'
    if "too long" in text:
        return f'the row is longer than {LONGEST:,} characters; perhaps a quote (") is missing'
    if "unexpected end" in text:
        return 'a quote (") opens and is never closed'
    return 'a quote (") inside a quoted cell is not doubled, or one is missing'
