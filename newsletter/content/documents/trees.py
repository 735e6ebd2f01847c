"""Pure: what stands inside what, as a browser builds it from markup however broken.

nh3 brings html5ever, a browser's own parser: implied `<tbody>`, paragraphs that a table closes, text moved out of
tables, links inside links. It is given the bare tags with a number each, and what it makes of them is read back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape, unescape

import nh3

from newsletter.content.documents.markup import VOID, Tag
from newsletter.content.documents.tags import WORD
from newsletter.content.refusals import ContentRefused

DEEPEST = 1_500  # html5ever takes time with the square of the depth; Chromium itself ends at 512
MOST_STEPS = 500_000  # about a second; the largest real template seen takes 20,000
MOST_MADE = 60_000  # an element left open is made again in each paragraph after it
NUMBER = "data-n"
WRITTEN = re.compile(rf'<(/?)([^\s>/]+)(?: {NUMBER}="(w?\d+)")?[^>]*>|([^<]+)')
TAGS_ALONE = re.compile(rf"\s*(?:{WORD}\s*)+")
HEAD = set("html head meta title link style script base noscript template basefont bgsound".split())
FRAME = {"html", "head", "body"}
KNOWN = set(
    "a abbr acronym address article aside b big blockquote br button caption center cite code col colgroup dd del "
    "details dfn dir div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hgroup hr i "
    "img input ins kbd label legend li link main map mark menu meta nav nobr ol optgroup option p pre q rp rt ruby s "
    "samp section select small source span strike strong sub summary sup table tbody td template tfoot th thead tr "
    "tt u ul var wbr area base embed param track".split()
)
OPTIONAL = set("p li dd dt td th tr tbody thead tfoot option optgroup colgroup caption rp rt".split())


class Patience:
    """How much work a document may make: one for all its elements."""

    def __init__(self) -> None:
        self.left = MOST_STEPS

    def spend(self, steps: int = 1) -> None:
        """Raises ContentRefused when it is used up."""
        self.left -= steps
        if self.left < 0:
            raise ContentRefused("so many CSS rules for so many elements take too long; make it shorter")


class Node:
    """An element: where it stands, and its tag in the text; None for one that the browser adds, as `<tbody>`."""

    __slots__ = (
        "attributes",
        "children",
        "classes",
        "elements",
        "name",
        "parent",
        "patience",
        "place",
        "tag",
    )

    def __init__(self, name: str, tag: Tag | None, parent: Node | None) -> None:
        self.name = name
        self.tag = tag
        self.parent = parent
        self.attributes = {key: each.value for key, each in tag.attributes.items()} if tag else {}
        self.classes = frozenset(self.attributes.get("class", "").split())
        self.children: list[Node | str] = []
        self.elements: list[Node] = []
        self.place = 0
        self.patience: Patience = parent.patience if parent else Patience()
        if parent is not None:
            self.place = len(parent.elements)
            parent.elements.append(self)
            parent.children.append(self)

    def walk(self) -> Iterator[Node]:
        """This element and all inside it, in the order of the document."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.elements))


class Tree:
    """A document's elements. `quirks` says that it is shown by the old rules (13.2.6.4.1)."""

    def __init__(self, html: str, tags: list[Tag]) -> None:
        """Build it. Raises ContentRefused for elements deeper inside each other than anybody needs."""
        frame = {
            name: next((tag for tag in tags if tag.kind == "start" and tag.name == name), None)
            for name in FRAME
        }
        self.root = Node("html", frame["html"], None)
        self.head = Node("head", frame["head"], self.root)
        self.body = Node("body", frame["body"], self.root)
        self.quirks = _is_quirky(html, tags)
        begins = _body_begins(html, tags)
        for tag in tags:
            if tag.start < begins and tag.kind == "start" and tag.name not in FRAME:
                Node(tag.name, tag, self.head)
        names = _Names()
        words: list[str] = []
        bare = "".join(_bare(html, tags, begins, names, words))
        self._read(_settled(bare, names.used), tags, words)

    def _read(self, settled: str, tags: list[Tag], words: list[str]) -> None:
        node, hidden = self.body, False
        for found in WRITTEN.finditer(settled):
            if found[4]:
                node.children.append(unescape(found[4]))
            elif found[3] and found[3][0] == "w":
                node.children.append(words[int(found[3][1:])])
                hidden = True
            elif hidden:
                hidden = False
            elif found[1]:
                node = node.parent or node
            else:
                tag = tags[int(found[3])] if found[3] else None
                made = Node(tag.name if tag else found[2], tag, node)
                if found[2] not in VOID:
                    node = made


