"""Pure: one letter as the bytes that leave the house (RFC 5322, MIME RFC 2045), the same bytes for the same letter.

The header is written by hand, line by line: the standard library folds a `List-Unsubscribe` URL of 76 characters into
an encoded word, where one-click dies silently, and a wider limit makes encoded words longer than RFC 2047 allows.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime
from typing import Literal

import idna

from newsletter.errors import Refused

Stream = Literal["marketing", "care", "account", "staff", "test"]

# C0, DEL, C1 (NEL among them), line and paragraph separators, and halves of characters that cannot be encoded.
FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\U0010ffff-]+"
LOCAL_PART = re.compile(rf"{ATOM}(?:\.{ATOM})*")
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
DOMAIN = re.compile(rf"{LABEL}(?:\.{LABEL})*")
MESSAGE_ID = r"<[!-;=?A-~]{1,200}@[!-;=?A-~]{1,200}>"
LINK = re.compile(r"https?://[!-;=?-~]{1,900}")
LINE_BREAK = re.compile(r"\r\n|\r|\n")
SPOKEN = 900  # an ASCII value up to here stays on one line; RFC 5322 ends lines at 998


class MailRefused(Refused):
    """A letter that must not leave as it is; the message names the header or the part."""


@dataclass(frozen=True)
class Mail:
    """All that a letter's bytes depend on. `date` is aware; addresses may be international.

    The stream decides which headers go out: `unsubscribe_*` and `list_id` never leave on *account* and *staff*.
    """

    message_id: str
    date: datetime
    from_name: str
    from_address: str
    to_address: str
    subject: str
    text: str
    html: str
    stream: Stream
    reply_to: str | None = None
    list_id: str | None = None
    unsubscribe_url: str | None = None
    unsubscribe_mailto: str | None = None
    feedback_id: str | None = None
    references: str | None = None


def compose(mail: Mail) -> bytes:
    """The letter with CRLF line ends; `From` is its first line. Raises MailRefused, naming the header or the part.

    Text first, then HTML (RFC 2046 5.1.4); a letter without HTML is a plain one.
    """
    head = "".join(f"{name}: {value}\r\n" for name, value in _headers(mail)).encode()
    text = _part("plain", mail.text)
    if not mail.html:
        return head + text
    # "=_" occurs in neither quoted-printable nor base64, so no body can contain the boundary.
    boundary = b"=_" + hashlib.sha256(mail.message_id.encode()).hexdigest()[:32].encode()
    opening = b"--" + boundary + b"\r\n"
    return b"".join(
        (
            head,
            b'Content-Type: multipart/alternative; boundary="' + boundary + b'"\r\n\r\n',
            opening + text,
            b"\r\n" + opening + _part("html", mail.html),
            b"\r\n--" + boundary + b"--\r\n",
        )
    )


def message_id(delivery_id: int, domain: str) -> str:
    """`<d.17@news.clinic.example>`: the same on every retry of one delivery."""
    return f"<d.{delivery_id}@{_ascii_domain('Message-ID', domain)}>"


def digest(message: bytes) -> str:
    """SHA-256 (hex) of the bytes a server keeps: CRLF, before dot-stuffing, ending in one line end."""
    return hashlib.sha256(message if message.endswith(b"\r\n") else message + b"\r\n").hexdigest()


def wire_address(address: str, field: str = "To") -> str:
    """`address` as an envelope carries it: an international domain as A-labels (IDNA 2008), the local part untouched.

    Raises MailRefused, naming `field`, for anything but one plain address.
    """
    _clean(field, address)
    local, at, domain = address.rpartition("@")
    if not at or len(local.encode()) > 64 or not LOCAL_PART.fullmatch(local) or re.search(r"\s", local):
        raise MailRefused(f"{field}: this is not one plain e-mail address; right would be reader@example.com")
    return f"{local}@{_ascii_domain(field, domain)}"


def needs_smtputf8(mail: Mail) -> bool:
    """Whether a local part in the header is not ASCII, so that every server on the way must know RFC 6531."""
    addresses = (mail.from_address, mail.to_address, mail.reply_to or "")
    return any(not address.rpartition("@")[0].isascii() for address in addresses)


def _headers(mail: Mail) -> list[tuple[str, str]]:
    if mail.date.tzinfo is None:
        raise MailRefused("Date: a moment without a time zone; give an aware one")
    rows = [
        ("From", _mailbox("From", mail.from_name, mail.from_address)),
        ("To", _mailbox("To", "", mail.to_address)),
        ("Subject", _spoken("Subject", mail.subject)),
        ("Date", format_datetime(mail.date)),
        ("Message-ID", _identifiers("Message-ID", mail.message_id, most=1)),
    ]
    if mail.reply_to:
        rows.append(("Reply-To", _mailbox("Reply-To", "", mail.reply_to)))
    if mail.references:
        rows.append(("References", _identifiers("References", mail.references, most=4)))
    rows += _list_headers(mail)
    if mail.feedback_id:
        rows.append(("Feedback-ID", _feedback_id(mail.feedback_id)))
    if mail.stream == "marketing":
        rows.append(("Precedence", "bulk"))
    return [*rows, ("Auto-Submitted", "auto-generated"), ("MIME-Version", "1.0")]


def _list_headers(mail: Mail) -> list[tuple[str, str]]:
    """RFC 2919, 2369 and 8058. One long line each: a folded URL is a dead one."""
    if mail.stream in ("account", "staff"):
        return []
    if mail.stream == "marketing" and not (mail.unsubscribe_url and mail.list_id):
        raise MailRefused("List-Unsubscribe: a marketing letter needs an unsubscribe link and a List-Id")
    rows = [("List-Id", _list_id(mail.list_id))] if mail.list_id else []
    if mail.unsubscribe_url:
        if not LINK.fullmatch(mail.unsubscribe_url):
            raise MailRefused("List-Unsubscribe: this is not a web address; right would be https://…/u/TOKEN")
        value = f"<{mail.unsubscribe_url}>"
        if mail.unsubscribe_mailto:
            value += f", <mailto:{wire_address(mail.unsubscribe_mailto, 'List-Unsubscribe')}>"
        rows += [("List-Unsubscribe", value), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")]
    return rows


def _mailbox(field: str, name: str, address: str) -> str:
    """One mailbox, whatever the name holds: a comma in it makes no second recipient."""
    wire = wire_address(address, field)
    _clean(field, name)
    name = name.strip()
    if _plain(name):
        local, _, domain = wire.rpartition("@")
        return str(Address(name, local, domain))  # an ASCII name is quoted where it must be
    return f"{_spoken(field, name)} <{wire}>"


def _list_id(value: str) -> str:
    _clean("List-Id", value)
    name, _, label = value.rpartition("<")
    if not DOMAIN.fullmatch(label.removesuffix(">")) or not label.endswith(">"):
        raise MailRefused("List-Id: right would be Clinic news <news.clinic.example>")
    phrase = name.strip()
    shown = str(Address(phrase, "list", "list")).rpartition("<")[0] if _plain(phrase) else ""
    return f"{shown.strip() or _spoken('List-Id', phrase)} <{label}".strip()


def _identifiers(field: str, value: str, *, most: int) -> str:
    if not re.fullmatch(rf"{MESSAGE_ID}(?: {MESSAGE_ID}){{0,{most - 1}}}", value):
        raise MailRefused(f"{field}: right would be <d.17@news.clinic.example>")
    return value


def _feedback_id(value: str) -> str:
    fields = value.split(":")
    if not re.fullmatch(r"[!-~]{1,200}", value) or len(fields) > 4 or not 5 <= len(fields[-1]) <= 15:
        raise MailRefused(
            "Feedback-ID: right would be campaign:list:class:sender, the last of 5 to 15 characters"
        )
    return value


def _spoken(field: str, value: str) -> str:
    """Words for people: as they are where they can be, else encoded words of at most 75 characters (RFC 2047)."""
    _clean(field, value)
    if _plain(value):
        return value
    return Header(value, "utf-8", header_name=field, maxlinelen=76).encode(linesep="\r\n")


def _plain(value: str) -> bool:
    """Whether a header can say it in ASCII on one line and be read back the same."""
    printable = re.fullmatch(rf"[ -~]{{0,{SPOKEN}}}", value) is not None
    return printable and "=?" not in value and value == value.strip()


def _clean(field: str, value: str) -> None:
    found = FORBIDDEN.search(value)
    if found:
        raise MailRefused(
            f"{field}: a control character (U+{ord(found[0]):04X}) cannot stand in a header; take it out"
        )


def _ascii_domain(field: str, domain: str) -> str:
    """A-labels of an international domain; an ASCII one as it was typed."""
    _clean(field, domain)
    try:
        name = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        name = ""
    if len(name) > 253 or not DOMAIN.fullmatch(name):
        raise MailRefused(f"{field}: this is not the name of a mail domain; right would be example.com")
    return name


def _part(kind: str, body: str) -> bytes:
    """A body part, in whichever encoding is shorter: quoted-printable for Latin text, base64 for most others."""
    lines = LINE_BREAK.sub("\n", body)
    try:
        data = (lines if lines.endswith("\n") else lines + "\n").encode()
    except UnicodeEncodeError as broken:
        raise MailRefused(f"the {kind} part: half a character (a lone surrogate) cannot be sent") from broken
    encoding, encoded = "quoted-printable", binascii.b2a_qp(data)
    packed = base64.encodebytes(data.replace(b"\n", b"\r\n"))
    if len(packed) < len(encoded):
        encoding, encoded = "base64", packed
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode() + encoded.replace(b"\n", b"\r\n")
