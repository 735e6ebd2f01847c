from __future__ import annotations

import csv
import io

import pytest

from newsletter.audience.lists.lines import LONGEST, Lines, NotAList
from newsletter.audience.lists.records import MOST_COLUMNS, Records, Remark, delimiter_of

GOOD = "visitor014@example.com,Visitor 014\n"


def rows(text: str | bytes) -> list[tuple[int, list[str]] | tuple[int, str, str]]:
    """Good rows as (row, cells), others as (row, column, reason)."""
    data = text.encode() if isinstance(text, str) else text
    found: list[tuple[int, list[str]] | tuple[int, str, str]] = []
    records = Records(Lines(io.BytesIO(data)))
    records.email = 0
    for row, cells in records:
        if isinstance(cells, Remark):
            assert cells.row == row
            found.append((row, cells.column, cells.reason))
        else:
            found.append((row, cells))
    return found


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_the_delimiter_is_told_from_the_header(delimiter):
    header, row = ("email", "first_name", "city"), ("reader@example.com", "a, b; c", "x")
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([header, row])
    assert rows(text.getvalue()) == [(2, list(row))]
    assert delimiter_of(delimiter.join(header)) == delimiter


def test_one_column_needs_no_delimiter():
    assert rows("email\nreader@example.com\n") == [(2, ["reader@example.com"])]


def test_a_header_may_run_over_two_lines():
    records = Records(Lines(io.BytesIO(b'email,"What would you\nlike to hear?"\nreader@example.com,tips\n')))
    assert records.headers == ("email", "What would you\nlike to hear?")
    assert list(records) == [(2, ["reader@example.com", "tips"])]


def test_a_cell_may_hold_delimiters_quotes_and_line_ends():
    assert rows('email,first_name\nreader@example.com,"a ""b"", c\r\nd"\n') == [
        (2, ["reader@example.com", 'a "b", c\r\nd'])
    ]


def test_blank_rows_are_counted_and_passed_over():
    assert rows("email,first_name\n\n,\n  ,  \n" + GOOD) == [(5, ["visitor014@example.com", "Visitor 014"])]


def test_empty_cells_behind_the_last_column_are_nothing():
    assert rows("email,first_name\nvisitor014@example.com,Visitor 014,,\n") == rows(
        "email,first_name\n" + GOOD
    )


@pytest.mark.parametrize(
    ("broken", "column", "reason"),
    [
        ("reader@example.com\n", "first_name", "too few cells: 1 where the header has 2"),
        ("reader@example.com,a,b,c\n", "3", "too many cells: 4 where the header has 2"),
        ('reader@example.com,"a" b\n', "first_name", "is not doubled, or one is missing"),
        ("rea\0der@example.com,a\n", "email", "a NUL character"),
        (f"reader@example.com,{'x' * 140_000}\n", "first_name", "a cell is longer than 131,072 characters"),
        (f"reader@example.com,{'x,' * (LONGEST // 2)}\n", "", "longer than 1,000,000 characters"),
    ],
    ids=["too few", "too many", "stray quote", "NUL", "long cell", "long row"],
)
def test_a_broken_row_is_named_and_the_next_is_read(broken, column, reason):
    bad, good = rows("email,first_name\n" + broken + GOOD)
    assert bad[:2] == (2, column) or (column == "" and bad[0] == 2)
    assert reason in bad[2]
    assert good == (3, ["visitor014@example.com", "Visitor 014"])


@pytest.mark.parametrize("after", [1, 30, 9_000], ids=["to the end", "some lines", "more than a cell holds"])
def test_a_quote_that_never_closes_costs_its_own_row_only(after):
    found = rows('email,first_name\nreader@example.com,"oops\n' + GOOD * after)
    assert found[0][:2] == (2, "first_name")
    assert '(")' in found[0][2]
    assert found[1:] == [(n + 3, ["visitor014@example.com", "Visitor 014"]) for n in range(after)]


def test_a_quote_that_closes_in_a_later_row_costs_its_own_row_only():
    found = rows('email,first_name\nreader@example.com,"oops\n' + GOOD + 'x@example.com,a"\n')
    assert found[0][:2] == (2, "first_name")
    assert "is missing: the row runs on" in found[0][2]
    assert [each[0] for each in found] == [2, 3, 4]
    assert found[1] == (3, ["visitor014@example.com", "Visitor 014"])


def test_a_text_of_several_lines_may_name_an_address():
    text = 'email,first_name\nreader@example.com,"write to\nhello@example.com, or call"\n'
    assert rows(text)[0] == (2, "first_name", 'a quote (") is missing: the row runs on into the next')
    assert rows(text.replace(", or", " or"))[0][1][1] == "write to\nhello@example.com or call"


def test_bytes_that_are_not_utf_8_cost_their_row_only():
    first, second = rows("email,first_name\nreader@example.com,José\n".encode("latin-1") + GOOD.encode())
    assert first == (2, "first_name", "not UTF-8; save the file as “CSV UTF-8”")
    assert second[0] == 3


def test_a_thousand_columns_are_too_many_and_the_limit_is_not():
    def header(n: int) -> bytes:
        return (",".join(["email", *(f"c{i}" for i in range(n - 1))]) + "\n").encode()

    with pytest.raises(NotAList, match="row 1, column 501: there are 1,000 columns"):
        Records(Lines(io.BytesIO(header(1000))))
    assert len(Records(Lines(io.BytesIO(header(MOST_COLUMNS)))).headers) == MOST_COLUMNS


def test_a_header_with_an_open_quote_is_refused_with_its_row():
    with pytest.raises(NotAList, match="row 1: a quote"):
        Records(Lines(io.BytesIO(b'email,"first_name\nreader@example.com,a\n')))


def test_the_limit_of_the_csv_module_is_left_as_it_is():
    before = csv.field_size_limit()
    rows("email,first_name\n" + GOOD)
    assert csv.field_size_limit() == before
