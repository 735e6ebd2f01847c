"""A mail server that does at every stage what a test tells it to, and remembers every byte it took over.

    with ScriptedSMTP() as server:
        server.on("rcpt", Say("550 5.1.1 User unknown"))       # every time
        server.on("dot", Cut(keep=True), times=1)               # once, then as usual

Stages: greeting, ehlo, helo, starttls, auth, mail, rcpt, data, body (while the letter comes in), dot, rset, noop, quit.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import Self

from tests.servers.acts import Act
from tests.servers.log import Accepted, Log

PATH = re.compile(rb"(?:FROM|TO):\s*<([^>]*)>(.*)", re.IGNORECASE | re.DOTALL)
FEATURES = ("PIPELINING", "SIZE 20000000", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES")


class ScriptedSMTP:
    """Listens while it is open. `certificate`: offer STARTTLS with it, or with `implicit` speak TLS from the first byte.

    `choose(stage)` may name an act for any stage; what `on` says comes first.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        features: Sequence[str] = FEATURES,
        certificate: ssl.SSLContext | None = None,
        implicit: bool = False,
        log: Log | None = None,
        choose: Callable[[str], Act | None] = lambda _stage: None,
    ) -> None:
        self.features, self.certificate, self.implicit = tuple(features), certificate, implicit
        self.letters: list[Accepted] = []
        self.commands: list[str] = []
        self.connections = 0
        self.closing = threading.Event()
        self._log, self._choose = log, choose
        self._acts: dict[str, deque[Act]] = {}
        self._always: dict[str, Act] = {}
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server((host, port), backlog=64)
        self.host, self.port = host, self._listener.getsockname()[1]

    def on(self, stage: str, act: Act, times: int | None = None) -> None:
        """Do `act` whenever the stage is reached, or only the next `times` times."""
        if times is None:
            self._always[stage] = act
        else:
            self._acts.setdefault(stage, deque()).extend([act] * times)

    def verbs(self) -> list[str]:
        """The commands that came, without their arguments."""
        return [command.split(" ")[0].upper() for command in self.commands]

    def act_for(self, stage: str) -> Act | None:
        with self._lock:
            waiting = self._acts.get(stage)
            if waiting:
                return waiting.popleft()
        return self._always.get(stage) or self._choose(stage)

    def keep(self, letter: Accepted) -> None:
        """Take over: first on disk, then in memory, then the answer."""
        if self._log:
            self._log.write(letter)
        self.letters.append(letter)

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening and drop every connection."""
        self.closing.set()
        for sock in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(sock)
            self._start(partial(self._serve, sock))

    def _serve(self, sock: socket.socket) -> None:
        talk = Talk(sock, self)
        with contextlib.suppress(OSError, Over):
            talk.run()
        self._open.discard(sock)
        talk.sock.close()

    def _start(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        self._threads.append(thread)
        thread.start()


class Over(Exception):
    """The connection has ended."""


class Talk:
    """One connection, seen from the server."""

    def __init__(self, sock: socket.socket, server: ScriptedSMTP) -> None:
        self.sock, self.server = sock, server
        self.sender, self.recipients = b"", []
        self.raw = b""
        self._heard = b""

    def run(self) -> None:
        if self.server.implicit:
            self._encrypt()
        self.answer("greeting", b"220 mail.clinic.example ESMTP\r\n")
        while True:
            line = self.read_line()
            verb, _, rest = line.partition(b" ")
            self.server.commands.append(line.decode("utf-8", "replace"))
            getattr(self, f"on_{verb.lower().decode('ascii', 'replace')}", self.on_anything_else)(rest)

    def answer(self, stage: str, usual: bytes) -> bytes:
        """Answer as scripted, else as usual; returns what was said."""
        act = self.server.act_for(stage)
        if act is None:
            self.write(usual)
            return usual
        said = act.play(self, usual)
        if said is None:
            raise Over
        return said

    def on_ehlo(self, _: bytes) -> None:
        features = [*self.server.features]
        if self.server.certificate and not isinstance(self.sock, ssl.SSLSocket):
            features.append("STARTTLS")
        lines = ["mail.clinic.example", *features]
        text = "".join(f"250{'-' if line is not lines[-1] else ' '}{line}\r\n" for line in lines)
        self.answer("ehlo", text.encode())

    def on_helo(self, _: bytes) -> None:
        self.answer("helo", b"250 mail.clinic.example\r\n")

    def on_starttls(self, _: bytes) -> None:
        if self.answer("starttls", b"220 2.0.0 go ahead\r\n").startswith(b"220"):
            self._encrypt()

    def on_auth(self, rest: bytes) -> None:
        mechanism = rest.partition(b" ")[0]
        if mechanism.upper() == b"LOGIN":
            for prompt in (b"334 VXNlcm5hbWU6\r\n", b"334 UGFzc3dvcmQ6\r\n"):
                self.write(prompt)
                self.server.commands.append(self.read_line().decode())
        self.answer("auth", b"235 2.7.0 welcome\r\n")

    def on_mail(self, rest: bytes) -> None:
        if self.answer("mail", b"250 2.1.0 ok\r\n").startswith(b"250"):
            self.sender, self.recipients = _path(rest), []

    def on_rcpt(self, rest: bytes) -> None:
        if self.answer("rcpt", b"250 2.1.5 ok\r\n").startswith(b"250"):
            self.recipients.append(_path(rest).decode())

    def on_data(self, _: bytes) -> None:
        if not self.answer("data", b"354 go on\r\n").startswith(b"354"):
            return
        act = self.server.act_for("body")
        if act is not None and act.play(self, b"") is None:
            raise Over
        self.raw = self._read_letter()
        self._reply_to_dot()

    def _reply_to_dot(self) -> None:
        """As a real one does it: on disk first, and only then the answer."""
        act = self.server.act_for("dot")
        if act is None or act.takes_over:
            self.keep()
        usual = b"250 2.0.0 taken over\r\n"
        if act is None:
            self.write(usual)
        elif act.play(self, usual) is None:
            raise Over

    def keep(self) -> None:
        """Take the letter over."""
        self.server.keep(Accepted(self.sender.decode(), tuple(self.recipients), self.raw))

    def on_rset(self, _: bytes) -> None:
        self.answer("rset", b"250 2.0.0 ok\r\n")

    def on_quit(self, _: bytes) -> None:
        self.answer("quit", b"221 2.0.0 goodbye\r\n")
        raise Over

    def on_anything_else(self, _: bytes) -> None:
        self.answer("noop", b"500 5.5.2 what?\r\n")

    def write(self, data: bytes) -> None:
        self.sock.sendall(data)

    def read_line(self) -> bytes:
        while b"\r\n" not in self._heard:
            self._hear()
        line, _, self._heard = self._heard.partition(b"\r\n")
        return line

    def _read_letter(self) -> bytes:
        """Strictly: the end is CRLF dot CRLF; anything else is part of the letter."""
        while not self._heard.startswith(b".\r\n") and b"\r\n.\r\n" not in self._heard:
            self._hear()
        if self._heard.startswith(b".\r\n"):
            self._heard = self._heard[3:]
            return b""
        letter, _, self._heard = self._heard.partition(b"\r\n.\r\n")
        return re.sub(rb"(?:(?<=\r\n)|\A)\.", b"", letter) + b"\r\n"

    def _hear(self) -> None:
        heard = self.sock.recv(65_536)
        if not heard:
            raise Over
        self._heard += heard

    def _encrypt(self) -> None:
        assert self.server.certificate is not None
        bare = self.sock
        self.sock = self.server.certificate.wrap_socket(bare, server_side=True)
        self.server._open.discard(bare)
        self.server._open.add(self.sock)
        self._heard = b""


def _path(rest: bytes) -> bytes:
    found = PATH.match(rest)
    return found[1] if found else b"?"
