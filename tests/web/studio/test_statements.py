"""However many people, newsletters and e-mails there are: a list asks the database as often as for a few."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from benchmarks import pages
from benchmarks.crowd import Crowd, fill
from newsletter.campaigns.filing import starter
from newsletter.campaigns.models import Broadcast
from newsletter.clock import FrozenClock
from newsletter.db import open_database
from newsletter.delivery.models import Delivery, Mailbox
from newsletter.house import House
from newsletter.links import Links
from newsletter.settings import Settings

Opened = Callable[..., House]


@pytest.fixture
def crowded(settings: Settings, clock: FrozenClock, tmp_path: Path, _with_letters: Path) -> Iterator[Opened]:
    """`crowded(people=30, deliveries=300, issues=10)`: an installation with so many behind it."""
    houses: list[House] = []

    def opened(**size: int) -> House:
        url = f"sqlite:///{shutil.copyfile(_with_letters, tmp_path / f'{len(houses)}.db')}"
        links = Links(settings.base_url, settings.secret_keys)
        houses.append(House(replace(settings, database_url=url), open_database(url), clock, links))
        fill(houses[-1].database, Crowd(now=clock.now(), **size))
        return houses[-1]

    yield opened
    for each in houses:
        each.close()


def asked_by_page(house: House) -> dict[str, int]:
    """Each page that opens, and how many statements it took."""
    _, opened, _ = pages.measured(house, rounds=1)
    return {page.address: page.statements for page in opened}


def test_no_page_asks_more_for_a_crowd_than_for_a_few(crowded: Opened) -> None:
    few = asked_by_page(crowded(people=1_000, deliveries=10_000, issues=10))
    many = asked_by_page(crowded(people=2_000, deliveries=20_000, issues=60))
    lists = {
        "/studio/",
        "/studio/newsletters/",
        "/studio/sequences/",
        "/studio/people/",
        "/studio/settings/log/",
    }
    assert lists <= few.keys() & many.keys()
    assert {at: many[at] - few[at] for at in few.keys() & many.keys() if many[at] > few[at]} == {}


def test_the_crowd_is_as_large_as_it_says_and_the_same_each_time(database, clock) -> None:
    with database.writing.begin() as session:
        starter.load(session, clock.now())
    fill(database, Crowd(200, 2_000, clock.now()))
    with database.reading() as session:
        assert session.scalar(select(func.count(Mailbox.id))) == 200
        assert session.scalar(select(func.count(Delivery.id))) == 2_000
        states = dict(session.execute(select(Broadcast.state, func.count()).group_by(Broadcast.state)).all())
        assert states == {"draft": 3, "scheduled": 2, "sending": 1, "sent": 23}
        first = session.scalars(select(Delivery).order_by(Delivery.id)).first()
        assert (first.campaign, first.step, first.state) == ("welcome", "welcome", "sent")
        assert clock.now() - timedelta(days=1100) < first.sent_at < clock.now() - timedelta(days=25)
    with database.writing.begin() as session:
        new = Mailbox(address="reader@example.com", address_key="reader@example.com", created_at=clock.now())
        session.add(new)
        session.flush()
        assert new.id == 201
