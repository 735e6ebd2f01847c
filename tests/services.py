"""The real servers that some tests talk to: where they are, and what happens when one is missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

# Service -> (program, folders to look in beyond PATH, the Debian package that brings it).
PROGRAMS = {
    "postgresql": ("postgres", "/usr/lib/postgresql/*/bin", "postgresql"),
    "smtp-sink": ("smtp-sink", "/usr/sbin", "postfix"),
    "postfix": ("postfix", "/usr/sbin", "postfix"),
    "chromium": ("chromium", "/usr/bin", "chromium"),
    "spamassassin": ("spamassassin", "/usr/bin", "spamassassin"),
    "node": ("node", "/usr/bin", "nodejs"),
    "npm": ("npm", "/usr/bin", "npm"),
}


def find(service: str) -> Path | None:
    """Where this machine keeps the service's program; the newest where it keeps several."""
    program, folders, _ = PROGRAMS[service]
    root, _, pattern = folders.partition("/")
    found = sorted(Path(root or "/").glob(f"{pattern}/{program}"), key=_version)
    if found:
        return found[-1]
    on_path = shutil.which(program)
    return Path(on_path).resolve() if on_path else None


def need(service: str) -> Path:
    """The service's program. Without it the test is skipped, or fails where REQUIRE_SERVICES=1."""
    path = find(service)
    if path is not None:
        return path
    package = PROGRAMS[service][2]
    reason = f"{service} is not installed; `make test-services` brings it (Debian package {package})"
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def _version(path: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in path.parts if part.isdecimal())
