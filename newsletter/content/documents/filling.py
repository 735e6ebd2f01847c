"""Pure: fills a compiled document for one person, tag by tag; what has no value stays as it was written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import count

from newsletter.content.documents.foreign import suggestion
from newsletter.content.documents.tags import Tags
from newsletter.content.merging import MergeRefused, MissingField, parse
from newsletter.content.scanning import Piece
from newsletter.content.values import FIELDS, Value, checked

MOST_NAMED = 5


class Filling:
    """Fills texts that hold the words of `tags`. Without fields every tag comes back unfilled."""

    def __init__(self, tags: Tags, fields: Mapping[str, Value] | None) -> None:
        """`fields` are plain values. Raises MergeRefused for those that no letter may be filled with."""
        self.tags = tags
        if fields is not None:
            checked(fields)
        self.fields = fields
        self.missing: list[str] = []
        self.problems: list[str] = []
        said = repr(fields)
        self.mark = next(mark for mark in (f"qw{n}q" for n in count()) if mark not in said)

    @property
    def remarks(self) -> list[str]:
        """What could not be filled, one line each."""
        if self.fields is None:
            return self._unknown()
        missing = list(dict.fromkeys(self.missing))
        lines = [f"missing {name}: its tag was left as it is" for name in missing]
        return lines + list(dict.fromkeys(self.problems))

    def fill(self, text: str, *, html: bool) -> str:
        """`text` with its tags filled, escaped for HTML if `html` says so; other tools' tags come back as text."""
        tokens = self.tags.tokens
        if self.fields is None or not tokens.numbers(text):
            return self.tags.restore(text)
        left: set[int] = set()
        while True:
            try:
                return self.tags.outside(self._filled(text, left, html=html))
            except MissingField as missing:
                self.missing.append(missing.field)
                more = self._asking(missing.field, left)
            except MergeRefused as wrong:
                self.problems.append(f"the tags were left as they are: {wrong.problem}")
                more = set(range(len(tokens.tags))) - left
            left |= more or set(range(len(tokens.tags)))

    def _unknown(self) -> list[str]:
        tags = self.tags.tokens.tags
        fields = parse("".join(tag.text for tag in tags), html=False).fields if tags else ()
        unknown = [field for field in fields if field not in FIELDS]
        if not unknown:
            return []
        first = suggestion(unknown[0])
        right = f"{first}, or " if first.strip("{} ") in FIELDS else ""
        named = ", ".join(unknown[:MOST_NAMED]) + ("…" if len(unknown) > MOST_NAMED else "")
        return [f"letters have no field {named}; right would be {right}a value in --fields"]

    def _filled(self, text: str, left: set[int], *, html: bool) -> str:
        """The text between the tags never meets the merge language: it may hold braces of its own."""
        between: list[str] = []
        written: list[str] = []
        for part in re.split(f"({self.tags.tokens.word})", text):
            numbers = self.tags.tokens.numbers(part)
            if numbers and numbers[0] not in left:
                written.append(self.tags.tokens.tags[numbers[0]].text)
            else:
                between.append(self.tags.tokens.restore(part))
                written.append(f"{self.mark}{len(between) - 1}z")
        filled = parse("".join(written), html=html).fill(self.fields or {})
        return re.sub(rf"{self.mark}(\d+)z", lambda word: between[int(word[1])], filled)

    def _asking(self, field: str, left: set[int]) -> set[int]:
        """The tags not yet left alone that ask for `field`: one that prints it, or else all that decide by it."""
        tags = self.tags.tokens.tags
        asking = {
            number
            for number, tag in enumerate(tags)
            if number not in left and tag.kind == "variable" and field in _fields(tag)
        }
        return asking or {number for number, tag in enumerate(tags) if tag.kind == "block"} - left


def _fields(tag: Piece) -> tuple[str, ...]:
    return parse(tag.text, html=False).fields
