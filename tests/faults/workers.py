"""Worker processes that are killed and replaced, and the letters that they work on."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path

from newsletter.clock import SystemClock
from newsletter.db import Database
from newsletter.delivery import mailboxes, queue
from newsletter.delivery.queue import Order
from newsletter.settings import Settings
from tests.faults import runner

LEASE = timedelta(seconds=2)
# A worker's imports take two seconds: one process does them, and the workers come out of it.
NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload([runner.__name__])


def fill(database: Database, many: int) -> list[int]:
    """Queue `many` letters, every fourth of them urgent; returns their numbers."""
    now = SystemClock().now()
    with database.writing.begin() as session:
        orders = [
            Order(
                dedupe_key=f"letter:{number}",
                stream="marketing" if number % 4 else "account",
                mailbox_id=mailboxes.find_or_add(
                    session, f"reader-{number}@example.com", f"reader-{number}@example.com", now
                ).id,
                letter="mail:confirm",
                fields={"confirm_url": f"https://letters.clinic.example/confirm/{number}"},
                send_after=now,
                expires_at=now + timedelta(days=3),
            )
            for number in range(many)
        ]
        return queue.put(session, orders, now)


class Crew:
    """So many workers at once; one that is killed is replaced at once."""

    def __init__(self, many: int, settings: Settings, story: Path | None = None) -> None:
        self._settings = settings
        self._story = story
        self._workers = [self._hire() for _ in range(many)]

    def kill_one(self) -> None:
        """SIGKILL, while it works; and the next one comes."""
        victim = self._workers.pop(0)
        victim.kill()
        victim.join()
        assert victim.exitcode == -signal.SIGKILL
        self._workers.append(self._hire())

    def freeze_one(self) -> Callable[[], None]:
        """SIGSTOP: it will be thought dead; returns what brings it back."""
        pid = self._workers[0].pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        return partial(os.kill, pid, signal.SIGCONT)

    def all_alive(self) -> bool:
        return all(worker.is_alive() for worker in self._workers)

    def go_home(self) -> list[int | None]:
        """SIGTERM to all; returns how they ended."""
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            worker.join(30)
        return [worker.exitcode for worker in self._workers]

    def end(self) -> None:
        for worker in self._workers:
            worker.kill()
            worker.join()

    def _hire(self) -> BaseProcess:
        hired = NURSERY.Process(target=runner.work, args=(self._settings, LEASE, self._story), daemon=True)
        hired.start()
        return hired


@contextmanager
def crew(many: int, settings: Settings, story: Path | None = None) -> Iterator[Crew]:
    """So many workers, ended when the block is left; `story` is the file of a clock that the test turns."""
    hired = Crew(many, settings, story)
    try:
        yield hired
    finally:
        hired.end()
