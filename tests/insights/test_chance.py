"""How much a share of so many people says."""

from __future__ import annotations

import pytest

from newsletter.insights import chance


@pytest.mark.parametrize(
    ("some", "of", "low", "high"),
    [
        # By hand from the formula, and as tables of the score interval have them.
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (2, 11, 0.0514, 0.4770),
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (118, 240, 0.4290, 0.5546),
    ],
)
def test_the_interval_is_wilson_s(some, of, low, high):
    assert chance.interval(some, of) == pytest.approx((low, high), abs=1e-4)


def test_of_nobody_everything_is_possible_and_more_than_all_is_no_share():
    assert chance.interval(0, 0) == (0.0, 1.0)
    for some, of in ((3, 2), (-1, 2)):
        with pytest.raises(ValueError, match=f"{some} of {of}"):
            chance.interval(some, of)


@pytest.mark.parametrize(
    ("some", "of", "few"),
    [
        (0, 0, True),
        (0, 19, True),
        (0, 20, False),
        (10, 20, True),
        (2, 812, False),
        (50, 100, False),
        (48, 90, True),
    ],
)
def test_a_share_of_few_people_says_too_little(some, of, few):
    assert chance.too_few(some, of) is few


@pytest.mark.parametrize(
    ("one", "other", "way"),
    [
        ((100, 800), (40, 800), 1),
        ((40, 800), (100, 800), -1),
        ((60, 800), (50, 800), 0),  # the intervals overlap
        ((9, 10), (40, 800), 0),  # of ten people nobody can tell
        ((40, 800), (0, 0), 0),
    ],
)
def test_two_shares_differ_only_where_chance_is_no_answer(one, other, way):
    assert chance.differs(one, other) == way


def test_of_what_hardly_anybody_does_a_share_needs_more_people():
    assert [chance.too_few(1, of, chance.RARE) for of in (40, 300)] == [True, False]
