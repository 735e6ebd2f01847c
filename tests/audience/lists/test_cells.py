from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.audience import plaintext
from newsletter.audience.lists import cells
from newsletter.audience.lists.cells import armed, defused, instant, spell_words, words


@given(st.text(st.sampled_from("'=+-@\t\rab")) | st.text())
def test_a_defused_cell_comes_back_exactly_and_starts_no_formula(text):
    cell = defused(text)
    assert armed(cell) == text
    assert cell[:1] not in tuple("=+-@\t\r")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1"])
def test_formulas_get_an_apostrophe(text):
    assert defused(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Visitor 014", "'tis", "a=b", "O'Reader"])
def test_other_text_stays_as_it_is(text):
    assert defused(text) == armed(text) == text


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2024-05-01", datetime(2024, 5, 1, tzinfo=UTC)),
        ("2024-05-01 09:30:00", datetime(2024, 5, 1, 9, 30, tzinfo=UTC)),
        (" 2024-05-01T09:30:00Z ", datetime(2024, 5, 1, 9, 30, tzinfo=UTC)),
        ("2024-05-01T09:30:00+05:45", datetime(2024, 5, 1, 3, 45, tzinfo=UTC)),
        ("2024-05-01 09:30:00 UTC", datetime(2024, 5, 1, 9, 30, tzinfo=UTC)),
        ("2024-05-01T09:30:00.123456Z", datetime(2024, 5, 1, 9, 30, 0, 123456, tzinfo=UTC)),
    ],
)
def test_moments_as_tools_write_them(cell, moment):
    assert instant(cell) == moment


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "yesterday",
        "5/1/2024",
        "2024-13-01",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31",
        "2024-05-01T25:00",
    ],
)
def test_what_is_no_moment_says_what_would_be_right(cell):
    with pytest.raises(ValueError, match="right would be 2026-03-02T09:30:00Z"):
        instant(cell)


@pytest.mark.parametrize(
    ("cell", "several"),
    [
        ("", []),
        ("tips", ["tips"]),
        ("tips, news", ["tips", "news"]),
        ("tips;news|tips", ["tips", "news"]),
        ('"VIP","Spring, 2024"', ["VIP", "Spring, 2024"]),
        ('"a ""b"""', ['a "b"']),
        (" , ;", []),
        ('"open', ['"open']),
    ],
)
def test_several_words_in_one_cell(cell, several):
    assert words(cell) == several


@given(st.lists(st.text(st.sampled_from('ab,;|" é'), min_size=1, max_size=9), max_size=6))
def test_words_come_back_as_they_were_kept(several):
    kept = list(dict.fromkeys(filter(None, (plaintext.plain(each, 80) for each in several))))
    assert words(spell_words(kept)) == kept


@given(st.text(max_size=60))
def test_the_short_way_for_names_says_what_the_long_one_says(text):
    assert cells.first_name(text) == plaintext.first_name(text)


def test_a_wording_keeps_its_lines_and_loses_controls():
    assert cells.wording(" Yes, please\r\nletters\0\x1b[31m\n") == "Yes, please\nletters[31m"
    assert cells.wording(" \n ") is None
    assert len(cells.wording("x" * 20_000) or "") == cells.LONGEST_WORDING


@pytest.mark.parametrize(
    ("cell", "address"), [("192.0.2.7", "192.0.2.7"), (" 2001:DB8::1", "2001:db8::1"), ("n/a", None)]
)
def test_network_addresses(cell, address):
    assert cells.ip(cell) == address
