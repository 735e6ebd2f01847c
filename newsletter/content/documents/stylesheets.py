"""Pure: rules and declarations in CSS, with their places, found as the CSS standard reads them (css-syntax-3).

What a browser would drop is passed over in the same way; what it may know and we do not is left where it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

TOKEN = re.compile(
    r"""/\*(?:.*?\*/|.*)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|url\(\s*[^"'()\s][^)]*\)?|\\.|[{}()\[\];]"""
    r"""|[^/"'\\{}()\[\];u]+|.""",
    re.DOTALL | re.IGNORECASE,
)
COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
BLANK = re.compile(r"(?:\s+|/\*.*?(?:\*/|\Z)|<!--|-->)+", re.DOTALL)
AT = re.compile(r"@(-?[a-zA-Z_][\w-]*)")
NAMED = re.compile(r"((?:--|-?[a-zA-Z_])[\w-]*)\s*:")
IMPORTANT = re.compile(r"\s*!\s*important\s*\Z", re.IGNORECASE)
PAIRS = {"{": "}", "(": ")", "[": "]"}
# Rules inside these depend on the reader's device or program; inside others stand no rules about elements.
GROUPS = {"media", "supports", "layer", "container", "document", "-moz-document", "scope", "starting-style"}
DEEPEST = 6  # each level is read once more


@dataclass(frozen=True, slots=True, eq=False)
class Declaration:
    """One declaration, from `start` to `end`, without its semicolon."""

    name: str
    value: str
    important: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A style rule from `start` to `end`. `within` names the groups around it; `plain` says that all was understood."""

    selectors: str
    declarations: tuple[Declaration, ...]
    start: int
    end: int
    within: tuple[str, ...] = ()
    plain: bool = True


@dataclass(frozen=True, slots=True)
class Statement:
    """An at-rule that is no group: `@import`, `@font-face`."""

    name: str
    text: str
    start: int
    end: int


def rules(css: str, start: int = 0, end: int | None = None) -> Iterator[Rule | Statement]:
    """Every rule of a style sheet in order, groups opened."""
    return _rules(css, start, len(css) if end is None else end, ())


def declarations(css: str, start: int = 0, end: int | None = None) -> tuple[tuple[Declaration, ...], bool]:
    """The declarations of a block or of a `style` attribute; false where something else stands among them."""
    found, plain, position = [], True, start
    limit = len(css) if end is None else end
    while position < limit:
        position = _past_blank(css, position, limit)
        stop, braced = _segment(css, position, limit)
        plain = plain and not braced
        named = NAMED.match(css, position, stop)
        if named and not braced:
            found.append(_declaration(css, position, named, stop))
        position = stop + (css[stop : stop + 1] == ";")
    return tuple(found), plain


def bare(css: str) -> str:
    """Without comments, and with single spaces."""
    return " ".join(COMMENT.sub(" ", css).split())


def _declaration(css: str, start: int, named: re.Match[str], stop: int) -> Declaration:
    value = COMMENT.sub(" ", css[named.end() : stop]).strip()
    plain = IMPORTANT.sub("", value)
    end = start + len(css[start:stop].rstrip())
    name = named[1] if named[1].startswith("--") else named[1].lower()
    return Declaration(name, plain, plain != value, start, end)


def _segment(css: str, position: int, limit: int) -> tuple[int, bool]:
    """Where a declaration ends, and whether that is a brace's end: a rule inside a rule, or a mistake."""
    stop = _skip(css, position, limit, ";{")
    if css[stop : stop + 1] != "{" or stop >= limit:
        return stop, False
    return min(_skip(css, stop + 1, limit, "}") + 1, limit), True


def _rules(css: str, position: int, limit: int, within: tuple[str, ...]) -> Iterator[Rule | Statement]:
    while (position := _past_blank(css, position, limit)) < limit:
        at = AT.match(css, position, limit)
        stop = _skip(css, position, limit, "{;" if at else "{")
        if css[stop : stop + 1] == ";" and at:
            yield Statement(at[1].lower(), css[position : stop + 1], position, stop + 1)
            position = stop + 1
            continue
        if stop >= limit and not at:
            return
        close = _skip(css, stop + 1, limit, "}")
        end = min(close + 1, limit)
        if not at:
            found, plain = declarations(css, stop + 1, close)
            yield Rule(bare(css[position:stop]), found, position, end, within, plain)
        elif at[1].lower() in GROUPS and len(within) < DEEPEST:
            yield from _rules(css, stop + 1, close, (*within, bare(css[position:stop])))
        else:
            yield Statement(at[1].lower(), css[position:end], position, end)
        position = end


def _past_blank(css: str, position: int, limit: int) -> int:
    blank = BLANK.match(css, position, limit)
    return blank.end() if blank else position


def _skip(css: str, position: int, limit: int, stops: str) -> int:
    """The place of the first of `stops` outside strings, comments and brackets; `limit` where there is none."""
    waiting: list[str] = []
    for token in TOKEN.finditer(css, position, limit):
        text = token[0]
        if waiting:
            if text == waiting[-1]:
                waiting.pop()
            elif text in PAIRS:
                waiting.append(PAIRS[text])
        elif text in stops:
            return token.start()
        elif text in PAIRS:
            waiting.append(PAIRS[text])
    return limit
