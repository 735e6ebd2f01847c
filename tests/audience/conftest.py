"""A desk with three topics, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest

from newsletter.clock import FrozenClock
from newsletter.db import Database
from tests.audience.desk import Desk, open_desk


@pytest.fixture
def desk(database: Database, clock: FrozenClock) -> Desk:
    return open_desk(database, clock)
