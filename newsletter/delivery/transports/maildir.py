"""`maildir:///path`: one file per letter, written whole or not at all (tmp, fsync, rename into new)."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from pathlib import Path

from newsletter.delivery.transports import Envelope, Outcome

DISK_SECONDS = 60.0
FOLDERS = ("tmp", "new", "cur")


class MaildirTransport:
    """Delivers into the folder `path`, which is made (mode 0700) when the first letter comes.

    The bytes stay as they are, CRLF included, below the two trace headers that a delivery agent writes.
    """

    deadline = DISK_SECONDS

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, envelope: Envelope, message: bytes) -> Outcome:
        """A full or failing disk defers and leaves nothing behind. Seen but perhaps not yet on disk: `unknown`."""
        name = f"{envelope.at.timestamp():.0f}.{secrets.token_hex(12)}.{_host()}"
        trace = f"Return-Path: <{envelope.sender}>\r\nDelivered-To: {envelope.recipient}\r\n".encode()
        draft = self._path / "tmp" / name
        try:
            self._make_folders()
            _write(draft, trace + message)
            draft.rename(self._path / "new" / name)
        except OSError as failure:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)
            return Outcome(
                "deferred", None, None, f"the maildir cannot be written: {_why(failure)}", "server", "maildir"
            )
        try:
            _sync_folder(self._path / "new")
        except OSError as failure:
            return Outcome(
                "unknown", None, None, f"the maildir may not be on disk: {_why(failure)}", "server", "maildir"
            )
        return Outcome("accepted", 250, None, "delivered into the maildir", "server", "maildir")

    def close(self) -> None:
        """Nothing is held open."""

    def _make_folders(self) -> None:
        for folder in FOLDERS:
            (self._path / folder).mkdir(mode=0o700, parents=True, exist_ok=True)


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(path: Path) -> None:
    """A rename is on disk only when its folder is."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _host() -> str:
    return socket.gethostname().replace("/", "_").replace(":", "_") or "localhost"


def _why(failure: OSError) -> str:
    return failure.strerror or type(failure).__name__
