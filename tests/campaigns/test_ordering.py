"""Steps that are right by themselves and wrong together."""

import pytest

from newsletter.campaigns.ordering import following, misplaced
from tests.campaigns.timelines import AFTERCARE, WELCOME, step


def wrong(*steps):
    return [(index, key) for index, key, _ in misplaced([each.intent for each in steps])]


@pytest.mark.parametrize("steps", [WELCOME, AFTERCARE])
def test_the_series_we_know_stand_in_order(steps):
    assert wrong(*steps) == []


def test_a_step_above_an_earlier_one_is_out_of_place():
    assert wrong(step("a", day=5, at="10:00"), step("b", day=2, at="10:00")) == [(1, "day")]
    assert wrong(step("a", day=2, at="10:00"), step("b", day=2, at="09:59")) == [(1, "day")]
    assert wrong(step("a", after="2h"), step("b", after="1h")) == [(1, "after")]
    assert wrong(step("a", day=5, at="10:00"), step("b", after="1h")) == [(1, "after")]


def test_an_order_that_depends_on_the_hour_of_the_anchor_is_let_be():
    assert wrong(step("a", after="1h"), step("b", day=0, at="08:00")) == []
    assert wrong(step("a", day=1, at="08:00"), step("b", after="20h")) == []


def test_steps_of_different_anchors_have_no_order():
    assert (
        wrong(step("a", from_="done", day=5, at="10:00"), step("b", from_="booked", day=-3, at="10:00")) == []
    )


def test_the_last_step_of_an_anchor_has_no_next():
    last = step("c", from_="done", day=9, at="10:00", until="next")
    other = step("d", from_="booked", day=1, at="10:00")
    assert wrong(*AFTERCARE, last, other) == [(4, "until")]


def test_two_steps_at_the_same_time_are_alternatives_and_neither_is_next():
    booked, not_booked = (
        step("a", day=21, at="09:00", until="next"),
        step("b", day=21, at="09:00", until="next"),
    )
    later = step("c", day=35, at="09:00")
    timeline = [each.intent for each in (booked, not_booked, later)]
    assert (following(timeline, 0), following(timeline, 1), following(timeline, 2)) == (2, 2, None)
    assert wrong(booked, not_booked) == [(0, "until"), (1, "until")]
