"""Whatever bytes somebody calls a list: every row is taken or refused with a line, or the whole file is, and that is all."""

from __future__ import annotations

import io
import tracemalloc
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.audience.lists import lines
from newsletter.audience.lists.columns import layout
from newsletter.audience.lists.entries import Entries
from newsletter.audience.lists.entry import Stated
from newsletter.audience.lists.lines import Lines, NotAList
from newsletter.audience.lists.records import Records
from newsletter.audience.lists.slices import Slice, slices

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TOPICS = {"resources": "Guides", "tips": "Tips"}
HEADER = b"email,first_name,topics,tags,confirmed_at,status,plan\n"


def walk(data: bytes, most: int = 7) -> list[Slice]:
    records = Records(Lines(io.BytesIO(data)))
    columns = layout(records.headers, fields=["all"])
    records.email = columns.at["email"]
    return list(slices(records, Entries(columns, Stated(("tips",), TOPICS, NOW, "the old site")), most))


def sums(pieces: list[Slice]) -> tuple[int, int, int]:
    """(rows, taken, refused)."""
    return (
        sum(each.rows for each in pieces),
        sum(len(each.entries) for each in pieces),
        sum(len(each.refused) for each in pieces),
    )


CELLS = st.sampled_from(
    [
        *(
            b"reader@example.com",
            b"visitor014@example.com",
            b"nobody",
            b"",
            b" ",
            b'"',
            b'""',
            b'"a""b"',
            b"a\nb",
        ),
        *(
            b'"a\nb"',
            b"\0",
            b"\xff",
            b"=1+1",
            b"tips",
            b"2024-05-01",
            b"unsubscribed",
            "é𝄞".encode(),
            b"x" * 200,
        ),
    ]
)
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=9), max_size=12)


@given(ROWS, st.sampled_from([b"\n", b"\r\n", b"\r"]))
@example([[b'"', b"a"]], b"\n")
@settings(max_examples=150, deadline=None)
def test_every_row_is_taken_or_refused_with_its_number(rows, end):
    data = HEADER + end.join(b",".join(row) for row in rows)
    pieces = walk(data)
    total, taken, refused = sums(pieces)
    assert total == taken + refused
    numbers = [each.row for piece in pieces for each in (*piece.entries, *piece.refused)]
    assert len(set(numbers)) == len(numbers)
    assert all(2 <= number <= pieces[-1].last_row for number in numbers)
    assert all(each.reason for piece in pieces for each in piece.refused)
    keys = [each.key for piece in pieces for each in piece.entries if each.stop is None]
    assert len(set(keys)) == len(keys)


@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b"\xfe\xff\0e")
@example(b"\xef\xbb\xbf")
@example(b'"')
@example(b"email\n\r\r\n")
@settings(max_examples=150, deadline=None)
def test_any_bytes_at_all_end_in_sums_or_in_one_line(data):
    for text in (data, b"email\n" + data):
        line = total = taken = refused = None
        try:
            total, taken, refused = sums(walk(text))
        except NotAList as wrong:
            line = wrong.line
        assert line if total is None else total == taken + refused


@given(ROWS)
@settings(max_examples=40, deadline=None)
def test_where_slices_end_changes_nothing_but_leavings(rows):
    data = HEADER + b"\n".join(b",".join(cell for cell in row if cell != b"unsubscribed") for row in rows)
    several, one = walk(data, 2), walk(data, 1000)

    def told(pieces):
        return (
            [(each.row, each.key, each.topics) for piece in pieces for each in piece.entries],
            sorted((each.row, each.column, each.reason) for piece in pieces for each in piece.refused),
        )

    assert told(several) == told(one)


class Endless(io.RawIOBase):
    """A file of `rows` rows that is never in memory."""

    def __init__(self, rows: int) -> None:
        self.lines = (f"visitor{n}@example.com,Visitor {n},,,,,\n".encode() for n in range(rows))
        self.left = HEADER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        while len(self.left) < len(buffer) and (line := next(self.lines, b"")):
            self.left += line
        piece, self.left = self.left[: len(buffer)], self.left[len(buffer) :]
        buffer[: len(piece)] = piece
        return len(piece)


def peak_of(rows: int) -> int:
    tracemalloc.start()
    try:
        records = Records(Lines(io.BufferedReader(Endless(rows))))
        columns = layout(records.headers)
        entries = Entries(columns, Stated(("tips",), TOPICS, NOW, "the old site"))
        assert sum(piece.rows for piece in slices(records, entries, 500)) == rows
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_longer_list_needs_no_more_memory(monkeypatch):
    monkeypatch.setattr(lines, "PIECE", 1 << 14)
    peak_of(100)
    assert peak_of(12_000) < 1.3 * peak_of(3_000)


@pytest.mark.parametrize("rows", [0, 1])
def test_a_short_list_is_one_slice_at_most(rows):
    assert len(walk(HEADER + b"reader@example.com,,,,,,\n" * rows)) == rows
