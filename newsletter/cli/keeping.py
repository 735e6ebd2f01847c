"""Child processes kept alive: started, started again with a growing pause, stopped together.

Children hang on a leash: their stdin is a pipe whose other end only the keeper holds, so that they stop by themselves
when the keeper is killed. They have a session of their own, so that Ctrl-C in a terminal reaches the keeper alone.
"""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import click

from newsletter.clock import pause, ticks

LOOK_SECONDS = 0.2
LONGEST_PAUSE = 30.0
SETTLED_SECONDS = 60.0
QUIET_SECONDS = 3.0  # a stop that takes longer is explained

leash_option = click.option("--leash", is_flag=True, hidden=True, help="Stop when stdin ends.")


@dataclass
class Child:
    """One part: its name, `newsletter`'s arguments, and descriptors that it inherits."""

    name: str
    arguments: Sequence[str]
    descriptors: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    deaths: int = 0
    due_at: float | None = 0.0

    def start(self, env: Mapping[str, str]) -> None:
        """Spawn it with this interpreter; never forks the keeper's own state."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "newsletter.cli", *self.arguments, "--leash"],
            env=dict(env),
            stdin=subprocess.PIPE,
            pass_fds=tuple(self.descriptors),
            start_new_session=True,
        )
        self.started_at, self.due_at = ticks(), None

    def has_ended(self) -> bool:
        """Whether there is nothing left to wait for."""
        return self.process is None or self.process.poll() is not None


class Keeper:
    """Keeps `children` running until SIGTERM or SIGINT; a second signal does not wait for what is in hand.

    It hears signals from the moment it is made: one that comes before `run` ends that at once.
    """

    def __init__(self, children: Iterable[Child], env: Mapping[str, str]) -> None:
        self.children = list(children)
        self.env = env
        self.signals = (
            0  # a plain number: a lock taken in a signal handler may be held by who was interrupted
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._signaled)

    def run(self) -> bool:
        """Keep, then stop; True when every child finished what it had in hand.

        That may take minutes: a mail server has ten to answer the final dot (RFC 5321 section 4.5.3.2.6).
        """
        try:
            while not self.signals:
                for child in self.children:
                    self._look(child)
                pause(LOOK_SECONDS)
        finally:
            finished = self._stop()
        return finished

    def _signaled(self, *_: object) -> None:
        self.signals += 1

    def _look(self, child: Child) -> None:
        if child.due_at is None and child.has_ended():
            settled = ticks() - child.started_at >= SETTLED_SECONDS
            child.deaths = 1 if settled else child.deaths + 1
            wait = min(2.0 ** (child.deaths - 1), LONGEST_PAUSE)
            child.due_at = ticks() + wait
            click.echo(f"newsletter: {_obituary(child)}; starting it again in {wait:g} s", err=True)
        if child.due_at is not None and ticks() >= child.due_at:
            child.start(self.env)

    def _stop(self) -> bool:
        for child in self.children:
            if child.process is not None and not child.has_ended():
                child.process.terminate()
        explain_at = ticks() + QUIET_SECONDS
        while not all(child.has_ended() for child in self.children):
            if self.signals > 1:
                self._kill()
                return False
            if ticks() >= explain_at:
                explain_at = math.inf
                click.echo("newsletter: finishing what is in hand; a second Ctrl-C does not wait", err=True)
            pause(LOOK_SECONDS / 4)
        return True

    def _kill(self) -> None:
        for child in self.children:
            if child.process is not None and not child.has_ended():
                child.process.kill()
                child.process.wait()


def on_leash(stop: Callable[[], object]) -> None:
    """In a child: call `stop` when stdin ends, that is, when the keeper is gone."""

    def wait() -> None:
        while os.read(0, 1024):
            pass
        stop()

    threading.Thread(target=wait, name="leash", daemon=True).start()


def _obituary(child: Child) -> str:
    code = child.process.returncode if child.process else 0
    if code < 0:
        return f"the {child.name} was ended by {signal.Signals(-code).name}"
    return f"the {child.name} ended with status {code}"
