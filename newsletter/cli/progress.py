"""How far a long command has come: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from newsletter import clock

EVERY = 10.0  # seconds between two plain lines


@contextmanager
def progress(doing: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Call what is given with how much is done so far, of `total` where that is known.

    Everything goes to stderr, so that what the command prints stays clean.
    """
    if not sys.stderr.isatty():
        yield _lines(doing, total)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda done: bar.update(task, completed=done)


def _lines(doing: str, total: int | None) -> Callable[[int], None]:
    said = clock.ticks()

    def say(done: int) -> None:
        nonlocal said
        if clock.ticks() - said >= EVERY:
            said = clock.ticks()
            click.echo(f"{doing}: {done}" + (f" of {total}" if total is not None else ""), err=True)

    return say
