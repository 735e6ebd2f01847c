"""An issue to many people while workers are killed: everybody once, nobody twice, nobody forgotten."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.campaigns import broadcasts
from newsletter.campaigns.filing import starter
from newsletter.campaigns.models import Broadcast
from newsletter.clock import SystemClock
from newsletter.db import Database, insert_new, open_database
from newsletter.delivery.models import ENDED, Delivery, Mailbox
from tests.faults.oracle import breaches, states
from tests.faults.test_kill import Arrivals, told
from tests.faults.workers import crew
from tests.servers.acts import until
from tests.servers.process import receiver

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

# More than one slice; on SQLite, where a slice is the same code in the same order, a third of one.
PEOPLE = {"sqlite": 360, "postgresql": 1100}
KILLS = 3
ISSUE = "guide-start-to-finish"


def test_an_issue_survives_workers_that_are_killed_while_it_goes_out(
    database_url: str, environment, tmp_path: Path
):
    log, database = Arrivals(tmp_path / "accepted.jsonl"), open_database(database_url)
    people = PEOPLE[database.engine.dialect.name]
    everybody = subscribe(database, people)
    with database.writing.begin() as session:
        broadcasts.send(session, ISSUE, SystemClock().now(), undo=timedelta())
    with receiver(log.path) as port, crew(2, told(environment, database_url, port)) as hired:
        for moment in (1, people // 3, 2 * people // 3):
            until(lambda enough=moment: log.count() >= enough, seconds=150)
            hired.kill_one()
        until(lambda: ended(database), seconds=200)
        assert set(hired.go_home()) == {0}
    with database.reading() as session:
        rows = session.execute(select(Delivery.id, Delivery.person_id).order_by(Delivery.id)).all()
    assert sorted(row.person_id for row in rows) == sorted(everybody)
    assert breaches(database, log.path, [row.id for row in rows]) == []
    came = states(database)
    database.close()
    assert came["sent"] + came.get("unknown", 0) == people
    assert came.get("unknown", 0) <= KILLS


def subscribe(database: Database, many: int) -> list[int]:
    """So many people who confirmed for the guides long ago; their ids. Nobody is in a sequence."""
    now = SystemClock().now() - timedelta(days=30)
    with database.writing.begin() as session:
        starter.load(session, now + timedelta(days=1))
        topic = session.scalars(select(Topic.id).where(Topic.slug == "resources")).one()
        addresses = [f"reader-{number}@example.com" for number in range(many)]
        boxes = insert_new(
            session,
            Mailbox,
            [{"address": each, "address_key": each, "created_at": now} for each in addresses],
        )
        people = insert_new(
            session,
            Subscriber,
            [
                {"mailbox_id": box, "signed_up": True, "source": "test", "arrivals": 1, "created_at": now}
                for box in boxes
            ],
        )
        session.execute(
            insert(Subscription),
            [
                {
                    "subscriber_id": person,
                    "topic_id": topic,
                    "state": "confirmed",
                    "source": "test",
                    "requested_at": now,
                    "confirmed_at": now,
                    "admitted_at": now,
                }
                for person in people
            ],
        )
    return people


def ended(database: Database) -> bool:
    """Whether the issue is sent and no e-mail is under way."""
    time.sleep(0.2)
    with database.reading() as session:
        state = session.scalars(select(Broadcast.state).where(Broadcast.slug == ISSUE)).one()
    return state == "sent" and set(states(database)) <= set(ENDED)
