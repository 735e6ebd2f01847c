"""Letters put at their moments: whatever is moved where, the order that results is one that can be used."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.campaigns.desk import arranging
from newsletter.campaigns.desk.drafting import Papers
from newsletter.campaigns.filing.folders import SEQUENCE_FILE
from newsletter.campaigns.ordering import misplaced
from newsletter.campaigns.spelling import EVERY_DAY, Misspelled
from newsletter.campaigns.timings import After, Day, Lasting, Next, Timing
from newsletter.errors import NotFound, Refused

TEN = time(10)
hours = st.times().map(lambda at: at.replace(second=0, microsecond=0))
spans = st.integers(0, 60 * 24 * 40).map(lambda minutes: timedelta(minutes=minutes))
timings = st.one_of(st.builds(Day, st.integers(0, 40), hours), st.builds(After, spans))


def papers() -> Papers:
    """Three letters: at once, day 2, day 5; the first two last until the next."""
    steps = [
        {"key": "hello", "file": "hello.md", "subject": "Hello", "after": "0m", "until": "next"},
        {"key": "second", "file": "same.md", "subject": "Second", "day": 2, "at": "10:00", "until": "next"},
        {"key": "third", "file": "same.md", "subject": "Third", "day": 5, "at": "10:00", "until": "7d"},
    ]
    table = {"name": "Welcome", "class": "marketing", "trigger": "confirmed", "topics": [], "step": steps}
    return Papers(SEQUENCE_FILE, table, {"hello.md": "Hello.\n", "same.md": "Words.\n"})


def keys(of: Papers) -> list[str]:
    return [letter["key"] for letter in of.letters]


@given(st.lists(st.tuples(st.sampled_from(["hello", "second", "third"]), timings), min_size=1, max_size=4))
def test_wherever_letters_are_moved_their_order_can_be_used(moves: list[tuple[str, Timing]]) -> None:
    moved = papers()
    for key, timing in moves:
        arranging.place(moved, key, timing)
    folder = arranging.folder("welcome", moved)
    assert list(misplaced([step.intent for step in folder.steps])) == []
    assert sorted(keys(moved)) == ["hello", "second", "third"]


def test_a_letter_that_comes_last_gets_an_end_of_its_own_and_that_is_said() -> None:
    moved = papers()
    assert arranging.place(moved, "second", Day(9, TEN)) == ["second"]
    assert keys(moved) == ["hello", "third", "second"]
    assert moved.letter("second")["until"] == "7d"
    assert arranging.place(moved, "third", Day(10, TEN)) == []


def test_arrows_move_by_a_day_and_never_before_the_sign_up() -> None:
    moved = papers()
    arranging.shift(moved, "hello", 1)
    assert moved.letter("hello")["after"] == "1d"
    arranging.shift(moved, "hello", -1)
    arranging.shift(moved, "second", -1)
    assert (moved.letter("hello")["after"], moved.letter("second")["day"]) == ("0m", 1)
    for key in ("hello", "second"):
        with pytest.raises(Misspelled) as problem:
            arranging.shift(moved, key, -2)
        assert problem.value.key == "when"


def test_terms_are_written_whole_and_what_says_nothing_is_left_out() -> None:
    settled = papers()
    arranging.settle(settled, "second", Day(3, TEN), Lasting(timedelta(days=2)), {1, 3}, ' "tips" in topics ')
    letter = settled.letter("second")
    assert [letter[key] for key in ("day", "until", "weekdays", "only_if")] == [
        3,
        "2d",
        "tue,thu",
        '"tips" in topics',
    ]
    arranging.settle(settled, "second", After(timedelta(hours=2)), Next(), EVERY_DAY, "")
    assert letter.keys() == {"key", "file", "subject", "after", "until"}
    with pytest.raises(Misspelled, match="no letter comes after this one"):
        arranging.settle(settled, "third", Day(5, TEN), Next(), EVERY_DAY, "")


def test_a_letter_taken_out_leaves_the_words_that_another_one_shares() -> None:
    left = papers()
    assert arranging.remove(left, "third") == ["second"]
    assert "same.md" in left.bodies
    arranging.remove(left, "second")
    assert left.bodies == {"hello.md": "Hello.\n"}
    with pytest.raises(Refused, match="at least one letter"):
        arranging.remove(left, "hello")
    with pytest.raises(NotFound):
        arranging.remove(left, "third")


def test_a_letter_more_has_a_key_of_its_own_and_comes_two_days_after_the_last() -> None:
    more = papers()
    assert arranging.add(more, "Third") == "third-2"
    assert arranging.add(more, "???") == "letter"
    assert [(each["key"], each.get("day")) for each in more.letters[-2:]] == [("third-2", 7), ("letter", 9)]
    assert more.letters[-1]["at"] == "10:00"


def test_a_newsletter_s_papers_are_no_sequence() -> None:
    with pytest.raises(NotFound, match="stands under Newsletters"):
        arranging.folder("spring", Papers("broadcast.toml", {"name": "Spring"}))
