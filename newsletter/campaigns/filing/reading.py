"""One campaign file being read, whatever it describes: mistakes are collected with their lines, and it goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from newsletter.campaigns.filing.bodies import Body, Folder, read_body
from newsletter.campaigns.filing.folders import BadFolder
from newsletter.campaigns.filing.toml_lines import KeyLines
from newsletter.campaigns.spelling import CONTROL, Misspelled, nearest, read_text

T = TypeVar("T")


class Reading:
    """The file `name` in `folder`, whose text is `source`."""

    def __init__(self, folder: Folder, name: str, source: str) -> None:
        self.folder = folder
        self.lines = KeyLines(source)
        self._where = f"{folder.name}/{name}"
        self._problems: list[tuple[int, str]] = []

    def attempt(self, read: Callable[[], T], fallback: T) -> T:
        """What `read` returns; where it raises Misspelled that is noted, and the reading goes on with `fallback`."""
        try:
            return read()
        except Misspelled as problem:
            self.wrong(problem.key, problem.line)
            return fallback

    def body(self, table: Mapping[str, Any], example: str) -> Body:
        """The words that the table's `file` names; raises Misspelled."""
        return read_body(self.folder, read_text("file", needed(table, "file", example)))

    def refuse_unknown(self, table: Mapping[str, Any], known: tuple[str, ...]) -> None:
        """Note each key of the file's own table that is not `known`."""
        for key in table:
            if key not in known:
                self.wrong(key, unknown(key, known))

    def wrong(self, key: str, says: str, step: int | None = None) -> None:
        """Note a mistake on the line of `key`, of the step with that index, or else of the file's own table."""
        self._problems.append((self.lines.of(key, step), CONTROL.sub("?", says)))

    def refuse_mistakes(self) -> None:
        """Raise BadFolder with all that was noted, in order of lines, if anything was."""
        if self._problems:
            raise BadFolder(f"{self._where}:{line}: {says}" for line, says in sorted(set(self._problems)))


def needed(table: Mapping[str, Any], key: str, example: str) -> object:
    """The value of `key`; raises Misspelled, with a line to write, where it is missing."""
    if key not in table:
        raise Misspelled("", f'“{key}” is missing; right would be a line like {key} = "{example}"')
    return table[key]


def unknown(key: str, known: tuple[str, ...]) -> str:
    """What is said of a key that means nothing."""
    return f"“{key:.40}” is not known here{nearest(key, known)}; known are {', '.join(known)}"
