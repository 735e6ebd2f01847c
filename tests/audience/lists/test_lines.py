from __future__ import annotations

import gzip
import io

import pytest

from newsletter.audience.lists import lines as lines_module
from newsletter.audience.lists.lines import LONGEST, PIECE, Lines, NotAList, encoding_of


def read(data: bytes) -> list[str]:
    return list(Lines(io.BytesIO(data)))


@pytest.mark.parametrize(
    "data",
    [
        b"email\r\nreader@example.com\r\n",
        b"\xef\xbb\xbfemail\r\nreader@example.com\r\n",
        "email\r\nreader@example.com\r\n".encode("utf-16"),
        b"\xfe\xff" + "email\r\nreader@example.com\r\n".encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 with a mark", "utf-16 little", "utf-16 big"],
)
def test_a_file_is_decoded_by_its_mark(data):
    assert read(data) == ["email\r\n", "reader@example.com\r\n"]


def test_lines_end_as_they_like_and_the_last_needs_no_end():
    assert read(b"a\nb\r\nc\rd") == ["a\n", "b\r\n", "c\r", "d"]


def test_other_separators_are_letters_of_a_cell():
    assert read("a\x0b\x1c\u2028b\n".encode()) == ["a\x0b\x1c\u2028b\n"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04\x14\x00\x06\x00", "save it as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "an old spreadsheet"),
        (gzip.compress(b"email\n"), "is compressed; unpack it first"),
        (b"%PDF-1.7\n", "is a PDF"),
        ("email\nreader@example.com\n".encode("utf-16-le"), "save it as “CSV UTF-8”"),
        (b"\x7fELF\x02\x01\x01" + bytes(64), "is not a CSV file in UTF-8"),
    ],
    ids=["empty", "xlsx", "xls", "gzip", "pdf", "utf-16 without a mark", "a program"],
)
def test_what_is_no_text_is_refused_with_what_to_do(data, says):
    with pytest.raises(NotAList, match=says):
        read(data)


def test_one_nul_is_a_matter_of_its_row_alone():
    assert encoding_of(b"email\nreader\0@example.com\nvisitor014@example.com\n") == "utf-8-sig"


def test_lines_are_whole_wherever_the_pieces_end(monkeypatch):
    wanted = [f"visitor{n}é@example.com\r\n" for n in range(50)]
    data = "".join(wanted).encode()
    for size in (1, 2, 3, 7, 64):
        monkeypatch.setattr(lines_module, "PIECE", size)
        assert read(data) == wanted


def test_a_line_without_an_end_is_cut_and_the_rest_passed_over():
    data = b"email\n" + b"x" * (LONGEST + 3 * PIECE) + b"\nreader@example.com\n"
    first, long, last = read(data)
    assert (first, last) == ("email\n", "reader@example.com\n")
    assert len(long) == LONGEST + 2


def test_a_cut_line_may_be_the_last():
    first, long = read(b"email\n" + b"x" * (LONGEST + 3 * PIECE))
    assert first == "email\n"
    assert len(long) == LONGEST + 2


def test_the_bytes_used_so_far_are_counted_piece_by_piece():
    data = b"reader@example.com\n" * 40_000
    lines = Lines(io.BytesIO(data))
    walk = iter(lines)
    next(walk)
    assert lines.read == PIECE
    assert sum(1 for _ in walk) == 39_999
    assert lines.read == len(data)


def test_a_piece_with_unreadable_bytes_says_so():
    lines = Lines(io.BytesIO(b"email\nr\xe9ader@example.com\n"))
    assert list(lines) == ["email\n", "r\udce9ader@example.com\n"]
    lines = Lines(io.BytesIO("email\nréader@example.com\n".encode()))
    next(iter(lines))
    assert not lines.suspect
