"""What can be wrong with an e-mail's wording, or with the fields it is filled with."""

from __future__ import annotations

from newsletter.errors import Refused


class ContentRefused(Refused):
    """This e-mail cannot go out as it is written; the message says what would be right."""


class MergeRefused(ContentRefused):
    """A merge tag is not part of the language, is broken, or asks for too much."""

    def __init__(self, problem: str, *, name: str = "", line: int | None = None) -> None:
        self.problem, self.name, self.where = problem, name, line
        spot = ", ".join(part for part in (name, f"line {line}" if line else "") if part)
        super().__init__(f"{spot}: {problem}" if spot else problem)


class MissingField(MergeRefused):
    """A field that the e-mail prints has no value for this person: it is not sent, never "Hi !"."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(f"missing {field}")
