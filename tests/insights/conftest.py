"""The clinic with one small sequence, as campaigns tell it, and what is said of its day."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsletter.insights import today
from newsletter.insights.today import Today
from tests.campaigns.conftest import story, write_folder, write_issue
from tests.walks.story import Story

__all__ = ["story", "write_folder", "write_issue"]


@pytest.fixture
def look(story: Story) -> Callable[[], Today]:
    """`look()`: the page's facts as they are now, on the clinic's clock (New York)."""

    def at_the_day() -> Today:
        house = story.house
        with house.database.reading() as session:
            return today.read(session, house.clock.now(), house.clock.machine(), house.settings.clinic.zone)

    return at_the_day
