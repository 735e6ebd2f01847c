"""An issue at 9:00 of each reader, in 24 zones, on the day on which the clocks change in some of them.

Meanwhile it is paused, resumed and canceled, people leave, are erased or bounce, and two workers are killed. A small
clinic by default; `make storm` makes it 20,000 people.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from newsletter.audience.consent import Evidence
from newsletter.audience.models import Subscriber
from newsletter.campaigns import broadcasts, leaving
from newsletter.campaigns.filing import starter
from newsletter.campaigns.models import Broadcast
from newsletter.clock import SandboxClock
from newsletter.db import Database, open_database
from newsletter.delivery import suppression
from newsletter.delivery.models import ENDED, Delivery, Mailbox
from newsletter.privacy.erasing import erase
from newsletter.vault import Vault
from tests.faults.oracle import Stop, breaches, states
from tests.faults.test_kill import Arrivals, told
from tests.faults.workers import crew
from tests.servers.acts import until
from tests.servers.log import read
from tests.servers.process import receiver
from tests.spawning import spawned

PEOPLE = int(os.environ.get("STORM_PEOPLE", "240"))
PATIENCE = 300 + PEOPLE / 5
ISSUE = "guide-start-to-finish"
# One for each hour of the day, from the date line to the date line; on the day the clocks change in six of them.
ZONES = (
    "Pacific/Kiritimati Pacific/Auckland Pacific/Noumea Australia/Brisbane Asia/Tokyo Asia/Shanghai Asia/Bangkok "
    "Asia/Dhaka Asia/Karachi Asia/Dubai Europe/Istanbul Africa/Cairo Africa/Lagos Europe/London Atlantic/Azores "
    "Atlantic/South_Georgia America/St_Johns America/Halifax America/New_York America/Chicago America/Denver "
    "America/Los_Angeles America/Anchorage Pacific/Pago_Pago"
).split()

pytestmark = [pytest.mark.slow, pytest.mark.timeout(int(2 * PATIENCE))]


def test_an_issue_goes_around_the_world(database_url: str, environment, tmp_path: Path):
    database, clock = open_database(database_url), SandboxClock(tmp_path / "story.json")
    log, day = Arrivals(tmp_path / "accepted.jsonl"), clocks_change(clock.now().date())
    clock.turn_to(datetime.combine(day - timedelta(days=1), datetime.min.time(), tzinfo=UTC))
    bring_in_a_list(environment, database_url, tmp_path)
    world = World(database, clock, log, Vault("the pepper of this test, which is long enough"))
    with world.writing() as session:
        broadcasts.send(session, ISSUE, clock.now(), at=noon(day), local_hour=9)
        first = session.scalars(select(Broadcast).where(Broadcast.slug == ISSUE)).one().starts_at
    assert first is not None
    with receiver(log.path) as port, crew(2, told(environment, database_url, port), clock.path) as hired:
        for hour in (each for each in range(27) if each != 7):  # the seventh passes while the issue is paused
            clock.turn_to(first + timedelta(hours=hour, minutes=1))
            if hour in (3, 11):
                world.wait_for_some()
                hired.kill_one()
            if hour == 6:
                world.pause_for_an_hour()
            if hour == 9:
                world.lose_people()
            if hour == 20:
                world.wait_for_some()
                world.cancel()
                break
            until(world.is_quiet, seconds=PATIENCE)
        until(world.has_ended, seconds=PATIENCE)
        assert set(hired.go_home()) == {0}
    world.judge(day)
    database.close()


class World:
    """The clinic from outside: what its people do while the issue goes out."""

    def __init__(self, database: Database, clock: SandboxClock, log: Arrivals, vault: Vault) -> None:
        self.database, self.clock, self.log, self.vault = database, clock, log, vault
        self.stops: list[Stop] = []
        self.writing = database.writing.begin

    def wait_for_some(self) -> None:
        """Until this hour's letters have begun to arrive."""
        before = self.log.count()
        until(lambda: self.log.count() > before or self.is_quiet(), seconds=PATIENCE)

    def pause_for_an_hour(self) -> None:
        """In the middle of an hour; and nothing arrives before it is resumed."""
        self.wait_for_some()
        with self.writing() as session:
            broadcasts.pause(session, ISSUE)
        until(lambda: not self._in_hand(), seconds=PATIENCE)
        came = self.log.count()
        self.clock.turn_to(self.clock.now() + timedelta(hours=1))
        time.sleep(1.5)
        assert self.log.count() == came
        with self.writing() as session:
            broadcasts.resume(session, ISSUE)

    def lose_people(self) -> None:
        """Of those whose hour has not come, one in ten says stop: leaves, is erased, or her mailbox is gone."""
        with self.database.reading() as session:
            rows = session.execute(
                select(Subscriber.id, Subscriber.mailbox_id, Mailbox.address)
                .join(Mailbox, Mailbox.id == Subscriber.mailbox_id)
                .where(Subscriber.id % 10 == 0)
                .order_by(Subscriber.id)
            ).all()
        acts = (self._leaves, self._is_erased, self._bounces)
        for number, (person, mailbox, address) in enumerate(rows[: max(30, PEOPLE // 100)]):
            with self.writing() as session:
                in_handoff = acts[number % 3](session, person, mailbox)
            self.stops.append(Stop(address, time.time(), frozenset(in_handoff)))

    def cancel(self) -> None:
        with self.writing() as session:
            broadcasts.cancel(session, ISSUE)

    def is_quiet(self) -> bool:
        """Whether everything that is due at the story's hour has come to its end."""
        time.sleep(0.2)
        due = select(Delivery.id).where(Delivery.state == "queued", Delivery.next_try_at <= self.clock.now())
        with self.database.reading() as session:
            issue = session.scalars(select(Broadcast).where(Broadcast.slug == ISSUE)).one()
            waits = session.scalar(due.limit(1)) is not None
        return issue.fanned_out and not waits and not self._in_hand()

    def has_ended(self) -> bool:
        time.sleep(0.2)
        with self.database.reading() as session:
            settled = session.scalars(select(Broadcast.settled).where(Broadcast.slug == ISSUE)).one()
        return settled and set(states(self.database)) <= set(ENDED)

    def judge(self, day: date) -> None:
        """The oracle, and what only this issue promises: everybody once, at nine, and nobody before."""
        with self.database.reading() as session:
            rows = session.execute(select(Delivery.id, Delivery.dedupe_key, Delivery.send_after)).all()
            zones = Counter(session.scalars(select(Subscriber.time_zone)))
        assert breaches(self.database, self.log.path, [row.id for row in rows], self.stops) == []
        assert len(rows) == len({row.dedupe_key for row in rows}) == PEOPLE
        nines = {
            datetime.combine(day, datetime.min.time(), ZoneInfo(zone or "")).replace(hour=9) for zone in zones
        }
        assert {row.send_after for row in rows} == {nine.astimezone(UTC) for nine in nines}
        planned = {row.id: row.send_after for row in rows}
        for letter in read(self.log.path):
            date_header = BytesHeaderParser().parsebytes(letter.raw)["Date"]
            assert parsedate_to_datetime(date_header) >= planned[letter.delivery_id or 0]
        came = states(self.database)
        assert came["sent"] > PEOPLE / 2
        assert came["canceled"] > PEOPLE / 24
        assert came.get("unknown", 0) <= 2

    def _in_hand(self) -> bool:
        held = select(func.count()).select_from(Delivery).where(Delivery.state.in_(("claimed", "handoff")))
        with self.database.reading() as session:
            return bool(session.scalar(held))

    def _leaves(self, session: Session, _person: int, mailbox: int) -> list[int]:
        leaving.leave(session, mailbox, self.clock.now(), Evidence("one-click"))
        return _in_handoff(session, mailbox)

    def _is_erased(self, session: Session, person: int, mailbox: int) -> list[int]:
        erase(session, person, self.vault, self.clock.now())
        return _in_handoff(session, mailbox)

    def _bounces(self, session: Session, _person: int, mailbox: int) -> list[int]:
        suppression.suppress(session, mailbox, "all", "hard bounce", self.clock.now())
        return _in_handoff(session, mailbox)


def _in_handoff(session: Session, mailbox: int) -> list[int]:
    rows = select(Delivery.id).where(Delivery.mailbox_id == mailbox, Delivery.state == "handoff")
    return list(session.scalars(rows))


def clocks_change(today: date) -> date:
    """The next second Sunday of March that is still to come: in America the clocks go forward."""
    for year in (today.year, today.year + 1):
        march = date(year, 3, 8)
        sunday = march + timedelta(days=(6 - march.weekday()) % 7)
        if sunday > today + timedelta(days=2):
            return sunday
    raise AssertionError("there is a March in every year")


def noon(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC).replace(hour=12)


def bring_in_a_list(environment: dict[str, str], url: str, folder: Path) -> None:
    """PEOPLE readers from a file, as many in each zone."""
    rows = (f"reader-{n}@example.com,{ZONES[n % len(ZONES)]},resources" for n in range(PEOPLE))
    file = folder / "people.csv"
    file.write_text("email,time_zone,topics\n" + "\n".join(rows) + "\n")
    database = open_database(url)
    with database.writing.begin() as session:
        starter.load(session, datetime.now(UTC))
    database.close()
    arguments = ("subscribers", "import", str(file), "--source", "a list of this test")
    mine = environment | {"NEWSLETTER_DATABASE_URL": url}
    with spawned(*arguments, env=mine, output=folder / "import.txt") as running:
        assert running.process.wait(PATIENCE) == 0, running.said
