"""How long we keep what, in numbers and in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.privacy import spans


def test_the_numbers_are_those_that_the_page_promises():
    assert (spans.UNCONFIRMED.days, spans.TRACES.days, spans.BODIES.days, spans.PRACTICE.days) == (
        30,
        365,
        365,
        365,
    )


@pytest.mark.parametrize(
    ("days", "words"), [(30, "30 days"), (365, "12 months"), (730, "24 months"), (400, "400 days")]
)
def test_a_span_is_said_as_people_say_it(days, words):
    assert spans.said(timedelta(days=days)) == words
