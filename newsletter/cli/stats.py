"""`newsletter stats code`: how the code measures against its own style."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from newsletter import paths
from newsletter.cli.code_figures import Figure, Source, figures
from newsletter.errors import Refused


@click.group()
def stats() -> None:
    """Figures about the code."""


@stats.command()
@click.option("--json", "as_json", is_flag=True, help="One array instead of a table.")
def code(*, as_json: bool) -> None:
    """Measure the checkout: lengths, clock reads, tests, docstrings."""
    measured = measure(paths.PACKAGE.parent)
    if as_json:
        click.echo(json.dumps([asdict(figure) for figure in measured], indent=2))
        return
    for figure in measured:
        click.echo(_line(figure))


def measure(root: Path) -> list[Figure]:
    """The figures of the checkout at `root`. Raises Refused where there are no tests to measure against."""
    if not (root / "tests").is_dir() or not (root / "pyproject.toml").is_file():
        raise Refused("the figures need a checkout with its tests; this is an installed package")
    return figures(read(root, "newsletter"), read(root, "tests"))


def read(root: Path, folder: str) -> list[Source]:
    """Every Python file under `folder`, by path."""
    return [
        Source(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted((root / folder).rglob("*.py"))
    ]


def _line(figure: Figure) -> str:
    mark = "ok" if figure.ok else "MISSED"
    return f"{figure.figure:<38} {figure.value:>8g}   {figure.target:<14} {mark}"
