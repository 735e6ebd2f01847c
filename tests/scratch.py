"""Where tests write: in memory, where this machine lends enough of it, for they sync thousands of small commits."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH = 4 * 1024**3  # a whole run takes less than one gibibyte on each worker


def in_memory(place: Path = MEMORY, enough: int = ENOUGH) -> Path | None:
    """`place`, if it lies in memory, may be written, runs programs and has room; else None: the usual folder will do."""
    if not os.access(place, os.W_OK | os.X_OK):
        return None
    if os.statvfs(place).f_flag & os.ST_NOEXEC or shutil.disk_usage(place).free < enough:
        return None
    return place
