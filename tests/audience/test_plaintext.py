"""What visitors type is kept as data: printable, on one line, bounded, and otherwise as they meant it."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.audience.plaintext import first_name, plain


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Visitor 014", "Visitor 014"),
        ("  Visitor\t014\r\n", "Visitor 014"),
        ("", None),
        (None, None),
        (" \u2028 ", None),
        ("Visitor\x00\x1b[31m 014", "Visitor[31m 014"),
        ("\u202eVisitor\u202c", "Visitor"),
        ("{{ 7 * 7 }} {% for %}", "{{ 7 * 7 }} {% for %}"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("👩‍⚕️ نگار‌ها", "👩‍⚕️ نگار‌ها"),
        ("Zoe\u0308", "Zoë"),
        ("\ud83d", None),
    ],
)
def test_a_first_name_is_data(typed, kept):
    assert first_name(typed) == kept


def test_ten_thousand_characters_become_a_hundred():
    assert first_name("x" * 10_000) == "x" * 100


@given(st.text(), st.integers(1, 50))
def test_what_is_kept_can_be_stored_and_printed_anywhere(text, longest):
    kept = plain(text, longest)
    if kept is None:
        return
    assert 0 < len(kept) <= longest
    assert kept == kept.strip()
    assert kept.encode()
    assert not {unicodedata.category(letter) for letter in kept} & {"Cc", "Cs", "Zl", "Zp"}


@given(st.text(max_size=40))
def test_cleaning_twice_changes_nothing(text):
    once = plain(text, 40)
    assert plain(once, 40) == once
