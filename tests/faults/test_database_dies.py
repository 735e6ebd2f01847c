"""PostgreSQL dies between the server's acceptance and our note of it."""

from __future__ import annotations

import os
import pwd
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newsletter import migrating
from newsletter.clock import FrozenClock
from newsletter.db import open_database
from newsletter.delivery.transports import Outcome
from tests import postgres_cluster
from tests.delivery.office import ACCEPTED, Answering, Office
from tests.postgres_cluster import Cluster
from tests.services import need

Control = Callable[..., None]


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A cluster that this test alone may hurt."""
    with postgres_cluster.running(need("postgresql").parent) as mine:
        yield mine
        control(mine)("stop", "-m", "immediate")


def control(cluster: Cluster) -> Control:
    """`pg_ctl`, as the cluster's owner."""
    program, data = need("postgresql").parent / "pg_ctl", cluster.place / "data"
    owner = pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    identity: dict[str, Any] = (
        {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}
    )

    def run(*words: str) -> None:
        command = [str(program), "-D", str(data), "-s", "-w", "-l", str(data / "again.log"), *words]
        subprocess.run(command, check=True, cwd=cluster.place, stdout=subprocess.DEVNULL, **identity)

    return run


def test_an_acceptance_outlives_a_database_that_dies_before_it_is_written_down(
    cluster: Cluster, clock: FrozenClock, tmp_path: Path
):
    cluster.create("clinic")
    # The cluster of the tests answers before it writes; what survives an immediate stop must have been written.
    database = open_database(f"{cluster.url('clinic')}&options=-csynchronous_commit=on")
    migrating.migrate(database)
    office, pg_ctl = Office(database, clock), control(cluster)
    number, waiting = office.put(), office.put()
    back = threading.Thread(target=pg_ctl, args=("restart",))

    def accept() -> Outcome:
        pg_ctl("stop", "-m", "immediate")
        back.start()
        return ACCEPTED

    out = Answering([accept, ACCEPTED])
    assert office.postman(out).round() == 2
    back.join()
    assert office.states([number, waiting]) == ["sent", "sent"]
    assert office.attempts(number) == ["accepted"]
    assert len(out.handed) == 2
    database.close()
