"""Pure: where the merge tags are in a text, found by Jinja's own lexer, so that nobody reads them differently."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import Environment, TemplateSyntaxError

from newsletter.content.refusals import MergeRefused

LONGEST_SOURCE = 400_000
LONGEST_TAG = 500
MOST_TAGS = 2_000
DEEPEST_BLOCK = 8
CLOSES = {"endif": "if", "endfor": "for"}
ENDS = {"variable_begin": "variable_end", "block_begin": "block_end", "comment_begin": "comment_end"}
WORD = re.compile(r"\{%[-+]?\s*(\w*)")

# Only ever lexes and parses: it has no globals, no filters and no loader, and nothing is compiled or run.
# Parsing may hold a lexer's cache but no state of a text, so that threads may share it.
JINJA = Environment(keep_trailing_newline=True, autoescape=False)  # noqa: S701  (merging escapes by itself)


@dataclass(frozen=True)
class Piece:
    """A stretch of plain text, or one whole tag. `word` is `if`, `endfor`, ...; '' for `{{ }}` and for text."""

    text: str
    line: int
    kind: str  # "text", "variable", "block", "comment"
    word: str = ""


def scan(source: str, name: str) -> list[Piece]:
    """Cut `source` into text and tags; joined again they are the source (every kind of newline is one character).

    Raises MergeRefused with name and line for a tag that is broken, never closed, too long, or one too many; for
    `{% raw %}`; for an `if` or `for` without its end.
    """
    if len(source) > LONGEST_SOURCE:
        raise MergeRefused(f"{len(source)} characters are too many; at most {LONGEST_SOURCE}", name=name)
    try:
        pieces = list(_pieces(JINJA.lex(source, name), name))
    except TemplateSyntaxError as broken:
        raise refused(broken, name) from None
    tags = [piece for piece in pieces if piece.kind != "text"]
    if len(tags) > MOST_TAGS:
        raise MergeRefused(f"{len(tags)} merge tags are too many; at most {MOST_TAGS}", name=name)
    _check_pairs(tags, name)
    return pieces


def refused(broken: TemplateSyntaxError, name: str) -> MergeRefused:
    """Jinja's complaint, as ours."""
    said = (broken.message or "this tag cannot be read").strip().rstrip(".")
    return MergeRefused(said, name=name, line=broken.lineno)


def _pieces(lexed: Iterator[tuple[int, str, str]], name: str) -> Iterator[Piece]:
    for line, kind, value in lexed:
        if kind in ENDS:
            yield _tag(lexed, line, kind, value, name)
        elif kind == "raw_begin":
            raise MergeRefused("{% raw %} is not part of the merge language", name=name, line=line)
        elif value:
            yield Piece(value, line, "text")


def _tag(lexed: Iterator[tuple[int, str, str]], line: int, kind: str, opening: str, name: str) -> Piece:
    parts, length = [opening], 0
    for _, part, value in lexed:
        parts.append(value)
        length += len(value)
        if part == ENDS[kind]:
            break
        if length > LONGEST_TAG and kind != "comment_begin":
            raise MergeRefused(f"this tag is longer than {LONGEST_TAG} characters", name=name, line=line)
    else:
        raise MergeRefused(f"“{opening}” is never closed", name=name, line=line)
    text = "".join(parts)
    found = WORD.match(text) if kind == "block_begin" else None
    return Piece(text, line, kind.removesuffix("_begin"), found[1] if found else "")


def _check_pairs(tags: list[Piece], name: str) -> None:
    """Jinja reports an unclosed `if` at the end of the text; here it is named where it stands."""
    opened: list[Piece] = []
    for tag in tags:
        if tag.word in CLOSES.values():
            opened.append(tag)
            if len(opened) > DEEPEST_BLOCK:
                raise MergeRefused(
                    f"blocks stand more than {DEEPEST_BLOCK} deep inside each other", name=name, line=tag.line
                )
        elif tag.word in CLOSES:
            if not opened or opened[-1].word != CLOSES[tag.word]:
                raise MergeRefused(
                    f"{tag.text.strip()} closes nothing; it needs a {{% {CLOSES[tag.word]} … %}} before it",
                    name=name,
                    line=tag.line,
                )
            opened.pop()
    if opened:
        left = opened[-1]
        raise MergeRefused(
            f"{left.text.strip()} is never closed; add {{% end{left.word} %}}", name=name, line=left.line
        )
