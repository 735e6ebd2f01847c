"""Pure: CSS selectors (selectors-4), parsed once and asked whether they match an element of a `Tree`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsletter.content.documents import matching
from newsletter.content.documents.matching import Match, Unreadable

Weight = tuple[int, int, int]
_ESCAPED = r"\\[0-9a-fA-F]{1,6}\s?|\\[^\n0-9a-fA-F]"
_LETTER = r"a-zA-Z_\u0080-\U0010ffff"
IDENT = rf"(?:--|-?(?:[{_LETTER}]|{_ESCAPED}))(?:[{_LETTER}0-9-]|{_ESCAPED})*"
SIMPLE = re.compile(
    rf"(?P<any>\*)|\#(?P<id>{IDENT})|\.(?P<class>{IDENT})|(?P<element>(?:::|:(?=before|after|first-l))"
    rf"(?P<part>{IDENT}))|:(?P<pseudo>{IDENT})(?P<open>\()?|\[\s*(?P<attr>{IDENT})\s*"
    rf"(?:(?P<op>[~|^$*]?=)\s*(?P<val>{IDENT}|\"[^\"\n]*\"|'[^'\n]*')\s*(?P<flag>[isIS])?\s*)?\]|(?P<tag>{IDENT})"
)
COMBINATOR = re.compile(r"\s*([>+~])\s*|\s+")
ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)", re.DOTALL)
LINKS = {"a", "area"}
LONGEST = 2_000
DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Selector:
    """One selector. `key` is what its subject must have: ("id", x), ("class", x), ("tag", x), or ("", "").

    `moving`: whether it matches depends on what the reader does, so that it cannot be written into an attribute; then
    `matches` says whether it ever may. `part` names a pseudo-element. `names` are all its classes, ids and attributes.
    """

    text: str
    weight: Weight
    key: tuple[str, str]
    matches: Match
    moving: bool
    part: str
    names: frozenset[str]


def parse(text: str, *, quirks: bool = False) -> tuple[Selector, ...]:
    """A comma-separated list. Raises Unreadable where any of it is."""
    if len(text) > LONGEST * 10:
        raise Unreadable
    return tuple(_Parser(each, quirks=quirks).whole() for each in split(text))


def split(text: str) -> list[str]:
    """The parts between commas that stand outside brackets and strings."""
    parts, depth, start, quote, skip = [], 0, 0, "", False
    for place, letter in enumerate(text):
        if skip:
            skip = False
        elif letter == "\\":
            skip = True
        elif quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter == "," and not depth:
            parts.append(text[start:place])
            start = place + 1
        else:
            depth += (letter in "([") - (letter in ")]")
    return [*parts, text[start:]]


class _Parser:
    def __init__(self, text: str, *, quirks: bool, depth: int = 0) -> None:
        if len(text) > LONGEST or depth > DEEPEST:
            raise Unreadable
        self.text, self.quirks, self.depth = text.strip(), quirks, depth
        self.moving, self.part = False, ""
        self.weight = [0, 0, 0]
        self.names: set[str] = set()
        self.key = ("", "")

    def whole(self) -> Selector:
        position, match = self._compound(0)
        while position < len(self.text):
            found = COMBINATOR.match(self.text, position)
            if not found or not found[0] or self.part:
                raise Unreadable
            self.key = ("", "")
            position, right = self._compound(found.end())
            match = matching.combined(match, found[1] or " ", right)
        weight = (self.weight[0], self.weight[1], self.weight[2])
        return Selector(self.text, weight, self.key, match, self.moving, self.part, frozenset(self.names))

    def _compound(self, position: int) -> tuple[int, Match]:
        tests: list[Match] = []
        while found := SIMPLE.match(self.text, position):
            if (found["tag"] or found["any"]) and tests:
                raise Unreadable
            position = found.end()
            if found["open"]:
                position = self._closed(position)
            test = self._simple(found, self.text[found.end() : position - 1])
            tests.append(test)
        if not tests:
            raise Unreadable
        return position, (tests[0] if len(tests) == 1 else lambda node: all(test(node) for test in tests))

    def _closed(self, position: int) -> int:
        depth = 1
        for place in range(position, len(self.text)):
            depth += (self.text[place] == "(") - (self.text[place] == ")")
            if not depth:
                return place + 1
        raise Unreadable

    def _simple(self, found: re.Match[str], inside: str) -> Match:
        if found["any"]:
            return matching.always
        if found["id"]:
            return self._id(_plain(found["id"]))
        if found["class"]:
            return self._class(_plain(found["class"]))
        if found["attr"]:
            return self._attribute(found)
        if found["element"]:
            self.part = found["part"].lower()
            self.weight[2] += 1
            return matching.always
        if found["pseudo"]:
            return self._pseudo(found["pseudo"].lower(), inside if found["open"] else None)
        name = _plain(found["tag"]).lower()
        self.weight[2] += 1
        if not self.key[0]:
            self.key = ("tag", name)
        return lambda node: node.name == name

    def _id(self, name: str) -> Match:
        self.weight[0] += 1
        self.names.add("#" + name)
        if self.quirks:
            name = name.lower()
            return lambda node: node.attributes.get("id", "").lower() == name
        self.key = ("id", name)
        return lambda node: node.attributes.get("id") == name

    def _class(self, name: str) -> Match:
        self.weight[1] += 1
        self.names.add("." + name)
        if self.quirks:
            name = name.lower()
            return lambda node: any(each.lower() == name for each in node.classes)
        if self.key[0] != "id":
            self.key = ("class", name)
        return lambda node: name in node.classes

    def _attribute(self, found: re.Match[str]) -> Match:
        self.weight[1] += 1
        name, sign = _plain(found["attr"]).lower(), found["op"]
        self.names.add("[" + name)
        if not sign:
            return lambda node: name in node.attributes
        wanted = _plain(found["val"].strip("\"'") if found["val"][0] in "\"'" else found["val"])
        flag = (found["flag"] or "").lower()
        if flag == "i" or (name in matching.CASELESS and flag != "s"):
            wanted = wanted.lower()
            return lambda node: (
                name in node.attributes and matching.compare(node.attributes[name].lower(), sign, wanted)
            )
        return lambda node: name in node.attributes and matching.compare(node.attributes[name], sign, wanted)

    def _pseudo(self, name: str, inside: str | None) -> Match:
        if inside is not None and name in {"not", "is", "where", "matches", "-webkit-any"}:
            return self._listed(name, inside)
        self.weight[1] += 1
        if name.startswith("nth-") and inside is not None:
            return matching.nth(name, inside)
        if inside is None and name in matching.STRUCTURE:
            return matching.STRUCTURE[name]
        if inside is None and name in {"link", "any-link"}:
            return lambda node: node.name in LINKS and "href" in node.attributes
        self.moving = True
        return matching.always

    def _listed(self, name: str, inside: str) -> Match:
        parsers = [_Parser(each, quirks=self.quirks, depth=self.depth + 1) for each in split(inside)]
        inner = [parser.whole() for parser in parsers]
        if any(each.part for each in inner):
            raise Unreadable
        if name != "where":
            heaviest = max(each.weight for each in inner)
            self.weight = [mine + more for mine, more in zip(self.weight, heaviest, strict=True)]
        for each in inner:
            self.names |= each.names
        if any(each.moving for each in inner):
            self.moving = True
            return matching.always
        tests = [each.matches for each in inner]
        if name == "not":
            return lambda node: not any(test(node) for test in tests)
        return lambda node: any(test(node) for test in tests)


def _plain(text: str) -> str:
    """`text` with its escapes read."""
    return ESCAPE.sub(
        lambda found: chr(min(int(found[1], 16), 0x10FFFF) or 0xFFFD) if found[1] else found[2], text
    )
