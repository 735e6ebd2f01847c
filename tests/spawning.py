"""A command in a process of its own: what it says, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PATIENCE_SECONDS = 60


class Spawned:
    """`newsletter ...` running; its output goes to a file, so that no pipe fills up."""

    def __init__(self, arguments: tuple[str, ...], env: Mapping[str, str], output: Path) -> None:
        self.output = output
        clean = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLETTER_")}
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "newsletter.cli", *arguments],
                env=clean | dict(env),
                stdout=file,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )

    @property
    def said(self) -> str:
        """Everything so far."""
        return self.output.read_text()

    def wait_for(self, text: str) -> None:
        """Until it has said `text`."""
        wait_until(
            lambda: text in self.said or self.process.poll() is not None,
            lambda: f"never said “{text}”:\n{self.said}",
        )
        assert text in self.said, f"ended with {self.process.poll()}:\n{self.said}"

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Send the signal; returns the exit status."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)


@contextmanager
def spawned(*arguments: str, env: Mapping[str, str], output: Path) -> Iterator[Spawned]:
    """`newsletter` with `arguments`; it is gone afterwards, whatever happened."""
    running = Spawned(arguments, env, output)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.process.terminate()
            try:
                running.process.wait(20)
            except subprocess.TimeoutExpired:
                running.process.kill()
                running.process.wait()


def wait_until(holds: Callable[[], object], says: Callable[[], str] = lambda: "it never happened") -> None:
    """Look until `holds()`; a minute is far more than anything here takes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < deadline, says()
        time.sleep(0.05)
