"""A reader's fields, the starter letters as written, and a shorthand for compiling."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsletter.content.compiling import Compiled, Source, compile_letter
from newsletter.content.designs import letter_design
from newsletter.content.values import Value
from tests.content import letters


@pytest.fixture
def fields() -> dict[str, Value]:
    """Everything a reader of the example clinic has."""
    return letters.fields()


@pytest.fixture
def compiled() -> Callable[..., Compiled]:
    """`compiled(body)`, or `compiled(body, "html")`."""

    def make(body: str, written_as: str = "markdown", **others: str) -> Compiled:
        words = {
            "subject": "A letter",
            "preview_text": "What this letter is about, in one short line.",
        } | others
        return compile_letter(Source(body=body, format=written_as, **words), letter_design())  # type: ignore[arg-type]

    return make
