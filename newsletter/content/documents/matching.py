"""Pure: what a simple selector asks of an element, and how combinators put such questions together."""

from __future__ import annotations

import re
from collections.abc import Callable

from newsletter.content.documents.trees import Node

Match = Callable[[Node], bool]
NTH = re.compile(r"\s*(?:(even)|(odd)|([+-]?\d*)n\s*(?:([+-])\s*(\d+))?|([+-]?\d+))\s*", re.IGNORECASE)
# HTML compares the values of these without regard to case (HTML standard, 4.16.2).
CASELESS = set(
    "accept align alink axis bgcolor charset checked clear color dir direction disabled face frame hreflang "
    "http-equiv lang language link media method nohref noresize noshade nowrap readonly rel rev rules scope "
    "scrolling selected shape target text type valign valuetype vlink".split()
)


class Unreadable(ValueError):
    """Not a selector that we know; a browser may."""


def combined(left: Match, sign: str, right: Match) -> Match:
    """`right`, where what `sign` relates it to matches `left`."""
    if sign == ">":
        return lambda node: right(node) and node.parent is not None and left(node.parent)
    if sign == "+":
        return lambda node: right(node) and node.place > 0 and left(_siblings(node)[node.place - 1])
    if sign == "~":
        return lambda node: right(node) and _after(node, left)
    return lambda node: right(node) and _below(node, left)


def _below(node: Node, left: Match) -> bool:
    above = node.parent
    while above is not None:
        node.patience.spend()
        if left(above):
            return True
        above = above.parent
    return False


def _after(node: Node, left: Match) -> bool:
    for each in _siblings(node)[: node.place]:
        node.patience.spend()
        if left(each):
            return True
    return False


def _siblings(node: Node) -> list[Node]:
    return node.parent.elements if node.parent else [node]


def _alike(node: Node) -> list[Node]:
    siblings = _siblings(node)
    node.patience.spend(1 + len(siblings) // 10)
    return [each for each in siblings if each.name == node.name]


def nth(name: str, inside: str) -> Match:
    """`:nth-child(2n+1)` and its like. Raises Unreadable for what is none."""
    found = NTH.fullmatch(inside)
    if not found or name not in {"nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type"}:
        raise Unreadable
    if found[1] or found[2]:
        step, first = 2, int(bool(found[2]))
    elif found[6]:
        step, first = 0, int(found[6])
    else:
        step = int(found[3] + "1" if found[3] in {"", "+", "-"} else found[3])
        first = int((found[4] or "") + (found[5] or "0"))

    def match(node: Node) -> bool:
        among = _alike(node) if name.endswith("of-type") else _siblings(node)
        place = (among.index(node) if name.endswith("of-type") else node.place) + 1
        if "last" in name:
            place = len(among) + 1 - place
        off = place - first
        return off == 0 if step == 0 else off % step == 0 and off // step >= 0

    return match


def compare(value: str, sign: str, wanted: str) -> bool:
    """An attribute selector's comparison. The empty string is part of nothing (selectors-4, 6.2)."""
    match sign:
        case "=":
            return value == wanted
        case "~=":
            return wanted in value.split()
        case "|=":
            return value == wanted or value.startswith(wanted + "-")
        case "^=":
            return bool(wanted) and value.startswith(wanted)
        case "$=":
            return bool(wanted) and value.endswith(wanted)
    return bool(wanted) and wanted in value


def always(_node: Node) -> bool:
    """The universal selector."""
    return True


STRUCTURE: dict[str, Match] = {
    "first-child": lambda node: node.place == 0,
    "last-child": lambda node: node.place == len(_siblings(node)) - 1,
    "only-child": lambda node: len(_siblings(node)) == 1,
    "first-of-type": lambda node: _alike(node)[0] is node,
    "last-of-type": lambda node: _alike(node)[-1] is node,
    "only-of-type": lambda node: len(_alike(node)) == 1,
    "root": lambda node: node.parent is None,
    "empty": lambda node: not node.children,
}
