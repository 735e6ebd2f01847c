"""Which addresses a file has named already, and in which row; on disk, so that a long list costs no memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence


class Seen:
    """Remembers 64 bits of each key, as Python hashes text, under a new seed in every process."""

    def __init__(self) -> None:
        # "" is a temporary file that is gone with the connection; SQLite keeps some pages of it in memory.
        self._rows = sqlite3.connect("", isolation_level=None)
        self._rows.execute("PRAGMA journal_mode = OFF")
        self._rows.execute("CREATE TABLE seen (mark INTEGER PRIMARY KEY, row INTEGER)")
        self._rows.execute("BEGIN")

    def first_rows(self, named: Sequence[tuple[str, int]]) -> list[int]:
        """For each (key, row), in order, the row that named this key first: its own, if that is new."""
        marks = [hash(key) for key, _ in named]
        earlier = "SELECT mark, row FROM seen WHERE mark IN (SELECT value FROM json_each(?))"
        before: dict[int, int] = dict(self._rows.execute(earlier, (json.dumps(marks),)))
        new: dict[int, int] = {}
        first = [
            before.get(mark) or new.setdefault(mark, row) for mark, (_, row) in zip(marks, named, strict=True)
        ]
        self._keep(new.items())
        return first

    def close(self) -> None:
        """Forget everything."""
        self._rows.close()

    def _keep(self, new: Iterable[tuple[int, int]]) -> None:
        self._rows.executemany("INSERT INTO seen VALUES (?, ?)", new)
