from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from newsletter import pulse
from newsletter.clock import FrozenClock
from newsletter.db import Database


@pytest.mark.parametrize(("silent_for", "alive"), [(0, True), (60, True), (61, False)])
def test_a_worker_lives_while_it_was_seen_within_a_minute(
    database: Database, clock: FrozenClock, silent_for: int, *, alive: bool
) -> None:
    with database.writing.begin() as session:
        pulse.beat(session, "postman", clock.machine())
        assert pulse.is_alive(session, clock.machine() + timedelta(seconds=silent_for)) is alive


def test_where_no_worker_ever_ran_none_lives(database: Database, clock: FrozenClock) -> None:
    with database.reading() as session:
        assert pulse.last_beat(session) is None
        assert not pulse.is_alive(session, clock.machine())


def test_the_newest_of_several_workers_counts_and_old_ones_are_forgotten(
    database: Database, clock: FrozenClock
) -> None:
    with database.writing.begin() as session:
        pulse.beat(session, "yesterday's", clock.machine())
        clock.advance(days=2)
        pulse.beat(session, "today's", clock.machine())
        pulse.beat(session, "today's", clock.machine())
        assert pulse.last_beat(session) == clock.machine()
        pulse.tidy(session, clock.machine())
        assert session.scalar(select(func.count()).select_from(pulse.Heartbeat)) == 1
