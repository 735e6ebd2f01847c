"""A place in a person's story: its order, and how an address carries it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.insights.happenings import Place

NOW = datetime(2026, 3, 2, 9, 30, 15, 123456, tzinfo=UTC)


@given(
    st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2200, 1, 1)),
    st.integers(min_value=0, max_value=12),
    st.integers(min_value=0, max_value=2**62),
)
def test_a_place_comes_back_from_an_address_as_it_went_in(at, rank, number):
    place = Place(at.replace(tzinfo=UTC), rank, number)
    assert Place.read(str(place)) == place


def test_a_place_is_spelled_in_utc_and_without_signs_that_an_address_escapes():
    elsewhere = Place(NOW.astimezone(timezone(timedelta(hours=-5))), 3, 9)
    assert str(elsewhere) == "20260302T093015.123456-3-9"


@pytest.mark.parametrize(
    "text", ["", "nonsense", "20260302T093015.123456", "20260302T093015.123456-x-1", "2026-03-02-1-1", "-1-1"]
)
def test_what_is_no_place_is_none(text):
    assert Place.read(text) is None


def test_places_stand_by_moment_then_by_table_then_by_number():
    later = NOW + timedelta(microseconds=1)
    ordered = [Place(NOW, 1, 5), Place(NOW, 2, 1), Place(NOW, 2, 3), Place(later, 0, 0)]
    assert sorted([ordered[2], ordered[3], ordered[0], ordered[1]]) == ordered
