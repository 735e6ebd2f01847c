"""The checkout as the tests about the code see it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from newsletter.cli.code_figures import Source
from newsletter.cli.stats import read

ROOT = Path(__file__).resolve().parents[2]


@cache
def package() -> tuple[Source, ...]:
    """Every module of the package."""
    return tuple(read(ROOT, "newsletter"))


@cache
def suite() -> tuple[Source, ...]:
    """Every module of the tests."""
    return tuple(read(ROOT, "tests"))
