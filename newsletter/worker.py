"""The metronome: a handful of ticks that ask the database what is due. It has no rules of its own.

No job per e-mail and no persistent store: a renamed function deletes its stored jobs, two processes on one store run a
job twice, and the default grace of one second drops late ones.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from urllib.request import urlopen

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import DBAPIError

from newsletter import migrating
from newsletter.clock import pause
from newsletter.db import DatabaseUnusable, readable
from newsletter.house import House
from newsletter.rounds import Rounds, open_rounds

ONCE_PER_TICK = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
LOOK_SECONDS = 0.2
RETRY_SECONDS = 1.0
PING_SECONDS = 60
PING_TIMEOUT = 5.0

log = structlog.get_logger("newsletter.worker")


def work(house: House, stopping: threading.Event) -> None:
    """Run the ticks until `stopping` is set, then finish what is in hand.

    A database that is down is waited for, at the start and later; raises DatabaseUnusable for one of another version.
    """
    outage = Outage()
    rounds = _open(house, stopping, outage)
    if rounds is None:
        return
    scheduler = BackgroundScheduler(timezone="UTC", job_defaults=ONCE_PER_TICK)
    for tick, seconds in _ticks(house, rounds):
        at_once = house.clock.machine()
        scheduler.add_job(outage.guard(tick), "interval", seconds=seconds, next_run_time=at_once)
    scheduler.start()
    log.info("worker_started", worker=rounds.name)
    while (
        not stopping.is_set()
    ):  # not wait(): a signal handler that sets it may meet the lock that wait() holds
        pause(LOOK_SECONDS)
    rounds.stop()
    scheduler.shutdown(wait=True)
    rounds.close()
    log.info("worker_stopped", worker=rounds.name)


def _ticks(house: House, rounds: Rounds) -> list[tuple[Callable[[], object], int]]:
    """What is done, and every how many seconds."""
    ticks: list[tuple[Callable[[], object], int]] = [
        (rounds.admit, 1),
        (rounds.fan_out, 1),
        (rounds.queue, 1),
        (rounds.send, 1),
        (rounds.beat, 10),
        (rounds.tidy, 3600),
    ]
    if house.settings.heartbeat_url:
        ticks.append((partial(ping, house.settings.heartbeat_url), PING_SECONDS))
    return ticks


def _open(house: House, stopping: threading.Event, outage: Outage) -> Rounds | None:
    """The rounds, as soon as the database answers; None if the worker is stopped before."""
    while not stopping.is_set():
        try:
            migrating.ensure_current(house.database)
            return open_rounds(house)
        except DatabaseUnusable as unusable:
            if not isinstance(unusable.__cause__, DBAPIError):
                raise
            outage.note(unusable.line)
        except DBAPIError as failure:
            outage.note(readable(failure).line)
        pause(RETRY_SECONDS)
    return None


@dataclass
class Outage:
    """Says once that the database went away, and once that it is back."""

    down: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def guard(self, tick: Callable[[], object]) -> Callable[[], None]:
        """`tick`, which may fail without ending the others."""

        def guarded() -> None:
            try:
                tick()
            except DBAPIError as failure:
                self.note(readable(failure).line)
            except DatabaseUnusable as unusable:
                self.note(unusable.line)
            except Exception:
                log.exception("tick_failed")
            else:
                self.note(None)

        return guarded

    def note(self, says: str | None) -> None:
        """Log a change, and only a change; `says` is None where the database answers."""
        with self.lock:
            changed, self.down = self.down != (says is not None), says is not None
        if changed and says is not None:
            log.error("database_gone", says=says, hint="trying again until it answers")
        elif changed:
            log.info("database_back")


def ping(url: str) -> None:
    """Tell a watchman outside that this worker lives. The address is a secret: it stays out of the log."""
    try:
        with urlopen(url, timeout=PING_TIMEOUT):  # noqa: S310  (settings take http and https only)
            pass
    except (OSError, ValueError) as failure:
        log.warning("heartbeat_not_heard", kind=type(failure).__name__)
