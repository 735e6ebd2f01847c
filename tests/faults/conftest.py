"""A post office on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest

from newsletter.clock import FrozenClock
from newsletter.db import Database
from tests.delivery.office import Office


@pytest.fixture
def office(database: Database, clock: FrozenClock) -> Office:
    return Office(database, clock)
