from __future__ import annotations

import io
from datetime import UTC, datetime

from newsletter.audience.lists.columns import layout
from newsletter.audience.lists.entries import Entries
from newsletter.audience.lists.entry import Stated
from newsletter.audience.lists.lines import Lines
from newsletter.audience.lists.records import Records
from newsletter.audience.lists.seen import Seen
from newsletter.audience.lists.slices import Slice, slices


def cut(text: str, most: int) -> list[Slice]:
    records = Records(Lines(io.BytesIO(text.encode())))
    stated = Stated(("tips",), {"tips": "Tips"}, datetime(2026, 3, 2, tzinfo=UTC), "the old site")
    return list(slices(records, Entries(layout(records.headers), stated), most))


def told(pieces: list[Slice]) -> list[tuple[list[int], list[tuple[int, str]]]]:
    return [([e.row for e in each.entries], [(r.row, r.reason) for r in each.refused]) for each in pieces]


def test_every_row_is_in_one_slice_taken_or_refused():
    pieces = cut("email\n" + "".join(f"visitor{n}@example.com\n" for n in range(7)) + "nobody\n", 3)
    assert [each.rows for each in pieces] == [3, 3, 2]
    assert [each.last_row for each in pieces] == [4, 7, 9]
    assert sum(len(each.entries) + len(each.refused) for each in pieces) == 8


def test_an_address_counts_once_within_a_slice_and_over_slices():
    text = "email\nreader@example.com\nREADER@example.com\nvisitor014@example.com\nreader@Example.com\n"
    for most in (2, 100):
        pieces = cut(text, most)
        assert [row for each in told(pieces) for row in each[0]] == [2, 4]
        assert [row for each in told(pieces) for row in each[1]] == [
            (3, "the same address as in row 2"),
            (5, "the same address as in row 2"),
        ]


def test_whoever_left_in_a_later_row_has_left():
    text = "email,status\nreader@example.com,active\nreader@example.com,unsubscribed\nreader@example.com,active\n"
    (together,) = told(cut(text, 100))
    assert together[0] == [3]
    assert sorted(together[1]) == [(2, "the same address as in row 3"), (4, "the same address as in row 2")]
    apart = told(cut(text, 1))
    assert [each[0] for each in apart] == [[2], [3], []]


def test_an_address_is_remembered_with_its_first_row():
    seen = Seen()
    assert seen.first_rows([("a", 2), ("b", 3), ("a", 4)]) == [2, 3, 2]
    assert seen.first_rows([("c", 5), ("b", 6)]) == [5, 3]
    assert seen.first_rows([]) == []
    seen.close()
