"""A letter for one person: the version she is promised, filled with her fields.

A version is prepared in two ways, each once: as it is, and with its links led through our counter. Which one a reader
gets is said by whoever asks: only fields that bring a `clicks_url` get the second, and only of a version, so that
account mail cannot be counted at all.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from threading import Lock

from newsletter.content.account import account_letter
from newsletter.content.brand import PLAIN, Brand
from newsletter.content.compiling import Compiled
from newsletter.content.counted import CLICKS, counted
from newsletter.content.filling import Parsed, Rendered
from newsletter.content.models import Version
from newsletter.content.refusals import MergeRefused
from newsletter.content.values import Value
from newsletter.content.wearing import worn
from newsletter.db import Database
from newsletter.errors import NotFound

KEPT = 128
LETTER = re.compile(r"version:(\d{1,18})|mail:([a-z-]{1,40})")


class Renderer:
    """Renders `version:<id>` and `mail:<name>`. What was parsed is kept, since a version never changes; thread-safe.

    `home` is the address that our own pages begin with.
    """

    def __init__(self, database: Database, home: str = "") -> None:
        self._database = database
        self._home = home
        self._kept: OrderedDict[tuple[str, bool, Brand], Parsed] = OrderedDict()
        self._lock = Lock()

    def render(self, letter: str, fields: Mapping[str, Value]) -> Rendered:
        """Fill `letter`; reads in a short session of its own the first time a version is asked for.

        Raises MissingField for a field that is printed and has no value, MergeRefused for values that are not plain,
        NotFound for a letter that does not exist.
        """
        return self._parsed(letter, counting=CLICKS in fields).fill(fields)

    def _parsed(self, letter: str, *, counting: bool) -> Parsed:
        name = letter, counting, self._worn(letter)
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
                return self._kept[name]
        parsed = self._read(*name)
        with self._lock:
            self._kept[name] = parsed
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return parsed

    def _worn(self, letter: str) -> Brand:
        """What account mail looks like today; a version has its looks in itself."""
        if not letter.startswith("mail:"):
            return PLAIN
        with self._database.reading() as session:
            return worn(session)

    def _read(self, letter: str, counting: bool, brand: Brand) -> Parsed:  # noqa: FBT001  (as it is kept)
        found = self._found(letter, brand)
        if counting and isinstance(found, Version):
            with suppress(MergeRefused):  # so many links that their tags are too many: it goes out uncounted
                return Parsed.of(counted(found, found.links, self._home))
        return Parsed.of(found)

    def _found(self, letter: str, brand: Brand) -> Version | Compiled:
        known = LETTER.fullmatch(letter)
        if known is None:
            raise NotFound(f"“{letter[:60]}” names no letter; right would be version:12 or mail:confirm")
        if known[2]:
            return account_letter(known[2], brand)
        with self._database.reading() as session:
            version = session.get(Version, int(known[1]))
        if version is None:
            raise NotFound(f"{letter} is not in this database")
        return version
