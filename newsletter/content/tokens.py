"""Pure: merge tags travel as plain words while Markdown, nh3, the design and premailer work on the text around them.

Seen otherwise: `{{ url }}` in a link became `{{%20url%20}}`, `n > 1` became `n &gt; 1`, quotes became `&#34;`, and a
declaration with a field vanished without a word. A word of lower-case letters and digits survives everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import count

from newsletter.content.refusals import MergeRefused
from newsletter.content.scanning import Piece, scan

PLACES = "a tag may stand in text, be a link's whole address, or be part of an alt text"


class Tokens:
    """The tags of one e-mail, numbered as they came. Built from the texts that its words must not occur in."""

    def __init__(self, texts: Iterable[str]) -> None:
        everything = "\n".join(texts)
        self.mark = next(mark for mark in (f"qz{n}q" for n in count()) if mark not in everything)
        self.word = rf"{self.mark}\d{{5}}z"
        self.tags: list[Piece] = []
        self._names: list[str] = []

    def protect(self, source: str, name: str) -> tuple[str, range]:
        """`source` with a word for each tag, comments left out, and the numbers of its tags. Raises MergeRefused."""
        first = len(self.tags)
        text = "".join(self._kept(piece, name) for piece in scan(source, name))
        return text, range(first, len(self.tags))

    def numbers(self, text: str) -> list[int]:
        """The tags in `text`, in order."""
        return [self.number(word) for word in re.findall(self.word, text)]

    def number(self, word: str) -> int:
        """The number of one word."""
        return int(word[len(self.mark) : -1])

    def is_block(self, text: str) -> bool:
        """Whether `text` is nothing but `{% %}` tags and space."""
        found = self.numbers(text)
        return (
            bool(found)
            and not re.sub(self.word, "", text).strip()
            and all(self.tags[number].kind == "block" for number in found)
        )

    def check(self, text: str, expected: range) -> None:
        """Raise MergeRefused, naming tag and line, unless each expected tag is in `text` once and in order."""
        found = [number for number in self.numbers(text) if number in expected]
        for number in expected:
            if number not in found:
                raise self.complaint(number, f"got lost in the layout; {PLACES}")
        for place, number in enumerate(found):
            if number != expected[min(place, len(expected) - 1)]:
                raise self.complaint(
                    number, "came back in another place; keep tags out of the HTML's own tags"
                )

    def complaint(self, number: int, problem: str) -> MergeRefused:
        """A failure about one tag."""
        tag = self.tags[number]
        return MergeRefused(f"{tag.text} {problem}", name=self._names[number], line=tag.line)

    def restore(self, text: str) -> str:
        """`text` with its tags back."""
        return re.sub(self.word, lambda word: self.tags[self.number(word[0])].text, text)

    def field(self, name: str) -> str:
        """A word for a printed field of the design's own."""
        return self._add(Piece(f"{{{{ {name} }}}}", 1, "variable"), "design")

    def when(self, name: str) -> str:
        """A word that opens what the design shows only where the field has a value."""
        return self._add(Piece(f"{{% if {name} %}}", 1, "block", "if"), "design")

    def end(self) -> str:
        """A word that closes it."""
        return self._add(Piece("{% endif %}", 1, "block", "endif"), "design")

    def keep(self, tag: Piece, name: str) -> str:
        """A word for one tag that somebody else found."""
        return self._add(Piece(tag.text.strip(), tag.line, tag.kind, tag.word), name)

    def _kept(self, piece: Piece, name: str) -> str:
        if piece.kind == "text":
            return piece.text
        if piece.kind == "comment":
            return ""
        return self.keep(piece, name)

    def _add(self, tag: Piece, name: str) -> str:
        self.tags.append(tag)
        self._names.append(name)
        return f"{self.mark}{len(self.tags) - 1:05d}z"
