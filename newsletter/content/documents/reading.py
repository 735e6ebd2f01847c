"""Pure: the text part of a foreign document, and its links: what a reader sees, without what is hidden from her.

The elements that mean something are written as a clean fragment first, which `content/plain.py` knows how to write out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import escape

from newsletter.content import plain
from newsletter.content.documents.trees import Node, Tree
from newsletter.content.tokens import Tokens

SPOKEN = {"b", "strong", "em", "i", "span", "font", "small"}
SILENT = set(
    "script style head title template noscript iframe object embed video audio canvas svg textarea select option "
    "input button datalist map area noembed noframes xmp".split()
)
MEANT = set("a blockquote br center dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table tr td th ul".split())
WIDEST_CELL = 60
LONGEST = 400  # characters of a word; with three bytes each still below the 998 of a line
NOTHING = re.compile(r"0+(?:\.0+)?(?:px|pt|em|rem|%)?\Z")
UNSEEN = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u061c"), None) | {0xA0: " "}
UNREACHABLE = re.compile(r"\s*(?:javascript|data|vbscript):|\s*#", re.IGNORECASE)


def text(tree: Tree, shown: Mapping[Node, Mapping[str, str]], tokens: Tokens) -> str:
    """The text part: headings, paragraphs, lists, links with their addresses, pictures by their descriptions."""
    return plain.from_fragment("".join(_written(tree.body, shown)), tokens)


def links(tree: Tree) -> Iterator[str]:
    """Every link's target, in order."""
    for node in tree.root.walk():
        if node.name in {"a", "area"} and node.attributes.get("href", "").strip():
            yield node.attributes["href"].strip()


def shortened(written: str) -> str:
    """No line longer than mail allows (RFC 5322, 2.1.1): a word without end is cut, as mail itself would cut it."""
    rows = []
    for row in written.split("\n"):
        if len(row.encode()) <= plain.LONGEST_LINE:
            rows.append(row)
        else:
            rows += [row[place : place + LONGEST // 2] for place in range(0, len(row), LONGEST // 2)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(row.rstrip() for row in rows)).strip()


def _written(top: Node, shown: Mapping[Node, Mapping[str, str]]) -> Iterator[str]:
    """One pass without recursion: a document may be deeper than Python's stack."""
    waiting: list[Node | str] = [top]
    while waiting:
        piece = waiting.pop()
        if isinstance(piece, str):
            yield piece
            continue
        if piece.name in SILENT or is_hidden(piece, shown.get(piece, {})):
            continue
        if piece.name == "img":
            yield _picture(piece)
            continue
        row = _row(piece) if piece.name == "tr" else None
        children: list[Node | str] = row or [
            escape(each.translate(UNSEEN)) if isinstance(each, str) else each for each in piece.children
        ]
        if piece.name in MEANT:
            waiting.append("" if piece.name in {"br", "hr"} else f"</{piece.name}>")
            waiting.extend(reversed(children))
            yield _opening(piece)
        else:
            waiting.extend(reversed(children))


def _opening(node: Node) -> str:
    href = node.attributes.get("href", "").strip()
    if node.name == "a" and href and not UNREACHABLE.match(href):
        return f'<a href="{escape(href)}">'
    return f"<{node.name}>"


def _picture(node: Node) -> str:
    alt = " ".join(node.attributes.get("alt", "").split())
    return f'<img alt="{escape(alt)}">' if alt else ""


def _row(row: Node) -> list[Node | str] | None:
    """A row of short cells stands on one line; a row that is there for the layout comes apart into its cells."""
    cells = [each for each in row.elements if each.name in {"td", "th"}]
    words = [_plain(each) for each in cells]
    filled = [each for each in words if each]
    if len(filled) < 2 or any(each is None or len(each) > WIDEST_CELL for each in words):
        return None
    return ["<p>", escape(" | ".join(each or "" for each in words if each)), "</p>"]


def _plain(cell: Node) -> str | None:
    """A cell's words, or None where it holds more than words."""
    if any(
        each.name not in {"b", "strong", "em", "i", "span", "font", "small"}
        for each in cell.walk()
        if each is not cell
    ):
        return None
    return " ".join("".join(_strings(cell)).translate(UNSEEN).split())


def _strings(node: Node) -> Iterator[str]:
    for each in node.walk():
        yield from (child for child in each.children if isinstance(child, str))


def is_hidden(node: Node, shows: Mapping[str, str]) -> bool:
    """Whether no reader sees it: a preview text, a part for phones only, a pixel that counts."""
    said = {name: value.strip().lower() for name, value in shows.items()}
    return (
        "hidden" in node.attributes
        or said.get("display") == "none"
        or said.get("visibility") == "hidden"
        or said.get("mso-hide") == "all"
        or bool(NOTHING.match(said.get("opacity", "")))
        or (bool(NOTHING.match(said.get("max-height", ""))) and said.get("overflow") == "hidden")
    )
