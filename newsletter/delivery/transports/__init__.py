"""Ways out of the house: practice inbox, maildir, mail server. Each hands over one letter and says what happened.

A transport belongs to one thread. It raises nothing from `send`: whatever goes wrong is an `Outcome`, because between
the gate and the final dot nothing that is ours may fail.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from newsletter.delivery.transports import urls
from newsletter.errors import Refused

if TYPE_CHECKING:
    from newsletter.db import Database

UNFIT = re.compile(r"[\s<>\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

Result = Literal["accepted", "deferred", "refused", "unwritten", "unknown"]
Blame = Literal["recipient", "sender", "server"]


class EnvelopeRefused(Refused):
    """An address that cannot stand in an SMTP command."""


@dataclass(frozen=True)
class Envelope:
    """Who hands what to whom. Build it before the gate: it raises EnvelopeRefused for an address that cannot travel.

    Addresses in wire form (`mail.wire_address`); an empty `sender` is the null path of bounces. `stream` decides the
    TLS policy; `subject` and `at` (the story's time) are for the practice inbox and file names only.
    """

    sender: str
    recipient: str
    stream: str
    smtputf8: bool
    subject: str
    at: datetime

    def __post_init__(self) -> None:
        for role, address in (("sender", self.sender), ("recipient", self.recipient)):
            if UNFIT.search(address) or (address and "@" not in address[1:]) or len(address) > 320:
                raise EnvelopeRefused(
                    f"the {role} is not one plain e-mail address; right would be reader@example.com"
                )
            if not address.isascii() and not self.smtputf8:
                raise EnvelopeRefused(f"the {role} is not ASCII: this letter needs SMTPUTF8")
        if not self.recipient:
            raise EnvelopeRefused("the letter has no recipient")


@dataclass(frozen=True)
class Outcome:
    """What became of one `send`.

    `accepted`: the other side has taken it over. `deferred`: it said no for now. `refused`: it said no for good.
    `unwritten`: provably never handed over in full. `unknown`: the final dot may have left, and no answer was read.

    `blame` says whom it is about: only *recipient* may ever count against an address; *sender* is our reputation,
    set-up or letter; *server* is the road itself (down, busy, login refused) and says nothing of this letter. `code`
    and `enhanced` are the server's, or None where no reply decided. `text` may hold an address: never log it.
    """

    kind: Result
    code: int | None
    enhanced: str | None
    text: str
    blame: Blame
    stage: str = ""


class Transport(Protocol):
    """One way out. `deadline`: the seconds that one `send` can take at most, in all."""

    deadline: float

    def send(self, envelope: Envelope, message: bytes) -> Outcome:
        """Hand over `message` (CRLF bytes) once. Raises nothing."""
        ...

    def close(self) -> None:
        """Say goodbye; never raises."""
        ...


def check_url(url: str) -> None:
    """Raise `urls.UrlRefused`, one clear line that never shows a password, unless `open_transport` would take `url`."""
    urls.check(url)


def open_transport(url: str, *, database: Database | None) -> Transport:
    """The transport for `url` (`inbox:`, `maildir:///path`, `smtp://…`, `smtps://…`). Raises UrlRefused.

    Nothing is connected yet. `database` is where `inbox:` keeps its letters. A scheme's module is imported when asked.
    """
    scheme = urls.check(url)
    if scheme == "inbox":
        if database is None:
            raise urls.UrlRefused("inbox: keeps its letters in the database, and none was given")
        inbox = importlib.import_module("newsletter.delivery.transports.inbox")
        return inbox.InboxTransport(database)  # type: ignore[no-any-return]
    if scheme == "maildir":
        maildir = importlib.import_module("newsletter.delivery.transports.maildir")
        return maildir.MaildirTransport(urls.maildir_path(url))  # type: ignore[no-any-return]
    smtp = importlib.import_module("newsletter.delivery.transports.smtp")
    return smtp.SmtpTransport(urls.smtp_place(url))  # type: ignore[no-any-return]
