"""`newsletter subscribers export`: people as CSV, on stdout or into a file that appears whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

import click

from newsletter.audience import exporting
from newsletter.cli.opening import opened
from newsletter.cli.progress import progress

STATUSES = ("confirmed", "pending", "unsubscribed")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option(
    "--status",
    type=click.Choice(STATUSES),
    default="confirmed",
    show_default=True,
    help="Who: those who hear from us, who have not confirmed, or who left or must not be mailed.",
)
def export(file: Path | None, status: str) -> None:
    """Write people as CSV into FILE, or to stdout; `subscribers import` reads it back.

    Spreadsheet formulas are made harmless.
    """
    with opened() as house, house.database.reading() as session, _target(file) as out:
        exporting.snapshot(session)
        with progress("people written") as say:
            written = _write(exporting.rows(session, status), out, say)
    if file:
        click.echo(f"{written:,} people in {file}.")


def _write(rows: Iterator[Sequence[str]], out: IO[str], say: Callable[[int], None]) -> int:
    lines = csv.writer(out)  # CRLF, as RFC 4180 has it
    lines.writerow(next(rows))
    written = 0
    for written, row in enumerate(rows, start=1):
        lines.writerow(row)
        say(written)
    return written


@contextmanager
def _target(file: Path | None) -> Iterator[IO[str]]:
    """Stdout in UTF-8, whatever the terminal is set to; or a new file, readable by its owner alone."""
    if file is None:
        out = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="", write_through=True)
        try:
            yield out
        finally:
            out.detach()
        return
    with NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=file.parent, prefix=f".{file.name}.", delete=False
    ) as fresh:
        try:
            yield fresh
            fresh.flush()
            os.fsync(fresh.fileno())
            Path(fresh.name).replace(file)
        except BaseException:
            Path(fresh.name).unlink(missing_ok=True)
            raise
