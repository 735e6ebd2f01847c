"""Somebody on the roll."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from newsletter.clock import FrozenClock
from newsletter.db import Database
from newsletter.staff import roll
from newsletter.staff.models import Staff

ADDRESS = "the-owner@example.com"


@pytest.fixture
def session(database: Database):
    """One writing transaction, on SQLite and on PostgreSQL."""
    with database.writing.begin() as opened:
        yield opened


@pytest.fixture
def put(session: Session, clock: FrozenClock) -> Callable[..., Staff]:
    """`put("the-owner@example.com", "owner")`: somebody new on the roll."""

    def act(address: str = ADDRESS, role: str = "owner", name: str = "") -> Staff:
        return roll.add(session, address, role, name, clock.now())

    return act
