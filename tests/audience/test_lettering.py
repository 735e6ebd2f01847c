from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.audience.lettering import FACES, balanced, fitting, lines, width

WORDS = st.lists(st.text("abcmWi.é", min_size=1, max_size=12), min_size=1, max_size=30).map(" ".join)


@pytest.mark.parametrize(
    ("text", "face", "thousandths"),
    [
        ("", "sans", 0),
        ("i", "sans", 222),
        ("W", "sans", 944),
        ("Hi!", "bold", 722 + 278 + 333),
        ("Hi~", "serif", 722 + 278 + 541),
    ],
)
def test_widths_are_adobe_s(text, face, thousandths):
    assert width(text, face, 1000) == pytest.approx(thousandths)
    assert width(text, face, 10) == pytest.approx(thousandths / 100)


@pytest.mark.parametrize("face", FACES)
def test_each_face_has_a_width_from_space_to_tilde(face):
    assert len(FACES[face]) == ord("~") - ord(" ") + 1
    assert min(FACES[face]) > 0


def test_an_accent_takes_no_room_and_a_chinese_letter_a_square():
    assert width("é", "sans", 10) == width("e", "sans", 10)
    assert width("e\u0301", "sans", 10) == width("e", "sans", 10)
    assert width("美", "sans", 10) == 10
    assert width("Ж", "sans", 10) > 0


@given(WORDS, st.integers(20, 400))
def test_no_word_is_lost_and_no_line_is_wider_than_its_room_unless_it_is_one_word(text, room):
    for broken in (lines(text, "sans", 12, room), balanced(text, "sans", 12, room)):
        assert " ".join(broken) == " ".join(text.split())
        assert all(width(line, "sans", 12) <= room or " " not in line for line in broken)


@given(WORDS, st.integers(40, 400))
def test_balancing_takes_no_more_lines_and_no_more_room(text, room):
    plain, even = (break_(text, "serif", 12, room) for break_ in (lines, balanced))
    assert len(even) == len(plain)
    assert max(width(line, "serif", 12) for line in even) <= max(width(line, "serif", 12) for line in plain)


def test_a_heading_leaves_no_lonely_word():
    text = "Get updated with beauty resources, tips, and news"
    assert balanced(text, "serif", 50, 475) == ["Get updated with", "beauty resources,", "tips, and news"]


def test_nothing_takes_no_line():
    assert lines("", "sans", 12, 100) == balanced("", "sans", 12, 100) == []


@given(st.text("abW", min_size=1, max_size=80), st.integers(10, 500))
def test_what_is_too_wide_becomes_as_small_as_needed_and_no_smaller(text, room):
    size = fitting(text, "bold", 20, room)
    assert size <= 20
    assert width(text, "bold", size) <= room + 0.001
    assert size == 20 or width(text, "bold", size) == pytest.approx(room)
