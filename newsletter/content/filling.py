"""Pure: a compiled letter is read once, and filled for one person after another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from newsletter.content.merging import Merge, one_line, parse
from newsletter.content.values import Value

GAP = re.compile(r"\n{3,}")


class Texts(Protocol):
    """What a version has, and what could become one: four texts in the merge language."""

    @property
    def subject(self) -> str: ...  # noqa: D102
    @property
    def preview_text(self) -> str: ...  # noqa: D102
    @property
    def html(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102


@dataclass(frozen=True)
class Rendered:
    """What one person reads."""

    subject: str
    preview_text: str
    html: str
    text: str


@dataclass(frozen=True)
class Parsed:
    """A letter read once, to be filled for many."""

    subject: Merge
    preview_text: Merge
    html: Merge
    text: Merge

    @classmethod
    def of(cls, found: Texts) -> Parsed:
        """Read the four texts of a version, or of what could become one. Raises MergeRefused."""
        return cls(
            parse(found.subject, html=False, name="subject"),
            parse(found.preview_text, html=False, name="preview text"),
            parse(found.html, html=True, name="HTML"),
            parse(found.text, html=False, name="text part"),
        )

    def fill(self, fields: Mapping[str, Value]) -> Rendered:
        """The letter for one person. Raises MissingField, and MergeRefused for values that are not plain."""
        return Rendered(
            one_line(self.subject.fill(fields)),
            one_line(self.preview_text.fill(fields)),
            self.html.fill(fields),
            GAP.sub("\n\n", self.text.fill(fields)).strip() + "\n",
        )