class _Names:
    """Names that html5ever treats as nobody's own become plain words, so that none of them surprises it."""

    def __init__(self) -> None:
        self.used: dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        return self.used.setdefault(name, name if name in KNOWN else f"x-{len(self.used)}")


def _body_begins(html: str, tags: list[Tag]) -> int:
    """Where the body's content begins: at its tag, or where something stands that no head may hold."""
    position = 0
    for tag in tags:
        if html[position : tag.start].strip():
            return position
        if tag.kind == "start" and tag.name not in HEAD:
            return tag.end if tag.name == "body" else tag.start
        position = max(position, tag.close or tag.end)
    return position


def _bare(html: str, tags: list[Tag], begins: int, names: _Names, words: list[str]) -> Iterator[str]:
    """The body's tags, each with its number, and its text; comments and raw text are left out."""
    position, depth, drawing = begins, 0, 0
    for number, tag in enumerate(tags):
        if tag.start < begins:
            continue
        yield _text(html[position : tag.start], words)
        position = tag.close or tag.end
        if tag.kind == "comment" or tag.name in FRAME:
            continue
        drawing += tag.name == "svg" and tag.kind == "start"
        written = f"svg:{tag.name}" if drawing > 0 else tag.name
        drawing -= tag.name == "svg" and (tag.kind == "end" or tag.closed)
        if tag.kind == "end":
            depth -= tag.name not in OPTIONAL
            yield f"</{names[written]}>"
            continue
        yield _start(tag, number, written, names)
        depth += written not in OPTIONAL | VOID and not tag.content
        if depth > DEEPEST:
            raise ContentRefused(f"elements stand more than {DEEPEST} deep inside each other")
    yield _text(html[position:], words)


def _text(text: str, words: list[str]) -> str:
    """Text would be moved out of a table; merge tags between its rows are hidden in an element that may stand there."""
    if not TAGS_ALONE.fullmatch(text):
        return escape(unescape(text), quote=False)
    words.append(text)
    return f'<template {NUMBER}="w{len(words) - 1}"></template>'


def _start(tag: Tag, number: int, written: str, names: _Names) -> str:
    if tag.name in {"style", "script"}:  # a template may stand wherever they may, also between a table's rows
        return f'<template {NUMBER}="{number}"></template>'
    start = f'<{names[written]} {NUMBER}="{number}">'
    empty = tag.content or (tag.closed and written.startswith("svg:"))
    return f"{start}</{names[written]}>" if empty else start


def _settled(bare: str, used: dict[str, str]) -> str:
    settled = nh3.clean(
        bare,
        tags={*used.values(), "template", "tbody", "tr", "colgroup", "p", "br"},
        clean_content_tags=set(),
        attributes={"*": {NUMBER}},
        link_rel=None,
    )
    if settled.count("<") > MOST_MADE:
        raise ContentRefused("too many elements are opened and never closed; close them")
    return settled


def _is_quirky(html: str, tags: Iterable[Tag]) -> bool:
    first = next((tag for tag in tags if tag.kind != "comment" or _is_doctype(html, tag)), None)
    if first is None or first.kind != "comment":
        return True
    doctype = " ".join(html[first.start : first.end].lower().split())
    old = re.search(r"//w3c//dtd html (3|4\.0 (transitional|frameset))|//ietf//|//dtd html 3", doctype)
    bare_loose = (
        re.search(r"//w3c//dtd html 4\.01 (transitional|frameset)//", doctype) and "http" not in doctype
    )
    return bool(old or bare_loose) or not doctype.startswith("<!doctype html")


def _is_doctype(html: str, tag: Tag) -> bool:
    return html[tag.start : tag.start + 9].lower() == "<!doctype"
