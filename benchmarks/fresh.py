"""Fresh databases to measure on: migrated, with the starter campaigns in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import click

from newsletter import migrating
from newsletter.campaigns.filing import starter
from newsletter.db import open_database
from tests import postgres_cluster
from tests.services import find


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Callable[[], str]]:
    """A function that makes a database of this kind (`sqlite`, `postgresql`) and gives its URL."""
    names = (f"bench_{number}" for number in count(1))
    if kind == "sqlite":
        yield lambda: _prepared(f"sqlite:///{folder / next(names)}.db")
        return
    server = find("postgresql")
    if server is None:
        raise click.ClickException("PostgreSQL is not installed; `make test-services` brings it")
    with postgres_cluster.running(server.parent) as cluster:

        def fresh() -> str:
            called = next(names)
            cluster.create(called)
            return _prepared(cluster.url(called))

        yield fresh


def _prepared(url: str) -> str:
    database = open_database(url)
    migrating.migrate(database)
    with database.writing.begin() as session:
        starter.load(session, datetime.now(UTC))
    database.close()
    return url
