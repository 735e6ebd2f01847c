"""The story that walks are told in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from newsletter.clock import FrozenClock
from newsletter.db import Database
from newsletter.settings import Settings
from tests.walks.story import Story, telling


@pytest.fixture
def story(database: Database, settings: Settings, clock: FrozenClock) -> Iterator[Story]:
    """A practice installation with the starter campaigns, on Monday 2 March 2026, 09:30 UTC."""
    with telling(database, settings, clock) as told:
        yield told
