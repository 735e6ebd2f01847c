"""The files of lists that were brought to the studio: what came, what was read of it, and what was wrong with it.

A random name each, in a folder of their own that only the owner of the installation may read.
"""

from __future__ import annotations

import csv
import io
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from newsletter.audience.lists.cells import defused
from newsletter.audience.lists.records import Remark
from newsletter.errors import NotFound, Refused

FOLDER = "imports"  # in the data directory
MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 100_000
BY_COMMAND = "bring it at the command line: newsletter subscribers import FILE"
TOKEN = re.compile(r"[0-9a-f]{32}")
PIECE = 1 << 16
HEAD = ("row", "column", "reason", "kind")


@dataclass(frozen=True)
class Files:
    """The files of one list, under `folder`."""

    folder: Path
    token: str

    def __post_init__(self) -> None:
        if not TOKEN.fullmatch(self.token):
            raise NotFound("this list is not here any more")

    @property
    def uploaded(self) -> Path:
        """As it came."""
        return self.folder / f"{self.token}.csv"

    @property
    def prepared(self) -> Path:
        """What was read of it, a line for each person."""
        return self.folder / f"{self.token}.people"

    @property
    def report(self) -> Path:
        """A line for each row that was not taken, and for each remark."""
        return self.folder / f"{self.token}.report"

    def forget(self) -> None:
        """Delete them; those that are gone already are fine."""
        for path in (self.uploaded, self.prepared, self.report):
            path.unlink(missing_ok=True)


def keep(folder: Path, stream: IO[bytes]) -> Files:
    """Write an upload down under a new name. Raises Refused for what is too long, and keeps nothing then."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = Files(folder, secrets.token_hex(16))
    try:
        with private(files.uploaded) as kept:
            while piece := stream.read(PIECE):
                kept.write(piece)
                if kept.tell() > MOST_BYTES:
                    raise Refused(f"this list is longer than {MOST_BYTES >> 20} MB; {BY_COMMAND}")
    except BaseException:
        files.forget()
        raise
    return files


def private(path: Path) -> BinaryIO:
    """Open a new file, or an old one emptied, that nobody else may read."""
    return open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600))


def append(path: Path, size: int, remarks: Iterable[tuple[Remark, str]]) -> int:
    """Write these (remark, kind) after the first `size` bytes, in place of what stands there; returns the new size."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    if not size:
        rows.writerow(HEAD)
    rows.writerows((each.row, defused(each.column), defused(each.reason), kind) for each, kind in remarks)
    with path.open("r+b") as report:
        report.truncate(size)
        report.seek(size)
        report.write(text.getvalue().encode())
        return report.tell()


def reported(path: Path, size: int) -> str:
    """The first `size` bytes of a report as CSV, in the order of the list."""
    with path.open("rb") as report:
        head, *rows = csv.reader(io.StringIO(report.read(size).decode(), newline=""))
    text = io.StringIO(newline="")
    csv.writer(text).writerows([head, *sorted(rows, key=lambda row: int(row[0]))])
    return text.getvalue()


def strays(folder: Path, before: float) -> Iterator[Files]:
    """Whose upload is older than `before`, in seconds since 1970."""
    for path in sorted(folder.glob("*.csv")) if folder.is_dir() else ():
        if TOKEN.fullmatch(path.stem) and path.stat().st_mtime < before:
            yield Files(folder, path.stem)
