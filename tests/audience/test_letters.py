"""How many letters a form may cause: exact for a mailbox, counted in the database for everybody together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.audience.letters import visitor, within_limits

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours_ago", "may"),
    [
        ([], True),
        ([1], True),
        ([1 / 60], False),
        ([2 / 60], True),
        ([23, 1], False),
        ([24, 1], True),
        ([200, 100, 50, 26], False),
        ([24 * 30, 100, 50, 26], True),
        ([-5, -4, -3, -2], True),
    ],
)
def test_one_mailbox_gets_two_letters_a_day_and_four_a_month(hours_ago, may):
    assert within_limits([NOW - timedelta(hours=each) for each in hours_ago], NOW) is may


@given(st.lists(st.sampled_from([1, 60, 119, 120, 3600, 43_200, 86_399, 86_400, 600_000]), max_size=40))
def test_however_posts_are_spaced_the_limits_hold_in_every_span(gaps):
    now, sent = NOW, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        if within_limits(sent, now):
            sent.append(now)
    assert all(later - earlier >= timedelta(minutes=2) for earlier, later in pairwise(sent))
    for most, span in ((2, timedelta(days=1)), (4, timedelta(days=30))):
        assert all(later - earlier >= span for earlier, later in zip(sent, sent[most:], strict=False))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("198.51.100.7", "198.51.100.7", True),
        ("198.51.100.7", "198.51.100.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:198.51.100.7", "198.51.100.7", True),
        ("::ffff:198.51.100.7", "::ffff:198.51.100.8", False),
        ("", "nonsense", True),
    ],
)
def test_a_household_is_one_visitor(one, other, same):
    assert (visitor(one) == visitor(other)) is same
