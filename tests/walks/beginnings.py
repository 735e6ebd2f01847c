"""A beginning that many tests share is lived through once a session; the others start where it ended, from a copy.

What begins otherwise (another moment, other rows) is another beginning: nobody starts from somebody else's story.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import CompoundSelect, func, literal_column, select, union_all
from sqlalchemy.engine import make_url

from newsletter import models
from newsletter.db import Database
from tests.postgres_cluster import Cluster
from tests.walks.story import Story


@dataclass
class Beginnings:
    """The beginnings that were told in this session, each in a database of its own; SQLite's lie in `folder`."""

    folder: Path
    told: dict[Any, tuple[str, datetime, Any]] = field(default_factory=dict)

    def once(self, story: Story, name: str, tell: Callable[[], Any] = lambda: None) -> Any:
        """Bring `story` to the end of what `tell()` does; returns what it returned, when it was told.

        It must do nothing but by the story's database and clock, and everything it returns must outlive the test.
        """
        database = story.house.database
        beginning = (name, database.on_sqlite, story.clock.at, story.clock.real, _rows(database))
        if beginning not in self.told:
            returned = tell()
            place = f"told_{len(self.told)}"
            self._copy(database, place)
            self.told[beginning] = (place, story.clock.at, returned)
            return returned
        place, at, returned = self.told[beginning]
        self._bring_back(database, place)
        story.clock.advance(seconds=(at - story.clock.at).total_seconds())
        return returned

    def _copy(self, database: Database, place: str) -> None:
        assert database.settle()
        database.close()
        url = make_url(database.url)
        if database.on_sqlite:
            shutil.copyfile(str(url.database), self.folder / place)
        else:
            Cluster(Path(str(url.query["host"]))).create(place, template=url.database)

    def _bring_back(self, database: Database, place: str) -> None:
        database.close()
        url = make_url(database.url)
        if database.on_sqlite:
            for beside in ("-wal", "-shm"):
                Path(f"{url.database}{beside}").unlink(missing_ok=True)
            shutil.copyfile(self.folder / place, str(url.database))
            return
        cluster, mine = Cluster(Path(str(url.query["host"]))), str(url.database)
        cluster.drop(mine)
        cluster.create(mine, template=place)


def _rows(database: Database) -> tuple[int, ...]:
    """How many rows each table has, in one statement."""
    with database.reading() as session:
        return tuple(session.scalars(_counting()))


@cache
def _counting() -> CompoundSelect[Any]:
    counted = (
        select(func.count().label("rows"), literal_column(str(number)).label("place")).select_from(table)
        for number, table in enumerate(models.Base.metadata.sorted_tables)
    )
    return union_all(*counted).order_by("place")
