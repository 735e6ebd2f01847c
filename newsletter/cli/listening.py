"""One listening socket and one lock file: who serves this data, and where."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click

from newsletter.clock import pause
from newsletter.errors import Refused

LOCK_FILE = "up.lock"


class AlreadyRunning(Refused):
    """Another `up` serves this data."""


class CannotListen(Refused):
    """The address is taken, or is not this machine's."""


def address_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--host` and `--port`, else HOST and PORT, else 127.0.0.1:8000."""
    port = click.IntRange(1, 65535)
    for option in (
        click.option("--port", envvar="PORT", type=port, default=8000, show_default=True, help="Or PORT."),
        click.option("--host", envvar="HOST", default="127.0.0.1", show_default=True, help="Or HOST."),
    ):
        command = option(command)
    return command


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on `host`:`port`; raises CannotListen with what would be right."""
    try:
        family, _, _, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(place, family=family, backlog=1024)
    except (socket.gaierror, UnicodeError) as unknown:
        raise CannotListen(
            f"“{host:.80}” is no address of this machine; right would be 127.0.0.1"
        ) from unknown
    except PermissionError as forbidden:
        raise CannotListen(f"port {port} is for root only; choose one above 1023 with PORT=") from forbidden
    except OSError as taken:
        if taken.errno == errno.EADDRINUSE:
            raise CannotListen(
                f"port {port} of {host} is in use by another program; choose another with PORT="
            ) from taken
        raise CannotListen(f"cannot listen on {host} port {port}: {taken.strerror}") from taken


@contextmanager
def alone_with(data_dir: Path, address: str) -> Iterator[None]:
    """Hold the lock of `data_dir`, saying that it is served at `address`. Raises AlreadyRunning with who and where.

    The kernel drops the lock with the process, so a crash leaves nothing to clean up.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    with (data_dir / LOCK_FILE).open("a+", encoding="utf-8") as file:
        _lock(file)
        file.truncate(0)
        file.write(f"{os.getpid()} {address}\n")
        file.flush()
        yield


def served_at(data_dir: Path) -> str | None:
    """The address at which an `up` serves `data_dir` right now, if one does."""
    try:
        with (data_dir / LOCK_FILE).open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return file.read().strip().partition(" ")[2] or None
    except FileNotFoundError:
        pass
    return None


def _lock(file: IO[str]) -> None:
    for patience in (*[0.05] * 5, 0):  # `served_at` holds it for a moment
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            if patience:
                pause(patience)
                continue
            file.seek(0)
            pid, _, place = file.read().strip().partition(" ")
            raise AlreadyRunning(
                f"process {pid or '(unknown)'} serves this data already, at {place or '(unknown)'}; "
                "stop it first, or give this one another NEWSLETTER_DATA_DIR"
            ) from held
        return
