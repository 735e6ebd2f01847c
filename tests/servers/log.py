"""What a receiving server took over, on disk before it says so: the witness that fault tests compare the database with."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import threading
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

DELIVERY = re.compile(rb"^Message-ID: (<d\.(\d+)@[^>]+>)\r?$", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Accepted:
    """One letter that the server took over: the envelope and the exact bytes, dots unstuffed, CRLF."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    at: float = 0.0  # the machine's time of the acceptance, in seconds since 1970; 0 before it was logged

    @property
    def sha256(self) -> str:
        """What `mail.digest` said when it was sent."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def message_id(self) -> str:
        found = DELIVERY.search(self.raw)
        return found[1].decode() if found else ""

    @property
    def delivery_id(self) -> int | None:
        """The number of our row, read from the Message-ID."""
        found = DELIVERY.search(self.raw)
        return int(found[2]) if found else None


class Log:
    """A JSON line per accepted letter, with fsync: it survives whatever happens to the process."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="ascii")
        self._lock = threading.Lock()

    def write(self, letter: Accepted) -> None:
        line = {
            "sender": letter.sender,
            "recipients": letter.recipients,
            "sha256": letter.sha256,
            "message_id": letter.message_id,
            "delivery_id": letter.delivery_id,
            "raw": base64.b64encode(zlib.compress(letter.raw)).decode(),
            "at": letter.at or time.time(),
        }
        with self._lock:
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> list[Accepted]:
    """Every letter in the log, in the order of acceptance. A last line cut short was never acknowledged: left out."""
    whole = path.read_text(encoding="ascii").rpartition("\n")[0] if path.exists() else ""
    rows = [json.loads(line) for line in whole.splitlines()]
    return [
        Accepted(
            row["sender"],
            tuple(row["recipients"]),
            zlib.decompress(base64.b64decode(row["raw"])),
            row["at"],
        )
        for row in rows
    ]


def without_trace(stored: bytes) -> bytes:
    """A stored letter as it was sent: CRLF, and nothing above `From:`, the first line that is ours."""
    lines = stored.replace(b"\r\n", b"\n").split(b"\n")
    ours = next(number for number, line in enumerate(lines) if line.startswith(b"From: "))
    return b"\r\n".join(lines[ours:])
