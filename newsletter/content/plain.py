"""Pure: the text part, written from the same clean fragment as the HTML, for people who read their mail as text.

A `{% %}` tag between blocks takes no line of its own: every block ends with its own empty line, so that a block left
out leaves no gap.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from newsletter.content.tokens import Tokens
from newsletter.content.values import is_url_field

WIDTH = 72
LONGEST_LINE = 998  # RFC 5322, 2.1.1
BLOCKS = set(
    "blockquote center dd div dl dt h1 h2 h3 h4 h5 h6 li p pre table tbody td tfoot th thead tr".split()
)
LISTS = {"ul", "ol"}
RULE = "* * *"
URL_ROOM, FIELD_ROOM = 60, 10  # what a field takes up, about, once it is filled in


def from_fragment(html: str, tokens: Tokens) -> str:
    """The fragment as text, wrapped near 72 characters; links as "words (address)", buttons with theirs below."""
    writer = _Writer(tokens)
    writer.feed(html)
    writer.close()
    return writer.finished()


def from_text(text: str, tokens: Tokens) -> str:
    """A text part that somebody wrote: as it is, but a `{% %}` tag alone on its line takes that line with it."""
    alone = re.compile(rf"^[ \t]*((?:{tokens.word}[ \t]*)+)\n", re.MULTILINE)
    return alone.sub(lambda found: found[1].strip() if tokens.is_block(found[1]) else found[0], text).strip()


class _Writer(HTMLParser):
    def __init__(self, tokens: Tokens) -> None:
        super().__init__(convert_charrefs=True)
        self.tokens = tokens
        self.done: list[str] = []
        self.words: list[str] = []
        self.opened: list[str] = []
        self.counts: list[int] = []  # one per list around us: items so far; -1 for bullets
        self.bullet = ""
        self.links: list[tuple[int, str, bool]] = []

    def finished(self) -> str:
        self._flush()
        return "".join(self.done).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in BLOCKS | LISTS:
            self._flush()
            self.opened.append(tag)
        match tag:
            case "ul" | "ol":
                self.counts.append(int(tag == "ol") - 1)
            case "li" if self.counts:
                self._item()
            case "br":
                self.words.append("\n")
            case "hr":
                self._flush()
                self.done.append(f"{RULE}\n\n")
            case "img":
                self.words.append(f"[{given['alt']}]" if given.get("alt") else "")
            case "a" if "href" in given:
                self.links.append(
                    (len(self.words), given["href"], "button" in given.get("class", "").split())
                )

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.links:
            self._link()
        if tag not in BLOCKS | LISTS or tag not in self.opened:
            return
        self._flush()
        while self.opened.pop() != tag:
            pass
        if tag in LISTS and self.counts:
            self.counts.pop()
            if not self.counts:
                self.done.append("\n")

    def handle_data(self, data: str) -> None:
        between = not self.opened or self.opened[-1] not in BLOCKS - {"table", "tbody", "thead", "tr", "div"}
        if between and not "".join(self.words).strip() and self.tokens.is_block(data):
            self.words.clear()
            self.done.append("".join(data.split()))
        else:
            self.words.append(re.sub(r"\s+", " ", data))

    def _item(self) -> None:
        if self.counts[-1] >= 0:
            self.counts[-1] += 1
            self.bullet = f"{self.counts[-1]}. "
        else:
            self.bullet = "- "

    def _link(self) -> None:
        start, href, button = self.links.pop()
        label = " ".join("".join(self.words[start:]).split())
        address = href.removeprefix("mailto:").removeprefix("tel:")
        if not label or label in {href, address}:
            self.words[start:] = [address]
        elif button:
            self.words[start:] = [f"{label}:\n{address}"]
        else:
            self.words[start:] = [f"{label} ({address})"]

    def _flush(self) -> None:
        text = "".join(self.words)
        self.words.clear()
        self.links.clear()
        if not text.strip():
            return
        quoted = "> " * self.opened.count("blockquote")
        margin = quoted + "  " * max(0, len(self.counts) - 1)
        hanging = " " * len(self.bullet or ("- " if self.counts else ""))
        wrapped = [row for line in text.strip().split("\n") for row in self._wrapped(line)]
        first, *others = wrapped
        rows = [margin + (self.bullet or hanging) + first, *(margin + hanging + row for row in others)]
        self.bullet = ""
        self.done.append("\n".join(rows) + ("\n" if self.counts else "\n\n"))

    def _wrapped(self, line: str) -> list[str]:
        rows: list[list[str]] = [[]]
        room = WIDTH
        for word in line.split():
            width = self._width(word)
            if rows[-1] and width > room:
                rows.append([])
                room = WIDTH
            rows[-1].append(word)
            room -= width + 1
        return [" ".join(row) for row in rows]

    def _width(self, word: str) -> int:
        tags = [self.tokens.tags[number] for number in self.tokens.numbers(word)]
        fields = [tag for tag in tags if tag.kind == "variable"]
        filled = sum(URL_ROOM if is_url_field(tag.text.strip("{} ")) else FIELD_ROOM for tag in fields)
        return len(re.sub(self.tokens.word, "", word)) + filled
