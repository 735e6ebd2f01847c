"""One SMTP connection whose every wait is bounded, by its own limit and by what is left of the whole.

`smtplib` limits each read only, so a server that drips a byte a second holds it for ever; it reads replies of any
number of lines; and it cannot say whether the final dot had left when a connection broke. Here it speaks, we listen.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from dataclasses import dataclass

from newsletter.clock import ticks

REPLY = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
ENHANCED = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s|$)")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
LONGEST_LINE = 4096  # RFC 5321 4.5.3.1.5 says 512; a longer one is cut, and the connection not used again
MOST_LINES = 100
KEPT = 500  # characters of a reply that are worth a row
BLOCK = 65_536


class Lost(Exception):
    """The connection is gone, or what came over it cannot be understood; nothing more is said on it."""


class Budget:
    """Seconds left, from now on; shared by every wait within one `send`."""

    def __init__(self, seconds: float) -> None:
        self._ends = ticks() + seconds

    def within(self, limit: float) -> float:
        """`limit`, or what is left if that is less. Raises TimeoutError when nothing is left."""
        left = self._ends - ticks()
        if left <= 0:
            raise TimeoutError("no answer in time")
        return min(limit, left)


@dataclass(frozen=True)
class Reply:
    """What the server said: its code, its RFC 3463 status if it gave one, and its words on one line."""

    code: int
    enhanced: str | None
    text: str

    @classmethod
    def read(cls, code: int, raw: bytes) -> Reply:
        """Make one from smtplib's pair. Control characters become spaces; the end of a long text is dropped."""
        said = UNPRINTABLE.sub(" ", raw.decode("utf-8", "replace")).strip()
        status = ENHANCED.match(said)
        return cls(code, status[1] if status else None, said[:KEPT])


class Wire(smtplib.SMTP):
    """A connection under `budget`. `limit` (seconds) bounds the next wait; `stage` says where the talk has come to."""

    def __init__(self, hello: str | None, budget: Budget) -> None:
        super().__init__(local_hostname=hello or "localhost")
        self.budget = budget
        self.limit = 0.0
        self.stage = "connect"
        self.usable = True  # False once it is closing, or out of step
        self.verified = False
        self.letters = 0
        self.rested_at = 0.0
        self.command_encoding = "utf-8"
        self._hello = hello
        self._heard = b""

    def dial(self, host: str, port: int, limit: float) -> None:
        """Connect to the first address of `host` that answers. Raises OSError. The resolver has its own limits."""
        failure: OSError = OSError("the name has no address")
        for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            attempt = socket.socket(family, kind, protocol)
            try:
                attempt.settimeout(self.budget.within(limit))
                attempt.connect(address)
                attempt.setsockopt(
                    socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
                )  # else the dot waits 40 ms for an ACK
            except OSError as broken:
                attempt.close()
                failure = broken
                continue
            self.sock = attempt
            self.local_hostname = self._hello or _literal(attempt)
            return
        raise failure

    def encrypt(self, context: ssl.SSLContext, host: str, limit: float) -> None:
        """TLS from here on. What was read before it is dropped: an attacker may have put it there (CVE-2011-0411)."""
        bare = self._socket()
        bare.settimeout(self.budget.within(limit))
        self.sock = context.wrap_socket(bare, server_hostname=host)
        self.verified = context.verify_mode is ssl.CERT_REQUIRED
        self._heard = b""
        self.does_esmtp, self.esmtp_features = False, {}

    def say(self, stage: str, command: str, limit: float) -> Reply:
        """One command and its reply. Raises Lost or OSError when there is none."""
        self.stage, self.limit = stage, limit
        return Reply.read(*self.docmd(command))

    def listen(self, stage: str, limit: float) -> Reply:
        """The next reply. Raises Lost or OSError when there is none."""
        self.stage, self.limit = stage, limit
        return Reply.read(*self.getreply())

    def send(self, s: object) -> None:
        """Write all of `s`, each block within the limit. smtplib calls this for every command."""
        data = s.encode(self.command_encoding) if isinstance(s, str) else s
        view = memoryview(data)  # type: ignore[arg-type]  # smtplib hands over text or bytes
        while view:
            sock = self._socket()
            sock.settimeout(self.budget.within(self.limit))
            view = view[sock.send(view[:BLOCK]) :]

    def getreply(self) -> tuple[int, bytes]:
        """Read one reply, however many lines it has. Raises Lost for what is none, OSError when it does not come."""
        until = Budget(self.budget.within(self.limit))
        lines: list[bytes] = []
        while len(lines) < MOST_LINES:
            match = REPLY.fullmatch(self._line(until))
            if match is None:
                raise Lost("the server's reply is not SMTP")
            lines.append(match[3] or b"")
            if match[2] != b"-":
                return int(match[1]), b"\n".join(lines)
        raise Lost("the server's reply has no end")

    def spoke_early(self) -> bool:
        """Whether something waits to be read although it is our turn. Raises Lost where the server hung up."""
        if not self._heard:
            sock = self._socket()
            sock.settimeout(0)
            try:
                self._hear(sock)
            except (BlockingIOError, ssl.SSLWantReadError):
                return False
        return True

    def _line(self, until: Budget) -> bytes:
        while b"\n" not in self._heard and len(self._heard) < LONGEST_LINE:
            sock = self._socket()
            sock.settimeout(until.within(self.limit))
            self._hear(sock)
        line, found, self._heard = self._heard.partition(b"\n")
        self.usable = self.usable and bool(found)
        return line.rstrip(b"\r")

    def _hear(self, sock: socket.socket) -> None:
        heard = sock.recv(LONGEST_LINE)
        if not heard:
            raise Lost("the server hung up")
        self._heard += heard

    def _socket(self) -> socket.socket:
        if self.sock is None:
            raise Lost("not connected")
        return self.sock


def why(failure: Exception) -> str:
    """One line for a person: what broke the connection."""
    if isinstance(failure, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {failure.verify_message}"
    if isinstance(failure, TimeoutError):
        return "no answer in time"
    return (isinstance(failure, OSError) and failure.strerror) or str(failure) or type(failure).__name__


def _literal(opened: socket.socket) -> str:
    """Our own address as RFC 5321 4.1.3 writes it: true whatever this machine is called, and needs no look-up."""
    address = opened.getsockname()[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"
