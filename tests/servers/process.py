"""Starting servers as processes, and being sure that they end."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.servers.acts import until

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def receiver(log: Path, *options: str) -> Iterator[int]:
    """`python -m tests.servers.receiver` on a free port; gives the port."""
    command = [sys.executable, "-m", "tests.servers.receiver", "--log", str(log), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline().rpartition(" ")[2])
        finally:
            process.terminate()
            process.wait(10)


@contextmanager
def smtp_sink(program: Path, folder: Path, *options: str) -> Iterator[int]:
    """Postfix's `smtp-sink`, which writes every letter into `folder`; gives the port."""
    port = free_port()
    folder.chmod(0o777)  # it gives up root
    template = str(folder / "letter.")
    command = [str(program), "-u", "nobody", *options, "-d", template, f"127.0.0.1:{port}", "64"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL) as process:
        try:
            until(lambda: answers(port))
            yield port
        finally:
            process.terminate()
            process.wait(10)


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return listener.getsockname()[1]


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with closing(socket.socket()) as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
