"""Somebody of the staff at her desk, signed in, in a browser without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from newsletter.clock import FrozenClock
from newsletter.staff import visits
from newsletter.staff.models import Staff
from tests.walks.story import Story
from tests.web.visiting import Visitor


@pytest.fixture
def sign_in(story: Story, app: Flask, clock: FrozenClock) -> Callable[[str], Visitor]:
    """`sign_in("marketer")`: a visitor in that role."""

    def enter(role: str) -> Visitor:
        visitor = Visitor(app, clock)
        with story.house.database.writing.begin() as session:
            one = Staff(address=f"the-{role}@example.com", role=role, created_at=clock.now())
            session.add(one)
            session.flush()
            key = visits.begin(session, one.id, story.house.clock.machine())
        with visitor.client.session_transaction() as visit:
            visit["staff"] = key
        return visitor

    return enter


@pytest.fixture
def marketer(sign_in: Callable[[str], Visitor]) -> Visitor:
    return sign_in("marketer")
