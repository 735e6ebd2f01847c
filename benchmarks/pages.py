"""How long the studio's pages take to make, with a hundred thousand readers and a million e-mails behind them.

    make bench

Every page that can be opened is: they are found in the list of routes. Each round opens the yardsticks and then each
page once, so that a busy machine is busy for all of them; what counts are the medians, and their ratio to a page that
does nothing but read one row by its key. Nothing travels: the application is asked in this process.
"""

from __future__ import annotations

import platform
import re
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text
from sqlalchemy.engine import Engine
from werkzeug.routing import Rule

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.crowd import Crowd, fill  # noqa: E402  (runs as a script, from any folder)
from benchmarks.fresh import databases  # noqa: E402
from newsletter.delivery.models import Delivery, Mailbox  # noqa: E402
from newsletter.house import House, open_house  # noqa: E402
from newsletter.settings import Settings  # noqa: E402
from newsletter.staff import visits  # noqa: E402
from newsletter.staff.models import Staff  # noqa: E402
from newsletter.web import access, create_app  # noqa: E402

PAGES = ROOT / "docs" / "benchmarks.md"
AIM = 300  # milliseconds
YARDSTICK, COUNTING = "one row by its key", "count all e-mails"
# What stands in an address, by the name of its part; a route that wants something else is opened with 1.
ISSUE, DRAFT = "issue-12", "news-what-is-new"
THERE: dict[str, Any] = {"key": "is-one-enough", "kind": "campaign", "of": ISSUE}
ON_DRAFTS = re.compile(r"choose|write|preview|versions|discard")
# The same route may be light and heavy: what else is looked at, by endpoint.
ALSO = {
    "studio.newsletter": ("newsletters/issue-24/", "newsletters/issue-25/"),
    "studio.newsletter_report": ("reports/newsletters/issue-24/",),
    "studio.people": (
        "people/?q=visitor77777",
        "people/?status=letters&topic=tips",
        "people/?status=blocked",
        "people/?tag=first+visit",
    ),
}


