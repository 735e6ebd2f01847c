"""Pure: where HTML's tags and comments are in a text, found as the HTML standard's tokenizer finds them (13.2.5).

Only places are noted. What a broken page means is decided by `trees`; what it says is never changed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Literal

from newsletter.content.refusals import ContentRefused

MOST_ATTRIBUTES = 1_000
OPENING = re.compile(r"<(?:(!--)|([!?])|(/?)([a-zA-Z][^\s/>]*)|(/))")
COMMENT_END = re.compile(r"--!?>")
SPACE = re.compile(r"[\s/]*")
NAME = re.compile(r"[^\s/>][^\s/>=]*")
EQUALS = re.compile(r"\s*=\s*")
BARE = re.compile(r"[^\s>]*")
# Their content is text up to their own end tag (13.1.2.1, 13.2.6.4); nothing in it is markup.
RAW = {"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"}
RAW_END = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in RAW}
VOID = set("area base br col embed hr img input link meta param source track wbr".split())


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: `start` to `end` is all of it, `inner` the place of its value without quotes."""

    value: str
    start: int
    end: int
    inner: tuple[int, int]
    quote: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag, an end tag or a comment, from `start` to `end`. Names are in lower case.

    For an element of raw text `content` is the place of that text, and `close` where its end tag ends.
    """

    kind: Literal["start", "end", "comment"]
    start: int
    end: int
    name: str = ""
    attributes: dict[str, Attribute] = field(default_factory=dict)
    closed: bool = False
    content: tuple[int, int] | None = None
    close: int = 0

    def get(self, name: str) -> str:
        """The value of an attribute, or ''."""
        found = self.attributes.get(name)
        return found.value if found else ""


def scan(html: str) -> Iterator[Tag]:
    """Every tag and comment in order. A tag that is never finished ends the document, as in a browser.

    Raises ContentRefused for an element with more attributes than any needs.
    """
    position = 0
    while found := OPENING.search(html, position):
        start = found.start()
        if found[1]:
            tag = _comment(html, start)
        elif found[4]:
            unfinished = _tag(html, start, found.end(), found[4].lower(), closing=bool(found[3]))
            if unfinished is None:
                return
            tag = unfinished
        else:
            end = html.find(">", found.end()) + 1 or len(html)
            tag = Tag("comment", start, end)
        yield tag
        position = tag.close or tag.end


def _comment(html: str, start: int) -> Tag:
    for short in ("<!-->", "<!--->"):
        if html.startswith(short, start):
            return Tag("comment", start, start + len(short))
    found = COMMENT_END.search(html, start + 4)
    return Tag("comment", start, found.end() if found else len(html))


def _tag(html: str, start: int, position: int, name: str, *, closing: bool) -> Tag | None:
    attributes: dict[str, Attribute] = {}
    number = 0
    while True:
        found = SPACE.match(html, position)
        position = found.end() if found else position
        if position >= len(html):
            return None
        if html[position] == ">":
            break
        read = _attribute(html, position)
        if read is None:
            return None
        attributes.setdefault(read[0], read[1])
        number += 1
        if number > MOST_ATTRIBUTES:
            raise ContentRefused(
                f"<{name}> has more than {MOST_ATTRIBUTES} attributes; no element needs them"
            )
        position = read[1].end
    end, closed = position + 1, html[position - 1] == "/"
    if closing:
        return Tag("end", start, end, name)
    if name not in RAW:
        return Tag("start", start, end, name, attributes, closed)
    stop = RAW_END[name].search(html, end)
    after = stop.start() if stop else len(html)
    close = html.find(">", after) + 1 or len(html)
    return Tag("start", start, end, name, attributes, closed, (end, after), close)


def _attribute(html: str, start: int) -> tuple[str, Attribute] | None:
    named = NAME.match(html, start)
    if named is None:  # cannot be: the caller stands on something that is neither space, slash nor bracket
        return None
    name, position = named[0].lower(), named.end()
    equals = EQUALS.match(html, position)
    if not equals:
        return name, Attribute("", start, position, (position, position), "")
    position = equals.end()
    quote = html[position : position + 1]
    if quote in {'"', "'"}:
        end = html.find(quote, position + 1)
        if end < 0:
            return None
        return name, Attribute(unescape(html[position + 1 : end]), start, end + 1, (position + 1, end), quote)
    bare = BARE.match(html, position)
    end = bare.end() if bare else position
    return name, Attribute(unescape(html[position:end]), start, end, (position, end), "")
