"""What an import was asked for, and what it came to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import click

from newsletter.audience.importing import Taken
from newsletter.audience.lists import foreign
from newsletter.audience.lists.columns import Layout
from newsletter.audience.lists.slices import Slice
from newsletter.cli.import_report import Report
from newsletter.cli.showing import plain

WHAT = {
    "new": "new",
    "confirmed": "were waiting, now confirmed",
    "known": "already here",
    "stopped": "do not mail",
}


@dataclass(frozen=True)
class Wish:
    """What was asked for on the command line."""

    path: Path
    source: str | None
    topics: tuple[str, ...]
    fields: tuple[str, ...]
    tool: str | None
    start_series: bool = False
    dry_run: bool = False


@dataclass
class Sum:
    """The figures over all slices. Every row is accepted or rejected."""

    layout: Layout
    counts: Counter[str] = field(default_factory=Counter)
    rejected: int = 0
    started: int = 0
    last_row: int = 1

    @property
    def accepted(self) -> int:
        """Rows that were taken, or that said what was known."""
        return sum(self.counts.values())

    def add(self, piece: Slice, taken: Taken) -> None:
        """One more slice is written."""
        self.counts += taken.counts
        self.rejected += len(piece.refused) + len(taken.refused)
        self.last_row = piece.last_row


def as_object(wish: Wish, total: Sum) -> dict[str, object]:
    """The sums for programs."""
    return {
        "file": str(wish.path),
        "recognized": total.layout.tool,
        "total": total.accepted + total.rejected,
        "accepted": total.accepted,
        "rejected": total.rejected,
        **{name: total.counts[name] for name in WHAT},
        "started": total.started,
        "unknown_columns": list(total.layout.unknown),
        "dry_run": wish.dry_run,
    }


def echo(wish: Wish, total: Sum, lines: Report, report: Path | None) -> None:
    """The sums for a person on stdout; on stderr the first rows that were not taken."""
    whose = "" if total.layout.tool == foreign.OURS else f" (an export of {total.layout.tool.capitalize()})"
    number = total.accepted + total.rejected
    click.echo(
        f"{plain(wish.path.name)}{whose}: {number:,} rows, {total.accepted:,} accepted, {total.rejected:,} rejected."
    )
    for name, words in WHAT.items():
        if total.counts[name]:
            click.echo(f"  {total.counts[name]:>9,}  {words}")
    if wish.start_series:
        click.echo(f"  {total.started:>9,}  {'would begin' if wish.dry_run else 'begin'} the sequences now")
    if wish.dry_run:
        click.echo("This was a dry run: nothing was changed.")
    for line in lines.first:
        click.echo(line, err=True)
    if report:
        click.echo(f"Row by row: {report}")
    elif total.rejected > len(lines.first):
        click.echo(f"and {total.rejected - len(lines.first):,} more; --report FILE tells each", err=True)
