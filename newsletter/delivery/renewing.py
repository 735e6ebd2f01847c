"""Leases are renewed while their holder lives: a mail server may take its ten minutes, and the dead renew nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import structlog
from sqlalchemy.exc import DBAPIError

from newsletter.clock import Clock
from newsletter.db import Database
from newsletter.delivery import leases
from newsletter.delivery.leases import Claimed

log = structlog.get_logger("newsletter.delivery")


@contextmanager
def renewing(
    database: Database, clock: Clock, claimed: Sequence[Claimed], lease: timedelta
) -> Iterator[None]:
    """Hold on to `claimed`, and to nothing else, by a thread that renews every third of `lease` until the block ends.

    It names the deliveries, not their holder: what this process left behind when something broke has to lapse.
    """
    if not claimed:
        yield
        return
    finished = threading.Event()

    def keep() -> None:
        while not finished.wait(lease.total_seconds() / 3):
            try:
                with database.writing.begin() as session:
                    leases.renew(session, claimed, clock.machine() + lease)
            except DBAPIError:
                log.warning("the leases could not be renewed now")

    keeper = threading.Thread(target=keep, daemon=True)
    keeper.start()
    try:
        yield
    finally:
        finished.set()
        keeper.join()
