"""Pure: merge tags in a document from anywhere: ours, and those of other tools, which stay as the text that they are.

Both become words before HTML and CSS are read, because a tag may hold quotes and brackets. Braces alone prove nothing:
`@media x{#a{…}}` is CSS.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import count

from newsletter.content.merging import MergeRefused, parse
from newsletter.content.refusals import ContentRefused
from newsletter.content.scanning import LONGEST_TAG, MOST_TAGS, Piece
from newsletter.content.tokens import Tokens

CANDIDATE = re.compile(
    rf"(?P<triple>\{{\{{\{{[^{{}}]{{1,{LONGEST_TAG}}}\}}\}}\}})|(?P<variable>\{{\{{[^{{}}]{{1,{LONGEST_TAG}}}\}}\}})"
    rf"|(?P<block>\{{%.{{1,{LONGEST_TAG}}}?%\}})|(?P<comment>\{{\#[^{{}}]{{0,{LONGEST_TAG}}}\#\}})"
    rf"|(?P<code><%.{{0,{LONGEST_TAG}}}?%>|<\?(?:php|=).{{0,{LONGEST_TAG}}}?\?>)"
    r"|(?P<mailchimp>\*\|[^|<>\n]{1,80}\|\*)",
    re.IGNORECASE | re.DOTALL,
)
MOST_FOUND = 5_000
KEYWORD = re.compile(r"[a-z_]+")
WORD = r"q[yz]\d+q\d{5,}z"  # ours and theirs, whatever their numbers


class Tags:
    """The tags of one document. `text` is the document with a word for each of them."""

    def __init__(self, html: str) -> None:
        """Take the tags out of `html`. Raises ContentRefused for more than anybody writes."""
        self.mark = next(mark for mark in (f"qy{n}q" for n in count()) if mark not in html)
        self.tokens = Tokens([html, self.mark])
        self.foreign: list[str] = []
        self.notes: list[str] = []
        pieces = list(_pieces(html))
        tags = [piece for piece in pieces if piece.kind != "text"]
        if len(tags) > MOST_FOUND:
            raise ContentRefused(f"the file has {len(tags)} merge tags; at most {MOST_FOUND}")
        self.blocks_are_ours = _blocks_are_ours(tags)
        self.text = "".join(self._kept(piece) for piece in pieces)

    def restore(self, text: str) -> str:
        """`text` with every tag back in its place."""
        return self.outside(self.tokens.restore(text))

    def restored(self, lines: Iterable[str]) -> list[str]:
        """Each of `lines` with its tags back."""
        return [self.restore(line) for line in lines]

    def outside(self, text: str) -> str:
        """`text` with other tools' tags back."""
        return re.sub(rf"{self.mark}(\d{{5,}})z", lambda word: self.foreign[int(word[1])], text)

    def _kept(self, piece: Piece) -> str:
        if piece.kind == "text":
            return piece.text
        if piece.kind == "comment" and self.blocks_are_ours:
            return ""
        if len(self.tokens.tags) < MOST_TAGS and self._is_ours(piece):
            return self.tokens.keep(piece, "document")
        self.foreign.append(piece.text)
        return f"{self.mark}{len(self.foreign) - 1:05d}z"

    def _is_ours(self, piece: Piece) -> bool:
        if piece.kind == "block":
            return self.blocks_are_ours
        return piece.kind == "variable" and _reads(piece.text)


def _pieces(html: str) -> Iterable[Piece]:
    position = 0
    for found in CANDIDATE.finditer(html):
        if found.start() > position:
            yield Piece(html[position : found.start()], 1, "text")
        kind = str(found.lastgroup)
        word = KEYWORD.search(found[0]) if kind == "block" else None
        line = 1
        yield Piece(found[0], line, kind, word[0] if word else "")
        position = found.end()
    yield Piece(html[position:], 1, "text")


def _blocks_are_ours(tags: list[Piece]) -> bool:
    """Whether all `{% %}` of a document together are our language: an `if` ends, and nothing includes or extends."""
    kept = [tag.text for tag in tags if tag.kind == "block" or (tag.kind == "variable" and _reads(tag.text))]
    return len(kept) <= MOST_TAGS and _reads("".join(kept))


def _reads(text: str) -> bool:
    try:
        parse(text, html=False)
    except MergeRefused:
        return False
    return True
