"""A practice installation behind a real port, without a worker: the clock's buttons do the work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import pytest
import waitress

from newsletter.campaigns.filing import starter
from newsletter.db import Database
from newsletter.house import House, open_house
from newsletter.settings import Settings
from newsletter.web import create_app


@dataclass(frozen=True)
class Site:
    """Where it is served, and the house behind it."""

    url: str
    house: House


@pytest.fixture
def site(settings: Settings, sqlite_database: Database) -> Iterator[Site]:
    # The port is known only once it is open, and links carry it.
    server = waitress.create_server(lambda *_: [b""], host="127.0.0.1", port=0, threads=4)
    url = f"http://127.0.0.1:{server.effective_port}"
    house = open_house(replace(settings, base_url=url, database_url=sqlite_database.url))
    with house.database.writing.begin() as session:
        starter.load(session, house.clock.now())
    server.application = create_app(house=house)

    def serve() -> None:
        with suppress(OSError):  # closed while it waits for the next request
            server.run()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield Site(url, house)
    server.close()
    thread.join(5)
    house.close()
