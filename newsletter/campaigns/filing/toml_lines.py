"""Pure: on which line of a campaign file a key stands. `tomllib` gives values without lines, people need lines."""

from __future__ import annotations

import re

_OPAQUE = re.compile(
    r'"""(?:\\.|[^\\])*?"""' r"|'''.*?'''" r'|"(?:\\.|[^"\\\n])*"' r"|'[^'\n]*'" r"|#[^\n]*",
    re.DOTALL,
)
_STEP = re.compile(r"\s*\[\[\s*step\s*\]\]")
_TABLE = re.compile(r"\s*\[+\s*(?:step\s*\.\s*)?([\w-]+)")
_KEY = re.compile(r"\s*([\w-]+)\s*[.=]")

Place = tuple[int | None, str | None]
"""(index of the step or None above the first one, key or None for the step itself)."""


class KeyLines:
    """The lines of one file's keys. Texts and comments are blanked first, so that nothing inside them counts."""

    def __init__(self, source: str) -> None:
        self._lines: dict[Place, int] = {}
        self._step: int | None = None
        self._in_table = False  # a table of its own, as [step.until]: its keys are not the step's
        depth = 0
        for number, line in enumerate(_OPAQUE.sub(_blank, source).split("\n"), start=1):
            if depth == 0:
                self._note(line, number)
            depth += sum(line.count(bracket) for bracket in "[{") - sum(
                line.count(bracket) for bracket in "]}"
            )

    def of(self, key: str | None = None, step: int | None = None) -> int:
        """The line of a key of the file's own table, or of a step; else the line of the step; else 1."""
        places: tuple[Place, ...] = ((step, key), (step, None), (None, "step"))
        if key == "step" and step is None:  # all of them: where it is not a key, where the first begins
            places = ((None, "step"), (0, None))
        return next((self._lines[place] for place in places if place in self._lines), 1)

    def _note(self, line: str, number: int) -> None:
        if _STEP.match(line):
            self._step = 0 if self._step is None else self._step + 1
            self._in_table = False
            self._lines[self._step, None] = number
        elif table := _TABLE.match(line):
            self._in_table = True
            self._lines.setdefault((self._step, table[1]), number)
        elif (key := _KEY.match(line)) and not self._in_table:
            self._lines.setdefault((self._step, key[1]), number)


def _blank(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n") if match[0].startswith("#") else '""' + "\n" * match[0].count("\n")
