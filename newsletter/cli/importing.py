"""`newsletter subscribers import`: a list that comes from elsewhere, slice by slice, with a report."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from newsletter import clock
from newsletter.audience import importing, subscriptions
from newsletter.audience.lists import columns, foreign
from newsletter.audience.lists.columns import Layout
from newsletter.audience.lists.entries import Entries
from newsletter.audience.lists.entry import Stated
from newsletter.audience.lists.lines import Lines, NotAList
from newsletter.audience.lists.records import Records, Remark
from newsletter.audience.lists.slices import Slice, slices
from newsletter.campaigns import enrollment
from newsletter.cli.import_report import Report, reporting
from newsletter.cli.import_sums import Sum, Wish, as_object, echo
from newsletter.cli.opening import opened
from newsletter.cli.progress import progress
from newsletter.cli.showing import echo_json, json_option, plain
from newsletter.errors import Refused
from newsletter.house import House

# A bulk writer that never pauses made another process's one-row write on SQLite wait for seconds.
BREATH_SECONDS = 0.005
ASK_WHERE = (
    "say where these people agreed, in words that you could show them: --source “Sign-up form at the desk”"
)
WHOSE = (*sorted(foreign.TOOLS), foreign.OURS)


def _listed(_context: click.Context, _parameter: click.Parameter, text: str | None) -> tuple[str, ...]:
    return tuple(word.strip() for word in (text or "").split(",") if word.strip())


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", help="Where these people agreed; needed where the list itself does not say it.")
@click.option(
    "--topics", callback=_listed, help="What they agreed to hear about: a,b. Without it: all topics."
)
@click.option("--fields", callback=_listed, help="Other columns to keep, for use in letters: a,b or all.")
@click.option("--as", "tool", type=click.Choice(WHOSE), help="Whose export this is; list: nobody's.")
@click.option("--start-series", is_flag=True, help="Begin the sequences for them, counted from now.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="A CSV line per rejected row."
)
@json_option
def import_(
    file: Path, report: Path | None, *, as_json: bool, start_series: bool, dry_run: bool, **more: object
) -> None:
    """Bring the people of FILE, a CSV list or an export of another tool. Nobody is written to.

    Interrupted, run it again: it ends the same.
    """
    wish = Wish(file, start_series=start_series, dry_run=dry_run, **more)  # type: ignore[arg-type]  # Click's names
    _check_report(file, report)
    with opened() as house:
        if start_series and not dry_run:
            _say_who_starts(house, wish)
        with reporting(report) as lines:
            total = walk(house, wish, lines)
    if as_json:
        echo_json(as_object(wish, total))
        return
    echo(wish, total, lines, report)


def walk(house: House, wish: Wish, report: Report) -> Sum:
    """Read the list and write it, each slice in one transaction; a dry run undoes each.

    Raises Refused, naming row and column, for what is no list at all; then nothing was changed.
    """
    with _opened_list(wish.path) as stream:
        lines = Lines(stream)
        records = Records(lines)
        total = Sum(columns.layout(records.headers, wish.tool, wish.fields))
        records.email = total.layout.at["email"]
        entries, topics = _stated(house, wish, total.layout)
        for header in total.layout.unknown:
            report.remark(Remark(1, header, "not used; --fields keeps it"))
        with progress("bytes read", _size(stream)) as say, _saying_how_far(wish, total):
            for piece in slices(records, entries):
                _write(house, wish, piece, topics, total, report)
                say(lines.read)
        for name in sorted(entries.attributes_left_out):
            report.remark(Remark(1, "attributes", f"“{name}” is not used; --fields keeps it"))
    if not total.accepted + total.rejected:
        raise NotAList(f"{wish.path.name} has a header and nobody under it")
    return total


def _write(
    house: House, wish: Wish, piece: Slice, topics: dict[str, int], total: Sum, report: Report
) -> None:
    now = house.clock.now()
    with house.database.writing() as session, session.begin() as transaction:
        taken = importing.take(session, piece.entries, topics, house.vault, now)
        started = 0
        if wish.start_series:
            started = enrollment.start(session, taken.arrived, house.settings.clinic.zone, now)
        if wish.dry_run:
            transaction.rollback()
    total.add(piece, taken)
    total.started += started
    report.write(piece, taken)
    if house.database.on_sqlite:
        clock.pause(BREATH_SECONDS)


def _stated(house: House, wish: Wish, layout: Layout) -> tuple[Entries, dict[str, int]]:
    """How to read the rows, and the topics (slug -> id). Raises Refused where nobody says how they agreed."""
    if not layout.leavers_only and not wish.source and "consent_source" not in layout.at:
        raise Refused(ASK_WHERE)
    with house.database.reading() as session:
        every = subscriptions.topics(session)
        wanted = tuple(topic.slug for topic in subscriptions.chosen(session, wish.topics))
    names = {topic.slug: topic.name for topic in every}
    source = plain(wish.source)[:200] if wish.source else None
    return Entries(layout, Stated(wanted, names, house.clock.now(), source)), {t.slug: t.id for t in every}


def _say_who_starts(house: House, wish: Wish) -> None:
    """Nobody starts letters for a whole list without having seen how many."""
    with reporting(None) as nowhere:
        total = walk(
            house, Wish(wish.path, wish.source, wish.topics, wish.fields, wish.tool, True, True), nowhere
        )
    click.echo(f"The sequences begin now for {total.started:,} people.", err=True)
    if sys.stdin.isatty():
        click.confirm("Go on?", abort=True, err=True)


@contextmanager
def _opened_list(path: Path) -> Iterator[BinaryIO]:
    """The file; what is wrong with the whole of it is said with its name."""
    with path.open("rb") as stream:
        try:
            yield stream
        except NotAList as wrong:
            raise NotAList(wrong.line if path.name in wrong.line else f"{path.name}: {wrong.line}") from wrong


@contextmanager
def _saying_how_far(wish: Wish, total: Sum) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        done = "looked at" if wish.dry_run else "written"
        click.echo(
            f"stopped; everything up to row {total.last_row:,} is {done}. Run it again to go on.", err=True
        )
        raise


def _size(stream: BinaryIO) -> int | None:
    found = os.fstat(stream.fileno())
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def _check_report(file: Path, report: Path | None) -> None:
    if report is not None and report.exists() and report.samefile(file):
        raise Refused("the report would overwrite the list itself; give it another name")
