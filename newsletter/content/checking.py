"""Pure: what a careful colleague would say before a letter goes out. Nothing here stops it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from newsletter.content import legibility, linking
from newsletter.content.scanning import scan

LONGEST_SUBJECT = 60
PREVIEW_TEXT = range(40, 101)
LARGE_HTML = 80_000
MOST_FAINT = 3
LONGEST_QUOTE = 40
CAPITALS = re.compile(r"[A-Z]{3,}(?:[\s,.:;!?-]+[A-Z]{3,}){2,}")
FILE_NAME = re.compile(
    r"\S+\.(?:jpe?g|png|gif|webp|heic)|(?:img|dsc|image|screenshot)[\s_-]*\d*", re.IGNORECASE
)
SIZE = re.compile(r"\d+ KB of HTML")
# What turns a note for patients into an offer. Care carries none: consent was given for care.
PROMOTION = re.compile(
    r"\d+\s?(?:%|percent)(?:\s+(?:off|less|discount))?|(?:[$€£]\s?\d+(?:[.,]\d+)*|\d+(?:[.,]\d+)*\s?(?:€|USD|EUR))"
    r"|\b(?:discount|voucher|coupon|gift card|special offer|offers?|deal|sale|promo(?:tion)?|bargain|free of charge"
    r"|limited time|last chance|only today|book now|buy|shop|price list|prices)\b",
    re.IGNORECASE,
)


def remarks(subject: str, preview_text: str, fragment: str, html: str) -> tuple[str, ...]:
    """One line per remark about the subject, the preview text, the body's fragment and the finished HTML."""
    reader = _Reader()
    reader.feed(fragment)
    reader.close()
    words = " ".join("".join(reader.words).split())
    found = (
        *_on_words(subject, preview_text),
        *_on_tone(subject, words),
        *reader.found,
        *_on_legibility(html),
        *_on_size(html),
    )
    return tuple(dict.fromkeys(found))


def promotion(text: str) -> tuple[str, ...]:
    """A line for what a note for patients should not say, in its subject, preview text or words."""
    found = dict.fromkeys(each[0].strip() for each in PROMOTION.finditer(text))
    quoted = ", ".join(f"“{each}”" for each in list(found)[:MOST_FAINT])
    return (f"a note for patients carries no offers and no prices: {quoted}",) if quoted else ()


def _on_tone(subject: str, words: str) -> Iterator[str]:
    letters = [each for each in subject if each.isalpha()]
    if len(letters) > 7 and all(each.isupper() for each in letters):
        yield "the subject is all in capitals, which looks like an advertisement"
    if shouted := CAPITALS.search(words):
        yield f"“{_short(shouted[0])}” is all in capitals; bold says as much, more quietly"
    count = subject.count("!") + words.count("!")
    if subject.count("!") > 1 or count > 3:
        yield f"{count} exclamation marks; one is plenty"


def _on_legibility(html: str) -> Iterator[str]:
    found = legibility.faint(html)
    for each in found[:MOST_FAINT]:
        when = " in dark mode" if each.dark else ""
        yield (
            f"“{_short(each.words)}” is hard to read{when}: its contrast is {each.contrast:.1f} to 1, "
            f"and {each.least:.1f} are needed"
        )
    if len(found) > MOST_FAINT:
        yield f"{len(found) - MOST_FAINT} more pieces of text are hard to read"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1].rstrip()}…"


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
    """Reads the body once: its words, its pictures, and each link with what it says."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.words: list[str] = []
        self.link: tuple[str, int] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "img":
            self._picture(
                given.get("alt", "").strip(), sized=bool(given.get("width") and given.get("height"))
            )
        elif tag == "a":
            self.link = (given.get("href", ""), len(self.words))
        self.words.append(" " if tag not in {"a", "b", "em", "i", "span", "strong", "u"} else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.link:
            href, start = self.link
            self.link = None
            if said := linking.remark(href, "".join(self.words[start:])):
                self.found.append(said)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def _picture(self, alt: str, *, sized: bool) -> None:
        if not alt:
            self.found.append("a picture has no description (alt text)")
        elif FILE_NAME.fullmatch(alt):
            self.found.append(f"“{_short(alt)}” is a picture's file name, not what it shows (alt text)")
        if not sized:
            self.found.append("a picture has no width and height")
