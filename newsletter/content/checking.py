"""Pure: what a careful colleague would say before a letter goes out. Nothing here stops it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

from newsletter.content.scanning import scan

LONGEST_SUBJECT = 60
PREVIEW_TEXT = range(40, 101)
LARGE_HTML = 80_000


def remarks(subject: str, preview_text: str, fragment: str, html: str) -> tuple[str, ...]:
    """One line per remark about the subject, the preview text, the body's fragment and the finished HTML."""
    reader = _Reader()
    reader.feed(fragment)
    return (*_on_words(subject, preview_text), *reader.found, *_on_size(html))


def _on_words(subject: str, preview_text: str) -> list[str]:
    found, length = [], _length(preview_text)
    if _length(subject) > LONGEST_SUBJECT:
        found.append(f"the subject has {_length(subject)} characters; phones show about {LONGEST_SUBJECT}")
    if not length:
        found.append("preview text missing")
    elif length not in PREVIEW_TEXT:
        found.append(f"the preview text has {length} characters; 40 to 100 read well")
    return found


def _on_size(html: str) -> list[str]:
    size = len(html.encode())
    return [f"{size // 1000} KB of HTML; Gmail cuts off at 102 KB"] if size > LARGE_HTML else []


def _length(text: str) -> int:
    """How long it reads, about: a printed field counts as ten characters."""
    return sum(
        len(piece.text) if piece.kind == "text" else 10 * (piece.kind == "variable")
        for piece in scan(text, "")
    )


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "img" and not (given.get("alt") or "").strip():
            self.found.append("a picture has no description (alt text)")
        if tag == "img" and not (given.get("width") and given.get("height")):
            self.found.append("a picture has no width and height")
        if tag == "a":
            self._link(given.get("href") or "")

    def _link(self, href: str) -> None:
        address = urlsplit(href)
        if not href:
            self.found.append("a link has no address that a reader can open")
        elif re.fullmatch(r"localhost|127\..*|\[?::1\]?|.*\.local", address.hostname or ""):
            self.found.append(f"{href} leads to this computer only")
        elif address.scheme == "http":
            self.found.append(f"{href} is not encrypted; right would be https://")
