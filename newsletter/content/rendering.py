"""A letter for one person: the version she is promised, filled with her fields."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from newsletter.content.account import account_letter
from newsletter.content.compiling import Compiled
from newsletter.content.filling import Parsed, Rendered
from newsletter.content.models import Version
from newsletter.content.values import Value
from newsletter.db import Database
from newsletter.errors import NotFound

KEPT = 128
LETTER = re.compile(r"version:(\d{1,18})|mail:([a-z-]{1,40})")


class Renderer:
    """Renders `version:<id>` and `mail:<name>`. What was parsed is kept, since a version never changes; thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: OrderedDict[str, Parsed] = OrderedDict()
        self._lock = Lock()

    def render(self, letter: str, fields: Mapping[str, Value]) -> Rendered:
        """Fill `letter`; reads in a short session of its own the first time a version is asked for.

        Raises MissingField for a field that is printed and has no value, MergeRefused for values that are not plain,
        NotFound for a letter that does not exist.
        """
        return self._parsed(letter).fill(fields)

    def _parsed(self, letter: str) -> Parsed:
        with self._lock:
            if letter in self._kept:
                self._kept.move_to_end(letter)
                return self._kept[letter]
        parsed = Parsed.of(self._found(letter))
        with self._lock:
            self._kept[letter] = parsed
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return parsed

    def _found(self, letter: str) -> Version | Compiled:
        known = LETTER.fullmatch(letter)
        if known is None:
            raise NotFound(f"“{letter[:60]}” names no letter; right would be version:12 or mail:confirm")
        if known[2]:
            return account_letter(known[2])
        with self._database.reading() as session:
            version = session.get(Version, int(known[1]))
        if version is None:
            raise NotFound(f"{letter} is not in this database")
        return version
