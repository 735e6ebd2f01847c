"""`smtp://` and `smtps://`: one letter at a time over one connection that is kept while it is good.

On `smtplib`, with deadlines and a clear line between *never handed over* and *nobody knows*.
"""

from __future__ import annotations

import contextlib
import socket
import ssl

from newsletter.clock import ticks
from newsletter.delivery.transports import Envelope, Outcome
from newsletter.delivery.transports.smtp import tls
from newsletter.delivery.transports.smtp.handover import hand_over, unfit
from newsletter.delivery.transports.smtp.opening import BROKEN, Limits, NotOpen, Road, open_wire
from newsletter.delivery.transports.smtp.wire import Budget, Wire, why
from newsletter.delivery.transports.urls import SmtpPlace

MOST_LETTERS = 100  # many servers close after so many
IDLE_SECONDS = 30.0
LOGIN_PAUSE = 900.0  # a refused login is not tried again before: accounts get locked


class SmtpTransport:
    """A mail server, for one thread. `patience` scales every time limit (tests give less than 1).

    `trust` is whose certificates count (this machine's by default); `hello` the name to give at EHLO (this machine's
    full name, or its address as a literal). A refused login is remembered: for `login_pause` seconds every letter is
    deferred without a connection.
    """

    def __init__(
        self,
        place: SmtpPlace,
        *,
        patience: float = 1.0,
        trust: ssl.SSLContext | None = None,
        hello: str | None = None,
        login_pause: float = LOGIN_PAUSE,
    ) -> None:
        limits = Limits().scaled(patience)
        self.deadline = limits.whole
        self._road = Road(place, limits, trust or tls.verifying(), hello or _full_name())
        self._wire: Wire | None = None
        self._login_pause = login_pause
        self._barred: tuple[float, Outcome] | None = None

    def send(self, envelope: Envelope, message: bytes) -> Outcome:
        """Hand over once. A kept connection that turns out to be dead before it took anything is replaced, once."""
        mistake = unfit(message)
        if mistake:
            return Outcome("refused", None, None, mistake, "sender", "message")
        if self._barred and ticks() < self._barred[0]:
            return self._barred[1]
        need = tls.need(self._road.place, envelope.stream)
        budget = Budget(self._road.limits.before)
        kept = self._keep_if_good(need)
        outcome = self._once(envelope, message, need, budget)
        if kept and outcome.stage == "mail" and (outcome.kind == "unwritten" or outcome.code == 421):
            outcome = self._once(envelope, message, need, budget)
        return outcome

    def close(self) -> None:
        """QUIT, if the server still listens."""
        if self._wire is not None:
            self._wire.budget = Budget(self._road.limits.aside)
            with contextlib.suppress(*BROKEN):
                self._wire.say("quit", "QUIT", self._road.limits.aside)
            self._drop()

    def _once(self, envelope: Envelope, message: bytes, need: tls.Need, budget: Budget) -> Outcome:
        try:
            wire = self._wire = self._wire or open_wire(self._road, need, budget)
        except NotOpen as closed:
            if closed.login:
                self._barred = (ticks() + self._login_pause, closed.outcome)
            return closed.outcome
        wire.budget = budget
        try:
            return hand_over(wire, self._road.limits, envelope, message)
        except BROKEN as broken:
            wire.usable = False
            text = f"the connection broke ({wire.stage}): {why(broken)}"
            return Outcome("unwritten", None, None, text, "server", wire.stage)
        finally:
            wire.rested_at = ticks()
            if not wire.usable:
                self._drop()

    def _keep_if_good(self, need: tls.Need) -> bool:
        """Whether a connection is open, young, rested for a short time only, and proven enough for this letter."""
        wire = self._wire
        if wire is None:
            return False
        fresh = wire.letters < MOST_LETTERS and ticks() - wire.rested_at < IDLE_SECONDS
        if fresh and (wire.verified or not need.verified):
            return True
        self.close()
        return False

    def _drop(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None


def _full_name() -> str | None:
    """This machine's name if it is a full one (RFC 5321 4.1.4); never asks the network."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else None


__all__ = ["SmtpTransport"]
