"""How commands answer: a plain table for people, JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.cells import cell_len

json_option = click.option("--json", "as_json", is_flag=True, help="JSON instead of text; times in ISO 8601.")


def echo_json(answer: Any) -> None:
    """One array or one object. ASCII only, so that it survives every terminal and every pipe."""
    click.echo(json.dumps(answer, indent=2))


def echo_table(head: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Columns as wide as their widest cell; the sentence `empty` where there is no row."""
    lines = [[plain(cell) for cell in row] for row in rows]
    if not lines:
        click.echo(empty)
        return
    widths = [max(map(cell_len, column)) for column in zip(head, *lines, strict=True)]
    for line in [list(head), *lines]:
        padded = (cell + " " * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())


def echo_facts(facts: Iterable[tuple[str, object]]) -> None:
    """A name and a value on each line; a fact that is not known is left out."""
    known = [(name, plain(value)) for name, value in facts if value not in (None, "", [])]
    width = max((len(name) for name, _ in known), default=0)
    for name, value in known:
        click.echo(f"{name:<{width}}  {value}")


def plain(value: object) -> str:
    """A value as one line that cannot drive a terminal: a visitor chooses her own name."""
    if isinstance(value, list | tuple):
        return ", ".join(plain(each) for each in value)
    text = "" if value is None else str(value)
    return "".join(letter if letter.isprintable() else "�" for letter in " ".join(text.split()))


def iso(moment: datetime | None) -> str | None:
    """An instant for programs: ISO 8601 to the second, in UTC, with its offset."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")


def local(moment: datetime | None, zone: ZoneInfo) -> str:
    """An instant for people, on the wall clock of `zone`."""
    return "" if moment is None else f"{moment.astimezone(zone):%a %Y-%m-%d %H:%M}"
