"""Pure: what a mail URL says. A complaint about one never repeats it, because it may hold a password."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from newsletter.errors import Refused

SCHEMES = ("inbox", "maildir", "smtp", "smtps")
POLICIES = ("required", "opportunistic", "none")
TlsPolicy = Literal["required", "opportunistic", "none"]


class UrlRefused(Refused):
    """A mail URL that names no way out; the message says what would be right."""


@dataclass(frozen=True)
class SmtpPlace:
    """Where a mail server is, and on which terms we talk to it. `implicit`: TLS from the first byte (smtps)."""

    host: str
    port: int
    tls: TlsPolicy
    implicit: bool = False
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def loopback(self) -> bool:
        """Whether the way never leaves this machine."""
        return is_loopback(self.host)


def check(url: str) -> str:
    """The scheme of `url`. Raises UrlRefused with one line that says what would be right."""
    scheme, colon, rest = url.partition(":")
    if not colon or scheme not in SCHEMES:
        raise UrlRefused(
            "this mail URL is not known; right would be inbox:, smtp://user:pass@host:587, smtps://… or maildir:///path"
        )
    if scheme == "inbox" and rest:
        raise UrlRefused("inbox: takes nothing after the colon")
    if scheme == "maildir":
        maildir_path(url)
    if scheme in ("smtp", "smtps"):
        smtp_place(url)
    return scheme


def maildir_path(url: str) -> Path:
    """The folder that `maildir:///path` names. Raises UrlRefused."""
    parts = _split(url)
    path = unquote(parts.path)
    if (
        parts.netloc
        or parts.query
        or parts.fragment
        or not path.startswith("/")
        or "\0" in path
        or path == "/"
    ):
        raise UrlRefused("a maildir is named by its full path; right would be maildir:///var/mail/newsletter")
    return Path(path)


def smtp_place(url: str) -> SmtpPlace:
    """The server that `smtp://` or `smtps://` names. Raises UrlRefused.

    Default ports: 465 for smtps, 587 with a login, else 25. Default policy: `required`, on loopback `none`.
    """
    parts = _split(url)
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError as broken:
        raise UrlRefused("the port of the mail server is not a number from 1 to 65535") from broken
    if not host or port == 0 or parts.path not in ("", "/") or parts.fragment:
        raise UrlRefused("the mail URL names no server; right would be smtp://user:pass@host:587")
    try:
        host.encode("idna")  # as the resolver will
    except UnicodeError as broken:
        raise UrlRefused("the mail URL's host cannot be the name of a machine") from broken
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password) or "\0" in user + password:
        raise UrlRefused("a login is a name and a password; right would be smtp://user:pass@host:587")
    implicit = parts.scheme == "smtps"
    tls = _policy(parts.query, implicit=implicit, loopback=is_loopback(host))
    if user and tls == "none" and not is_loopback(host):
        raise UrlRefused(
            "a password never travels in the clear: tls=none goes without a login, or on loopback"
        )
    return SmtpPlace(host, port or (465 if implicit else 587 if user else 25), tls, implicit, user, password)


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine by name or address. A name is not looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _policy(query: str, *, implicit: bool, loopback: bool) -> TlsPolicy:
    given = parse_qsl(query, keep_blank_values=True)
    unknown = [name for name, _ in given if name != "tls"]
    if unknown or len(given) > 1:
        raise UrlRefused("only ?tls=required, ?tls=opportunistic or ?tls=none may follow a mail server")
    policy = given[0][1] if given else "none" if loopback and not implicit else "required"
    if policy not in POLICIES:
        raise UrlRefused("tls is required, opportunistic or none")
    if implicit and policy != "required":
        raise UrlRefused("smtps:// is TLS from the first byte: leave ?tls= out, or say required")
    return cast("TlsPolicy", policy)


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as broken:
        raise UrlRefused("the mail URL cannot be read; right would be smtp://user:pass@host:587") from broken
