"""Pure: two wordings of one text side by side, word by word: what stayed, what was taken out, what came in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, takewhile
from typing import Literal

MOST = 60_000
"""Pairs of equal words that are looked at for one text, in about a tenth of a second; a letter has a few thousand."""

Kind = Literal["same", "added", "removed"]
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """A stretch of text in the old wording alone, in the new one alone, or in both."""

    kind: Kind
    text: str


def differences(old: str, new: str) -> tuple[Piece, ...]:
    """What leads from `old` to `new`, in reading order; what was taken out stands before what came in its place.

    The pieces that are the same or removed make up `old`, those that are the same or added `new`. Line by line first,
    then by words in the lines that differ; lines with too much to compare (MOST) are shown as taken out and come in.
    """
    left = MOST
    pairs: list[tuple[str, str]] = []
    for was, will in _aligned(old.splitlines(keepends=True), new.splitlines(keepends=True), left):
        if was == will:
            pairs.append((was, will))
            continue
        words = _WORD.findall(was), _WORD.findall(will)
        pairs += _aligned(*words, left)
        left = max(left - _cost(*words), 0)
    return tuple(_pieces(pairs))


def _aligned(old: list[str], new: list[str], most: int) -> Iterator[tuple[str, str]]:
    """(old text, new text) stretch by stretch: equal where the two agree. Blank ones never bring two together."""
    if _cost(old, new) > most:
        yield "".join(old), "".join(new)
        return
    matcher = SequenceMatcher(str.isspace, old, new, autojunk=False)
    for _, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        was, will = "".join(old[from_old:to_old]), "".join(new[from_new:to_new])
        kept = _blank_end(was, will)
        pairs = (
            (was[: len(was) - kept], will[: len(will) - kept]),
            (was[len(was) - kept :], will[len(will) - kept :]),
        )
        yield from (pair for pair in pairs if any(pair))


def _blank_end(was: str, will: str) -> int:
    """How many blanks both end in: where a sentence was added to a line, the line's end stays."""
    ends = zip(reversed(was), reversed(will), strict=False)
    return len(list(takewhile(lambda end: end[0] == end[1] and end[0].isspace(), ends)))


def _cost(old: Iterable[str], new: Iterable[str]) -> int:
    """How many pairs of equal ones difflib would look at, once over."""
    counts = Counter(new)
    return sum(number * counts[each] for each, number in Counter(old).items() if not each.isspace())


def _pieces(pairs: Iterable[tuple[str, str]]) -> Iterator[Piece]:
    """Several equal or several different ones in a row become one stretch each."""
    for is_same, stretch in groupby(pairs, key=lambda pair: pair[0] == pair[1]):
        was, will = map("".join, zip(*stretch, strict=True))
        kinds: Iterable[tuple[Kind, str]] = (
            (("same", was),) if is_same else (("removed", was), ("added", will))
        )
        yield from (Piece(kind, text) for kind, text in kinds if text)
