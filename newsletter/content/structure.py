"""Pure: a last look at the finished HTML, tags still words: what links to where, and whether each tag stands well.

An `if` that opens inside one element and closes inside another would leave broken HTML behind for some readers only;
it is found here, once, before anybody gets it.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from newsletter.content.refusals import ContentRefused
from newsletter.content.tokens import PLACES, Tokens
from newsletter.content.values import OPENABLE

ADDRESSES = {"href", "src"}
WORDS = {"alt", "title"}
URL_TAG = re.compile(r"\{\{-?\s*([a-z][a-z0-9_]*\.)?[a-z0-9_]*_url\s*-?\}\}")


def links(html: str, tokens: Tokens) -> tuple[str, ...]:
    """Every link's target in order, each once: a plain address, or one field as `{{ booking_url }}`.

    Raises ContentRefused (a MergeRefused with its line where a tag is to blame) for a tag in a place where it cannot
    work, for blocks that straddle elements, and for a target that is neither.
    """
    walk = _Walk(tokens)
    walk.through(lxml_html.document_fromstring(html))
    return tuple(dict.fromkeys(walk.targets))


class _Walk:
    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.targets: list[str] = []
        self.opened: list[tuple[int, object]] = []

    def through(self, root: Any) -> None:
        for event, element in etree.iterwalk(root, events=("start", "end", "comment")):
            if event == "start":
                for name, value in element.attrib.items():
                    self._attribute(element, name, value)
                self._text(element.text, None if element.tag == "style" else element)
            elif event == "comment":
                self._text(element.text, None)
            if event != "start":
                self._text(element.tail, element.getparent())

    def _attribute(self, element: Any, name: str, value: str) -> None:
        if name in ADDRESSES:
            self._address(element, name, value)
        else:
            self._text(value, (element, name) if name in WORDS else None)

    def _address(self, element: Any, name: str, value: str) -> None:
        numbers = self.tokens.numbers(value)
        if numbers:
            tag = self.tokens.tags[numbers[0]].text
            if re.sub(self.tokens.word, "", value) or len(numbers) > 1 or not URL_TAG.fullmatch(tag):
                raise self.tokens.complaint(
                    numbers[0],
                    "makes up an address; an address is written out, or is one single field such as {{ booking_url }}",
                )
            value = tag
        elif not OPENABLE.fullmatch(value) or (name == "src" and not value.lower().startswith("http")):
            raise ContentRefused(
                f"“{value[:80]}” is not an address that a reader can open; right would be https://…"
            )
        if element.tag == "a":
            self.targets.append(value)

    def _text(self, text: str | None, place: object) -> None:
        for number in self.tokens.numbers(text or ""):
            if place is None:
                raise self.tokens.complaint(number, f"cannot work where it stands; {PLACES}")
            self._place(number, place)

    def _place(self, number: int, place: object) -> None:
        word = self.tokens.tags[number].word
        if word in {"if", "for"}:
            self.opened.append((number, place))
        elif word and self.opened:
            opener, where = self.opened[-1]
            if where != place:
                raise self.tokens.complaint(
                    opener,
                    f"and {self.tokens.tags[number].text} stand in different parts; keep both around whole parts",
                )
            if word in {"endif", "endfor"}:
                self.opened.pop()
