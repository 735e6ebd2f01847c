"""What a scripted server may do at a stage instead of answering as it should."""

from __future__ import annotations

import re
import socket
import struct
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tests.servers.scripted import Talk

TAKEN = re.compile(rb"^2\d\d(?: |\r?$)", re.MULTILINE)  # the last line of an acceptance
RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time to linger: the close is a RST


class Act(Protocol):
    @property
    def takes_over(self) -> bool:
        """Whether the server keeps the letter, if this is done at the dot; it does so first, as a careful one must."""
        ...

    def play(self, talk: Talk, usual: bytes) -> bytes | None:
        """Do it; return the reply that was given, or None when the connection is over."""
        ...


@dataclass(frozen=True)
class Say:
    """These lines instead of the usual ones, exactly these bytes; then wait, or hang up with `cut`.

    At the dot a 2xx takes the letter over, anything else only with `keep`.
    """

    lines: str | bytes
    cut: bool = False
    keep: bool = False

    @property
    def takes_over(self) -> bool:
        return self.keep or TAKEN.search(self._data) is not None

    @property
    def _data(self) -> bytes:
        data = self.lines.encode() if isinstance(self.lines, str) else self.lines
        return data if data.endswith(b"\n") else data + b"\r\n"

    def play(self, talk: Talk, usual: bytes) -> bytes | None:
        talk.write(self._data)
        return None if self.cut else self._data


@dataclass(frozen=True)
class Cut:
    """Hang up without a word. `reset`: as a crashed machine does. `keep` (at the dot): the letter is taken over first."""

    reset: bool = False
    keep: bool = False

    @property
    def takes_over(self) -> bool:
        return self.keep

    def play(self, talk: Talk, usual: bytes) -> bytes | None:
        if self.reset:
            talk.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        return None


@dataclass(frozen=True)
class Wait:
    """Answer as usual, after `seconds`."""

    seconds: float
    takes_over: bool = True

    def play(self, talk: Talk, usual: bytes) -> bytes | None:
        if talk.server.closing.wait(self.seconds):
            return None
        talk.write(usual)
        return usual


@dataclass(frozen=True)
class Drip:
    """Answer as usual, a byte at a time, every `seconds`."""

    seconds: float
    lines: bytes | None = None

    @property
    def takes_over(self) -> bool:
        return self.lines is None

    def play(self, talk: Talk, usual: bytes) -> bytes | None:
        reply = self.lines or usual
        for byte in reply:
            talk.write(bytes([byte]))
            if talk.server.closing.wait(self.seconds):
                return None
        return reply


@dataclass(frozen=True)
class Hang:
    """Never answer."""

    takes_over: bool = False

    def play(self, talk: Talk, usual: bytes) -> bytes | None:
        talk.server.closing.wait()
        return None


def until(true, seconds: float = 10.0) -> None:
    """Wait until `true()` holds; fails when it never does."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it never came to be"
        time.sleep(0.01)
