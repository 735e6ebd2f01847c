"""How fast a list comes in, beside a bare executemany of the same rows into the same tables, and in how much memory.

    python benchmarks/import_rows.py --rows 500000

The import is the command itself in a process of its own: reading, judging, looking for who is known, committing slice
by slice. The yardstick is the driver alone, with rows that lie ready in memory, in one transaction. Both write into a
fresh database of the same kind in the same run, so only the ratio counts.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.fresh import databases  # noqa: E402  (runs as a script, from any folder)
from newsletter.audience.newcomers import CONSENT, PERSON, SUBSCRIPTION  # noqa: E402
from newsletter.db import open_database  # noqa: E402

MOST = 2_000_000
CHUNK = 10_000
MAILBOX = ("id", "address", "address_key", "created_at")
SINCE = datetime(2024, 1, 1, tzinfo=UTC)
TOPICS = json.dumps(["news", "resources", "tips"])


@click.command()
@click.option("--rows", type=click.IntRange(1_000, MOST), default=500_000, show_default=True)
@click.option(
    "--database", type=click.Choice(("sqlite", "postgresql", "both")), default="both", show_default=True
)
def main(rows: int, database: str) -> None:
    """Print rows a second of both, their ratio, and the import's peak memory at a fifth of the rows and at all."""
    with tempfile.TemporaryDirectory(prefix="newsletter-bench-") as name:
        folder = Path(name)
        lists = {number: make_list(folder / f"{number}.csv", number) for number in (rows // 5, rows)}
        for kind in ("sqlite", "postgresql") if database == "both" else (database,):
            with databases(kind, folder) as fresh:
                report(kind, lists, fresh)


def report(kind: str, lists: dict[int, Path], fresh: Any) -> None:
    """One database: the yardstick, then the command on a short list, on the whole, and on the whole once more."""
    few, rows = lists
    say = click.echo
    bare = yardstick(fresh(), rows)
    say(f"{kind}: bare executemany {rows / bare:>10,.0f} people/s  ({bare:.1f} s)")
    _, little = command(fresh(), lists[few])
    url = fresh()
    took, much = command(url, lists[rows])
    say(
        f"{kind}: import           {rows / took:>10,.0f} people/s  ({took:.1f} s)  x{bare / took:.2f} of the yardstick"
    )
    say(f"{kind}: peak memory      {little:>7.1f} MB at {few:,} rows, {much:.1f} MB at {rows:,}")
    again, _ = command(url, lists[rows])
    say(f"{kind}: the same again   {rows / again:>10,.0f} people/s  ({again:.1f} s), all known")


def make_list(path: Path, rows: int) -> Path:
    """A list as another tool might export it: addresses, names, and when they agreed."""
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(("email", "first_name", "time_zone", "confirmed_at", "consent_source"))
        zones = ("Europe/London", "America/New_York", "", "Asia/Kathmandu")
        for n in range(rows):
            at = (SINCE + timedelta(seconds=n)).isoformat()
            who = f"visitor{n * 7919 % MOST:07}@example{n % 97}.com"
            lines.writerow((who, f"Visitor {n}", zones[n % 4], at, "the old site"))
    return path


def yardstick(url: str, rows: int) -> float:
    """Seconds that the driver's executemany alone takes for the same rows; making them is not counted."""
    database = open_database(url)
    took = 0.0
    with database.writing.begin() as session:
        cursor: Any = session.connection().connection.cursor()
        for start in range(0, rows, CHUNK):
            tables = _rows(range(start, min(start + CHUNK, rows)), on_sqlite=database.on_sqlite)
            before = time.perf_counter()
            for statement, lines in tables:
                cursor.executemany(statement, lines)
            took += time.perf_counter() - before
        before = time.perf_counter()
        session.commit()
        took += time.perf_counter() - before
    database.close()
    return took


def _rows(numbers: range, *, on_sqlite: bool) -> list[tuple[str, list[tuple[Any, ...]]]]:
    moment = SINCE.isoformat(" ", "microseconds")[:26] if on_sqlite else SINCE
    mailboxes, people, held, acts = [], [], [], []
    for n in numbers:
        who = f"visitor{n * 7919 % MOST:07}@example{n % 97}.com"
        mailboxes.append((n + 1, who, who, moment))
        zone = "Europe/London"
        people.append(
            (n + 1, n + 1, True, f"Visitor {n}", zone, "import:the old site", "[]", "{}", 1, moment)
        )
        held += [
            (n + 1, topic, "confirmed", "import:the old site", moment, moment, moment) for topic in (1, 2, 3)
        ]
        acts.append((n + 1, "confirmed", "marketing", TOPICS, None, "import", "the old site", None, moment))
    tables = (
        ("mailboxes", MAILBOX, mailboxes),
        ("subscribers", PERSON, people),
        ("subscriptions", SUBSCRIPTION, held),
        ("consents", CONSENT, acts),
    )
    return [(_insert(table, columns, on_sqlite=on_sqlite), lines) for table, columns, lines in tables]


def _insert(table: str, columns: Any, *, on_sqlite: bool) -> str:
    marks = ", ".join(("?" if on_sqlite else "%s",) * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"


def command(url: str, path: Path) -> tuple[float, float]:
    """Run the import; (seconds, peak memory in MB) of its process."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLETTER_")}
    env |= {"NEWSLETTER_DATABASE_URL": url, "NEWSLETTER_DATA_DIR": str(path.parent / "var")}
    before = time.perf_counter()
    arguments = [sys.executable, "-m", "newsletter.cli", "subscribers", "import", str(path)]
    process = subprocess.Popen(arguments, env=env, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise click.ClickException(f"the import ended with {process.returncode}")
    return time.perf_counter() - before, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
