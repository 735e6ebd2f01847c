"""Workers are killed in the middle of everything; the receiving server's log and the database agree all the same."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsletter.db import Database, open_database
from newsletter.delivery.models import ENDED
from newsletter.settings import Settings
from tests.faults.oracle import breaches, states
from tests.faults.workers import LEASE, crew, fill
from tests.servers.acts import until
from tests.servers.process import receiver

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

LETTERS = 120
KILLS = 3


def test_letters_survive_a_worker_that_is_killed_three_times(database_url: str, environment, tmp_path: Path):
    storm(database_url, environment, tmp_path, workers=1, seed=1)


def test_two_workers_that_are_killed_in_turn_share_the_letters(
    postgres_url: str, environment, tmp_path: Path
):
    storm(postgres_url, environment, tmp_path, workers=2, seed=2)


def test_a_worker_thought_dead_comes_back_and_doubles_nothing(database_url: str, environment, tmp_path: Path):
    log, database = Arrivals(tmp_path / "accepted.jsonl"), open_database(database_url)
    promised = fill(database, 60)
    with (
        receiver(log.path, "--latency", "10") as port,
        crew(2, told(environment, database_url, port)) as hired,
    ):
        until(lambda: log.count() >= 15, seconds=100)
        wake = hired.freeze_one()
        time.sleep(
            1.5 * LEASE.total_seconds()
        )  # stopped within a transaction it keeps its locks: then nobody works
        wake()
        until(lambda: drained(database), seconds=100)
        assert set(hired.go_home()) == {0}
    assert breaches(database, log.path, promised) == []
    ended = states(database)
    database.close()
    assert ended.get("unknown", 0) <= 1
    assert ended["sent"] + ended.get("unknown", 0) == 60


def storm(url: str, environment: dict[str, str], folder: Path, *, workers: int, seed: int) -> None:
    """Kill a worker three times, each time when so many letters have arrived; then let everything drain."""
    lots, log = random.Random(seed), Arrivals(folder / "accepted.jsonl")
    moments = sorted(lots.sample(range(10, LETTERS - 20), KILLS))
    database = open_database(url)
    promised = fill(database, LETTERS)
    with receiver(log.path, "--latency", "10") as port, crew(workers, told(environment, url, port)) as hired:
        for moment in moments:
            until(lambda enough=moment: log.count() >= enough, seconds=100)
            time.sleep(lots.random() * 0.03)
            hired.kill_one()
        until(lambda: drained(database), seconds=100)
        assert hired.all_alive()
        assert set(hired.go_home()) == {0}
    assert breaches(database, log.path, promised) == []
    ended = states(database)
    database.close()
    assert ended.get("unknown", 0) <= KILLS
    assert ended["sent"] + ended.get("unknown", 0) == LETTERS


def told(environment: dict[str, str], url: str, port: int) -> Settings:
    """A clinic in production, whose mail server is the receiver."""
    mine = {
        "NEWSLETTER_DATABASE_URL": url,
        "NEWSLETTER_MAIL_URL": f"smtp://127.0.0.1:{port}",
        "NEWSLETTER_CLINIC_NAME": "Example Skin Clinic",
        "NEWSLETTER_CLINIC_FROM": "letters@clinic.example",
        "NEWSLETTER_CLINIC_POSTAL_ADDRESS": "1 Example Street, Springfield",
        "NEWSLETTER_CLINIC_TIME_ZONE": "America/New_York",
    }
    return Settings.from_env(environment | mine)


@dataclass
class Arrivals:
    """How many letters the receiver has, read on from where we were."""

    path: Path
    seen: int = 0
    at: int = 0

    def count(self) -> int:
        if self.path.exists():
            with self.path.open("rb") as log:
                log.seek(self.at)
                fresh = log.read()
            self.seen, self.at = self.seen + fresh.count(b"\n"), self.at + len(fresh)
        return self.seen


def drained(database: Database) -> bool:
    time.sleep(0.1)
    return set(states(database)) <= set(ENDED)