@dataclass
class Page:
    """One address, how often it asked the database, and how long it took, round by round, in milliseconds."""

    address: str
    open: Callable[[], int]
    statements: int = 0
    took: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The middle round."""
        return statistics.median(self.took)


@click.command()
@click.option("--people", type=click.IntRange(1_000), default=100_000, show_default=True)
@click.option("--deliveries", type=click.IntRange(10_000), default=1_000_000, show_default=True)
@click.option("--rounds", type=click.IntRange(1), default=7, show_default=True)
@click.option("--only", default="", help="Pages whose address holds this.")
@click.option(
    "--database", type=click.Choice(("sqlite", "postgresql", "both")), default="both", show_default=True
)
@click.option("--write", is_flag=True, help=f"Put the tables into {PAGES.relative_to(ROOT)}.")
def main(people: int, deliveries: int, rounds: int, only: str, database: str, *, write: bool) -> None:
    """Print a table of every studio page for each database."""
    told = []
    for kind in ("sqlite", "postgresql") if database == "both" else (database,):
        with (
            tempfile.TemporaryDirectory(prefix="newsletter-bench-") as name,
            databases(kind, Path(name)) as fresh,
        ):
            house = open_house(_settings(Path(name), fresh()))
            before = time.perf_counter()
            fill(house.database, Crowd(people, deliveries, house.clock.now()))
            click.echo(f"{kind}: {people:,} people made in {time.perf_counter() - before:.0f} s", err=True)
            yardsticks, pages, closed = measured(house, rounds, only)
            told.append(table(_named(house), yardsticks, pages, closed))
            house.close()
    words = "\n".join([heading(people, deliveries, rounds), *told])
    click.echo(words)
    if write:
        put(words)


def measured(house: House, rounds: int, only: str = "") -> tuple[list[Page], list[Page], list[str]]:
    """Yardsticks and pages after that many rounds, and the addresses that answered something else than a page."""
    app = create_app(house=house)
    yardsticks, client = _yardsticks(house), signed_in(app, house)
    pages, closed = [], []
    for address in filter(lambda each: only in each, addresses(app)):
        page = Page(address, lambda address=address: client.get(address).status_code)  # type: ignore[misc]
        with counting() as asked:
            status = page.open()
        page.statements = len(asked)
        if status == 200:
            pages.append(page)
        else:
            closed.append(f"{address} ({status})")
    for _ in range(rounds):
        for page in (*yardsticks, *pages):
            before = time.perf_counter()
            page.open()
            page.took.append(1000 * (time.perf_counter() - before))
    return yardsticks, pages, closed


def addresses(app: Flask) -> Iterator[str]:
    """What can be looked at in the studio, in the order of its routes."""
    for rule in app.url_map.iter_rules():
        view = access.place_of(app.view_functions[rule.endpoint])
        if view is None or view.roles is None or "GET" not in (rule.methods or ()):
            continue
        yield _address(rule)
        yield from (f"/studio/{more}" for more in ALSO.get(rule.endpoint, ()))


def _address(rule: Rule) -> str:
    slug = "welcome" if "sequence" in rule.rule else DRAFT if ON_DRAFTS.search(rule.endpoint) else ISSUE
    parts = {name: (THERE | {"slug": slug}).get(name, 1) for name in rule.arguments}
    built = rule.build(parts, append_unknown=False)
    return built[1] if built else rule.rule


def signed_in(app: Flask, house: House) -> FlaskClient:
    """A browser in which the owner is signed in."""
    machine = house.clock.machine()
    with house.database.writing.begin() as session:
        owner = Staff(address="the-owner@example.com", role="owner", created_at=machine)
        session.add(owner)
        session.flush()
        key = visits.begin(session, owner.id, machine)
    client = app.test_client()
    with client.session_transaction() as visit:
        visit["staff"] = key
    return client


def _yardsticks(house: House) -> list[Page]:
    """A bare application on the same database."""
    app = Flask("yardstick")

    @app.get("/row")
    def row() -> str:
        with house.database.reading() as session:
            found = session.scalars(
                select(Mailbox).where(Mailbox.address_key == "visitor500@example15.com")
            ).one()
            return found.address

    @app.get("/count")
    def count() -> str:
        with house.database.reading() as session:
            return str(session.scalar(select(func.count(Delivery.id))))

    client = app.test_client()
    return [
        Page(YARDSTICK, lambda: client.get("/row").status_code),
        Page(COUNTING, lambda: client.get("/count").status_code),
    ]


class counting:  # noqa: N801  (reads as a word: `with counting() as asked`)
    """The statements that are run meanwhile, by whichever engine."""

    def __enter__(self) -> list[str]:
        self._asked: list[str] = []
        event.listen(Engine, "before_cursor_execute", self._note)
        return self._asked

    def __exit__(self, *_: object) -> None:
        event.remove(Engine, "before_cursor_execute", self._note)

    def _note(self, *call: Any) -> None:
        if not call[2].startswith("BEGIN"):
            self._asked.append(call[2])


def heading(people: int, deliveries: int, rounds: int) -> str:
    """What was measured, when and on what."""
    return (
        f"{people:,} people, {deliveries:,} e-mails; medians of {rounds} rounds; "
        f"{datetime.now().astimezone():%d %B %Y}, Python {platform.python_version()}, {_processor()}.\n"
    )


def table(named: str, yardsticks: list[Page], pages: list[Page], closed: list[str]) -> str:
    """Markdown: the slowest first."""
    bare = yardsticks[0].median
    lines = [f"### {named}", "", "| page | ms | of the yardstick | statements |", "|---|---:|---:|---:|"]
    for page in (*yardsticks, *sorted(pages, key=lambda each: -each.median)):
        mark = " **!**" if page.median > AIM and page in pages else ""
        shown = page.address if page in yardsticks else f"`{page.address}`"
        lines.append(
            f"| {shown} | {page.median:.1f}{mark} | {page.median / bare:.0f} | {page.statements or 1} |"
        )
    if closed:
        lines += [
            "",
            f"Not looked at, for want of what they show: {', '.join(f'`{each}`' for each in closed)}.",
        ]
    return "\n".join([*lines, ""])


def put(words: str, path: Path = PAGES) -> None:
    """Replace what stands below `## Pages`, up to the next heading of that rank."""
    old = path.read_text() if path.exists() else "# Benchmarks\n\n## Pages\n"
    before, found, after = old.partition("## Pages\n")
    _, heading_after, rest = after.partition("\n## ")
    path.write_text(f"{before}{found or '## Pages' + chr(10)}\n{words}{heading_after}{rest}")


def _settings(folder: Path, url: str) -> Settings:
    return Settings.from_env(
        {
            "NEWSLETTER_DATA_DIR": str(folder / "var"),
            "NEWSLETTER_BASE_URL": "https://letters.clinic.example",
            "NEWSLETTER_DATABASE_URL": url,
            "NEWSLETTER_SECRET_KEY": "a-key-for-benchmarks-only-0123456789abcdef",
            "NEWSLETTER_DATA_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        }
    )


def _named(house: House) -> str:
    if house.database.on_sqlite:
        return f"SQLite {sqlite3.sqlite_version}"
    with house.database.reading() as session:
        return f"PostgreSQL {session.scalar(text('SHOW server_version'))}"


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.+)", told.read_text()) if told.exists() else None
    return found[1] if found else platform.processor()


if __name__ == "__main__":
    main()
