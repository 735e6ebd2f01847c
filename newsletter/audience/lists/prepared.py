"""A list that was read once, kept as lines that are taken slice by slice: each line is one person, in our words."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, BinaryIO

from newsletter.audience.lists.entry import Agreed, Entry, Stop


def write(stream: BinaryIO, entries: Iterable[Entry]) -> None:
    """Append these people."""
    stream.writelines(json.dumps(_cells(entry)).encode() + b"\n" for entry in entries)


def read(stream: BinaryIO, offset: int, most: int) -> tuple[list[Entry], int]:
    """At most `most` people from the byte `offset` on, and where the next ones begin."""
    stream.seek(offset)
    entries: list[Entry] = []
    while len(entries) < most and (line := stream.readline()):
        entries.append(_entry(json.loads(line)))
    return entries, stream.tell()


def _cells(entry: Entry) -> list[Any]:
    agreed, stop = entry.agreed, entry.stop
    return [
        *(entry.row, entry.address, entry.key, entry.first_name, entry.time_zone),
        *(entry.topics, entry.tags, entry.fields),
        agreed
        and [
            *(agreed.source, _spelled(agreed.confirmed_at), agreed.confirmed_ip),
            *(_spelled(agreed.requested_at), agreed.requested_ip, agreed.wording),
        ],
        stop and [stop.scope, stop.reason, _spelled(stop.at)],
    ]


def _entry(cells: list[Any]) -> Entry:
    row, address, key, name, zone, topics, tags, fields, agreed, stop = cells
    entry = Entry(row, address, key, name, zone, tuple(topics), tags, fields)
    entry.agreed = _agreed(*agreed) if agreed else None
    entry.stop = _stop(*stop) if stop else None
    return entry


def _agreed(
    source: str, confirmed: str | None, ip: str | None, requested: str | None, *more: str | None
) -> Agreed:
    return Agreed(source, _moment(confirmed), ip, _moment(requested), *more)


def _stop(scope: str, reason: str, at: str | None) -> Stop:
    return Stop(scope, reason, _moment(at))


def _spelled(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
