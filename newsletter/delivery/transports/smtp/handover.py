"""One letter over an open connection: MAIL, RCPT, DATA, the body, the dot; and what each answer means.

Until the dot is written the letter provably was not handed over. From then on only an answer that we read decides.
"""

from __future__ import annotations

import re

from newsletter.delivery.retries import judge
from newsletter.delivery.transports import Blame, Envelope, Outcome, Result
from newsletter.delivery.transports.smtp.opening import BROKEN, Limits
from newsletter.delivery.transports.smtp.wire import Budget, Lost, Reply, Wire, why

BARE = re.compile(rb"\r(?!\n)|(?<!\r)\n")
LINE_START_DOT = re.compile(rb"^\.", re.MULTILINE)
LONGEST_LINE = 998  # RFC 5322 2.1.1


def unfit(message: bytes) -> str:
    """Why no server may be shown `message`, or "". A bare CR or LF is how a second letter is smuggled in."""
    if BARE.search(message):
        return "the letter holds a bare CR or LF; its line ends must be CRLF"
    if max(map(len, message.split(b"\r\n"))) > LONGEST_LINE:
        return f"the letter holds a line of more than {LONGEST_LINE} bytes"
    return ""


def hand_over(wire: Wire, limits: Limits, envelope: Envelope, message: bytes) -> Outcome:
    """Do it once. Raises Lost or OSError where nothing was handed over; `wire.usable` says whether it may go on."""
    parameters = _parameters(wire, envelope, message)
    if isinstance(parameters, Outcome):
        return parameters
    for stage, command, limit, good in (
        ("mail", f"MAIL FROM:<{envelope.sender}>{parameters}", limits.command, 2),
        ("rcpt", f"RCPT TO:<{envelope.recipient}>", limits.command, 2),
        ("data", "DATA", limits.data, 3),
    ):
        reply = wire.say(stage, command, limit)
        if reply.code < 400 and reply.code // 100 != good:
            raise Lost(f"the server is out of step: {reply.code} to {stage.upper()}")
        if reply.code >= 400:
            _start_over(wire, limits, reply)
            return _refusal(stage, reply)
    return _body(wire, limits, message) or _dot(wire, limits)


def _parameters(wire: Wire, envelope: Envelope, message: bytes) -> str | Outcome:
    """What MAIL must say about the letter (RFC 1870, 6152, 6531), or that this server cannot carry it."""
    wire.stage = "mail"
    spoken = ""
    if wire.has_extn("size"):
        most = wire.esmtp_features["size"]
        if most.isdecimal() and 0 < int(most[:18]) < len(message):
            return Outcome(
                "refused",
                None,
                None,
                f"the letter has {len(message)} bytes; the server takes {most}",
                "sender",
                "mail",
            )
        spoken += f" SIZE={len(message)}"
    if envelope.smtputf8:
        if not wire.has_extn("smtputf8"):
            text = "the address needs SMTPUTF8, and the mail server does not offer it"
            return Outcome("refused", None, None, text, "recipient", "mail")
        spoken += " SMTPUTF8"
    if not message.isascii():
        if not wire.has_extn("8bitmime"):
            return Outcome("refused", None, None, "the mail server takes no 8-bit letters", "sender", "mail")
        spoken += " BODY=8BITMIME"
    return spoken


def _body(wire: Wire, limits: Limits, message: bytes) -> Outcome | None:
    """Write all but the dot. A server that speaks now is out of turn: it refuses, or its word is worth nothing."""
    wire.stage, wire.limit = "body", limits.block
    ended = message if message.endswith(b"\r\n") else message + b"\r\n"
    try:
        wire.send(LINE_START_DOT.sub(b"..", ended))
    except OSError:
        last_words = _last_words(wire, limits)
        if last_words:
            return last_words
        raise
    if not wire.spoke_early():
        return None
    last_words = _last_words(wire, limits)
    if last_words:
        return last_words
    raise Lost("the server is out of step: it answered before the end")


def _last_words(wire: Wire, limits: Limits) -> Outcome | None:
    """Why it hung up in the middle, if it said so."""
    wire.usable = False
    try:
        reply = wire.listen("body", limits.aside)
    except BROKEN:
        return None
    return _refusal("body", reply) if reply.code >= 400 else None


def _dot(wire: Wire, limits: Limits) -> Outcome:
    """The moment after which only an answer counts. It has its own time: giving up early is how doubles are made."""
    wire.budget = Budget(limits.dot)
    try:
        reply = wire.say("dot", ".", limits.dot)
    except BROKEN as broken:
        wire.usable = False
        return Outcome("unknown", None, None, f"no answer to the last dot: {why(broken)}", "server", "dot")
    wire.letters += 1
    if reply.code // 100 == 2:
        return Outcome("accepted", reply.code, reply.enhanced, reply.text, "server", "dot")
    if reply.code // 100 == 3:
        wire.usable = False
        return Outcome(
            "unknown",
            reply.code,
            None,
            f"no sense in the answer to the last dot: {reply.text}",
            "server",
            "dot",
        )
    wire.usable = wire.usable and reply.code != 421
    return _refusal("dot", reply)


def _start_over(wire: Wire, limits: Limits, reply: Reply) -> None:
    """RSET, so that the next letter finds a clean table; 421 says that the server is leaving (RFC 5321 3.8)."""
    if reply.code == 421:
        wire.usable = False
        return
    stage = wire.stage
    try:
        wire.usable = wire.say("rset", "RSET", limits.aside).code == 250 and wire.usable
    except BROKEN:
        wire.usable = False
    wire.stage = stage


def _refusal(stage: str, reply: Reply) -> Outcome:
    """A 4xx or 5xx. That we must log in or encrypt first (530, 538) is a mistake of our settings, not of any letter."""
    settings = reply.code in (530, 534, 535, 538)
    kind: Result = "deferred" if reply.code < 500 or settings else "refused"
    blame: Blame = "server" if settings or reply.code == 421 else _blame(stage, reply)
    return Outcome(kind, reply.code, reply.enhanced, reply.text, blame, stage)


def _blame(stage: str, reply: Reply) -> Blame:
    """Whom it is about. MAIL is never about the recipient; after the dot only plain words about her are."""
    kind = judge(reply.code, reply.enhanced, reply.text).kind
    if kind == "block":
        return "sender"
    if stage == "mail":
        return "server" if reply.code < 500 else "sender"
    if stage == "rcpt" or kind != "soft":
        return "recipient"
    return "server" if reply.code < 500 else "sender"
