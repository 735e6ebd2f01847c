"""Pure: the bytes of one letter as a mail program would show them. Nothing is loaded, nothing is run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import TYPE_CHECKING

from lxml import etree
from lxml import html as trees

if TYPE_CHECKING:
    from newsletter.delivery.models import PracticeLetter

LONGEST_PREVIEW = 140
# What designs put behind a preview text so that the body does not follow it.
FILLERS = re.compile("[\u00a0\u00ad\u034f\u200b-\u200f\u2007\u2060\ufeff]+")
PADDING = re.compile(rf"(?:{FILLERS.pattern} ?){{20}}")
DARK_RULE = re.compile(r"\(\s*prefers-color-scheme\s*:\s*dark\s*\)", re.IGNORECASE)
LIGHT_RULE = re.compile(r"\(\s*prefers-color-scheme\s*:\s*light\s*\)", re.IGNORECASE)
ALWAYS, NEVER = "(min-width: 0)", "(max-width: 0)"
HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class Letter:
    """One letter of the practice inbox, taken apart. `raw` is the bytes as received, as text."""

    id: int
    sender: str
    sender_name: str
    recipient: str
    subject: str
    stream: str
    received_at: datetime
    preview: str
    text: str
    html: str
    raw: str


def read(row: PracticeLetter) -> Letter:
    """Take one letter apart; broken bytes give empty parts, never a failure."""
    message = message_from_bytes(row.raw, _class=EmailMessage, policy=default)
    html, text = _part(message, "html"), _part(message, "plain")
    sender = str(message.get("From", row.sender))
    return Letter(
        id=row.id,
        sender=sender,
        sender_name=sender.partition("<")[0].strip(' "') or row.sender,
        recipient=row.recipient,
        subject=row.subject,
        stream=row.stream,
        received_at=row.received_at,
        preview=preview(html, text),
        text=text,
        html=html,
        raw=row.raw.decode("utf-8", "replace"),
    )


def framed(html: str, *, dark: bool) -> str:
    """`html` for the frame: every link opens a new tab, and it is dark or light as asked, whatever this computer is."""
    seen, unseen = (DARK_RULE, LIGHT_RULE) if dark else (LIGHT_RULE, DARK_RULE)
    colored = unseen.sub(NEVER, seen.sub(ALWAYS, html))
    scheme = "dark" if dark else "light"
    extra = f'<base target="_blank"><style>:root {{ color-scheme: {scheme} only !important }}</style>'
    head = HEAD.search(colored)
    at = head.end() if head else 0
    return colored[:at] + extra + colored[at:]


def _part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    if body is None:
        return ""
    try:
        return str(body.get_content())
    except (LookupError, UnicodeError, ValueError):
        return ""


def preview(html: str, text: str) -> str:
    """What stands beside the subject in an inbox: the first words of the body, hidden ones included, up to padding."""
    seen = PADDING.split(_words(html) or text, maxsplit=1)[0]
    words = " ".join(FILLERS.sub(" ", seen).split())
    return words if len(words) <= LONGEST_PREVIEW else words[:LONGEST_PREVIEW].rsplit(" ", 1)[0] + " …"


def _words(html: str) -> str:
    if not html.strip():
        return ""
    try:
        tree = trees.document_fromstring(html.encode(), parser=trees.HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError):
        return ""
    for unread in tree.xpath("//head | //style | //script | //comment()"):
        unread.drop_tree()
    return " ".join(tree.itertext())
