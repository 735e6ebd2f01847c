"""The few failures that everyone shares. A failure's message is one clear line that says what would be right."""

from __future__ import annotations

from collections.abc import Iterable


class Refused(Exception):
    """Something was asked that cannot be done; nothing was changed.

    The message is one line for a person. Entry points print it and exit 1, or show it at the field.
    """

    @property
    def line(self) -> str:
        """The message on one line, whatever it was built from."""
        return " ".join(str(self).split())


class NotFound(Refused):
    """What was named does not exist here."""


class Mistakes(Refused):
    """Several mistakes, reported at once, so that nobody has to mend them one by one."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(self.problems))
