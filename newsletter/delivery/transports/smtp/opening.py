"""From nothing to a connection that may carry a letter: dial, greeting, hello, TLS, login."""

from __future__ import annotations

import base64
import smtplib
import ssl
from dataclasses import dataclass

from newsletter.delivery.transports import Outcome
from newsletter.delivery.transports.smtp import tls
from newsletter.delivery.transports.smtp.wire import Budget, Lost, Reply, Wire, why
from newsletter.delivery.transports.urls import SmtpPlace

BROKEN = (OSError, Lost, smtplib.SMTPException)


@dataclass(frozen=True)
class Limits:
    """Seconds (RFC 5321 4.5.3.2). All before the final dot shares `before`; the answer to the dot has its own."""

    dial: float = 30.0
    command: float = 300.0
    data: float = 120.0
    block: float = 180.0
    before: float = 300.0
    dot: float = 600.0
    aside: float = 5.0  # RSET and QUIT: nothing depends on them

    def scaled(self, patience: float) -> Limits:
        """Every limit times `patience`."""
        return Limits(*(seconds * patience for seconds in vars(self).values()))

    @property
    def whole(self) -> float:
        """The longest that one letter can take."""
        return self.before + self.dot + 2 * self.aside


class NotOpen(Exception):
    """No letter can be handed over now; `outcome` says why. `login`: the server refused our name and password."""

    def __init__(self, outcome: Outcome, *, login: bool = False) -> None:
        super().__init__(outcome.text)
        self.outcome = outcome
        self.login = login


@dataclass(frozen=True)
class Road:
    """All that opening a connection depends on. `trust`: whose certificates count."""

    place: SmtpPlace
    limits: Limits
    trust: ssl.SSLContext
    hello: str | None


def open_wire(road: Road, need: tls.Need, budget: Budget) -> Wire:
    """A connection that meets `need`, logged in if the place has a login. Raises NotOpen."""
    wire = Wire(road.hello, budget)
    try:
        _open(wire, road, need)
    except BROKEN as broken:
        wire.close()
        text = f"the mail server cannot be used ({wire.stage}): {why(broken)}"
        raise NotOpen(Outcome("unwritten", None, None, text, "server", wire.stage)) from broken
    except NotOpen:
        wire.close()
        raise
    return wire


def _open(wire: Wire, road: Road, need: tls.Need) -> None:
    place, limits = road.place, road.limits
    wire.dial(place.host, place.port, limits.dial)
    if place.implicit:
        wire.stage = "tls"
        wire.encrypt(road.trust, place.host, limits.command)
    greeting = wire.listen("greeting", limits.command)
    if greeting.code != 220:
        raise _unwelcome(greeting, "greeting")
    _hello(wire, limits)
    if not place.implicit and (need.encrypted or place.tls == "opportunistic"):
        _start_tls(wire, road, need)
    if place.user:
        _login(wire, place, limits)


def _hello(wire: Wire, limits: Limits) -> None:
    """EHLO, or HELO for a server that knows no other. Due again after TLS: RFC 3207 4.2."""
    wire.stage, wire.limit = "hello", limits.command
    reply = Reply.read(*wire.ehlo())
    if reply.code // 100 == 5:
        reply = Reply.read(*wire.helo())
    if reply.code // 100 != 2:
        raise _unwelcome(reply, "hello")


def _start_tls(wire: Wire, road: Road, need: tls.Need) -> None:
    if not wire.has_extn("starttls"):
        if not need.encrypted:
            return
        text = "the mail server offers no STARTTLS, and this letter needs a connection that nobody reads"
        raise NotOpen(Outcome("deferred", None, None, text, "server", "tls"))
    reply = wire.say("tls", "STARTTLS", road.limits.command)
    if reply.code != 220:
        raise _unwelcome(reply, "tls")
    wire.encrypt(road.trust if need.verified else tls.unverified(), road.place.host, road.limits.command)
    _hello(wire, road.limits)
    wire.stage = "tls"


def _login(wire: Wire, place: SmtpPlace, limits: Limits) -> None:
    """One try, by PLAIN (RFC 4616) or else LOGIN: trying them all in turn is how accounts get locked."""
    offered = wire.esmtp_features.get("auth", "").upper().split()
    name, word = _base64(place.user), _base64(place.password)
    if "PLAIN" in offered:
        steps = [f"AUTH PLAIN {_base64(f'{chr(0)}{place.user}{chr(0)}{place.password}')}"]
    elif "LOGIN" in offered:
        steps = ["AUTH LOGIN", name, word]
    else:
        text = "the mail server offers no login that we know (PLAIN, LOGIN)"
        raise NotOpen(Outcome("deferred", None, None, text, "server", "login"), login=True)
    for step in steps:
        reply = wire.say("login", step, limits.command)
        if reply.code // 100 not in (2, 3):
            break
    if reply.code // 100 == 2:
        return
    text = f"the mail server refused our login, check NEWSLETTER_MAIL_URL: {reply.code} {reply.text}"
    outcome = Outcome("deferred", reply.code, reply.enhanced, text, "server", "login")
    raise NotOpen(outcome, login=reply.code // 100 == 5)


def _unwelcome(reply: Reply, stage: str) -> NotOpen:
    text = f"the mail server does not want to talk ({stage}): {reply.code} {reply.text}"
    return NotOpen(Outcome("deferred", reply.code, reply.enhanced, text, "server", stage))


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
