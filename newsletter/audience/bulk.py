"""Many rows at once, past the ORM: the driver's own executemany on SQLite, COPY on PostgreSQL.

Row by row through the ORM a list of half a million would take a quarter of an hour.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm import Session

# Addresses come in no order, and each touches another page of the index. With SQLite's own settings (2 MB of pages, and
# a checkpoint after 4 MB) every slice would read them again and copy them twice. As long as this connection lives:
ROOM_SQLITE = ("PRAGMA cache_size = -32768", "PRAGMA wal_autocheckpoint = 16384")
FIND_SQLITE = "SELECT address_key, id FROM mailboxes WHERE address_key IN (SELECT value FROM json_each(?))"
# Also the numbers of people who were erased: in such a table none is given twice (db.NEVER_AGAIN).
LAST_SQLITE = (
    "SELECT max(coalesce((SELECT max(id) FROM {table}), 0), "
    "coalesce((SELECT seq FROM sqlite_sequence WHERE name = '{table}'), 0))"
)
FIND_POSTGRES = "SELECT address_key, id FROM mailboxes WHERE address_key = ANY(%s)"
# In the order of the key, so that two imports wait for each other in one direction only.
ADD_POSTGRES = """
INSERT INTO mailboxes (address, address_key, created_at)
SELECT address, address_key, %s FROM unnest(%s::text[], %s::text[]) AS new (address, address_key)
ORDER BY address_key ON CONFLICT DO NOTHING RETURNING address_key, id
"""


class Bulk:
    """Writes within the transaction of `session`. Rows are tuples of what the driver itself understands."""

    def __init__(self, session: Session) -> None:
        session.flush()
        self._connection = session.connection()
        self.on_sqlite = self._connection.dialect.name == "sqlite"
        if self.on_sqlite:
            for pragma in ROOM_SQLITE:
                self._run(pragma)

    def at(self, moment: datetime) -> Any:
        """An instant as a column holds it: text without an offset on SQLite, as SQLAlchemy writes it."""
        if moment.tzinfo is None:
            raise ValueError(f"a naive datetime: {moment!r}; give it a zone")
        if not self.on_sqlite:
            return moment
        in_utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
        return in_utc.isoformat(" ", "microseconds")[:26]

    def put(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert `rows`. Table and columns are names from our own code, never from a file."""
        if not rows:
            return
        names = ", ".join(columns)
        if self.on_sqlite:
            marks = ", ".join("?" * len(columns))
            self._run(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(rows))  # noqa: S608
            return
        cursor = self._connection.connection.cursor()
        with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def numbers(self, table: str, count: int) -> Sequence[int]:
        """Ids for `count` new rows of `table`, in ascending order.

        SQLite's writers are one at a time, so that nobody else takes the next ones; PostgreSQL has a sequence.
        """
        if self.on_sqlite:
            last = self._run(LAST_SQLITE.format(table=table)).scalar_one()
            return range(last + 1, last + 1 + count)
        query = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
        return [row[0] for row in self._run(query, (table, count))]

    def find_mailboxes(self, keys: Sequence[str]) -> dict[str, int]:
        """The mailboxes with these address keys: key -> id."""
        query = FIND_SQLITE if self.on_sqlite else FIND_POSTGRES
        return dict(self._run(query, (_json(keys) if self.on_sqlite else list(keys),)).all())

    def add_mailboxes(self, addresses: Mapping[str, str], now: datetime) -> dict[str, int]:
        """Make mailboxes (key -> address) that are not there; key -> id of those made by this very statement."""
        if not addresses:
            return {}
        if not self.on_sqlite:
            new = self._run(ADD_POSTGRES, (now, list(addresses.values()), list(addresses)))
            return dict(new.all())
        ids = dict(zip(addresses, self.numbers("mailboxes", len(addresses)), strict=True))
        at = self.at(now)
        rows = [(ids[key], address, key, at) for key, address in addresses.items()]
        self.put("mailboxes", ("id", "address", "address_key", "created_at"), rows)
        return ids

    def _run(self, query: str, parameters: Any = ()) -> Any:
        return self._connection.exec_driver_sql(query, parameters)


def _json(value: Any) -> str:
    return json.dumps(value)
