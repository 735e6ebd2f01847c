"""Where templates/ and migrations/ are: inside an installed wheel, else beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
SHIPPED = PACKAGE / "_shipped"


def _place(name: str) -> Path:
    shipped = SHIPPED / name
    return shipped if shipped.is_dir() else PACKAGE.parent / name


TEMPLATES = _place("templates")
MIGRATIONS = _place("migrations")
