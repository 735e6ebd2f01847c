"""What a folder changes of the sequence that is live."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest

from newsletter.campaigns.filing.comparing import Change, changes, remarks
from newsletter.campaigns.filing.folders import SequenceFolder, StepFile
from newsletter.campaigns.intents import Intent
from newsletter.campaigns.timings import Day, Lasting
from tests.campaigns.filing.test_writing import PLAIN, STEP, WELCOME

LATER = Intent(Day(4, time(10)), Lasting(timedelta(days=1)))
SECOND = replace(STEP, key="second", subject="Second", position=1, body=replace(PLAIN, source="Another.\n"))
BEFORE = replace(WELCOME, steps=(STEP, SECOND))


def after(*steps: StepFile, **more: Any) -> SequenceFolder:
    return replace(BEFORE, steps=steps, **more)


def test_nothing_changed_is_nothing_to_say() -> None:
    renamed_files = replace(SECOND, line=40, body=replace(SECOND.body, name="letters/2.md"))
    assert changes(BEFORE, after(STEP, renamed_files)) == ()
    assert list(remarks(BEFORE, BEFORE)) == []


@pytest.mark.parametrize(
    ("step", "what"),
    [
        (replace(SECOND, intent=LATER), ("moved",)),
        (replace(SECOND, subject="The second"), ("reworded",)),
        (replace(SECOND, preview_text="Soon."), ("reworded",)),
        (replace(SECOND, body=replace(SECOND.body, source="Other.\n")), ("reworded",)),
        (replace(SECOND, body=replace(SECOND.body, text="Other.\n")), ("reworded",)),
        (replace(SECOND, only_if="first_name"), ("condition",)),
        (
            replace(SECOND, intent=LATER, subject="The second", only_if="first_name"),
            ("moved", "reworded", "condition"),
        ),
    ],
)
def test_a_letter_that_keeps_its_key_is_moved_reworded_or_both(step: StepFile, what: tuple[str, ...]) -> None:
    assert changes(BEFORE, after(STEP, step)) == (Change("second", step.subject, what),)


def test_new_letters_come_in_their_order_and_those_that_are_gone_after_them() -> None:
    third = replace(SECOND, key="third", subject="Third", body=replace(PLAIN, source="A third.\n"))
    assert changes(BEFORE, after(third, replace(SECOND, intent=LATER))) == (
        Change("third", "Third", ("new",)),
        Change("second", "Second", ("moved",)),
        Change("hello", "Hello", ("gone",)),
    )


def test_a_key_that_was_renamed_is_found_by_its_words() -> None:
    renamed = replace(SECOND, key="zweite", subject="Second, again")
    assert changes(BEFORE, after(STEP, renamed)) == (
        Change("zweite", "Second, again", ("new",)),
        Change("second", "Second", ("gone",), renamed="zweite"),
    )


def test_what_changes_of_the_sequence_itself_is_said_in_lines() -> None:
    other = after(STEP, SECOND, name="Hello again", topics=("tips", "news"), reentry=True)
    assert list(remarks(BEFORE, other)) == [
        "its name is “Hello again” (before: “Welcome”)",
        "from now on it admits sign-ups for tips, news (before: any topic)",
        "who comes back starts again from now on",
    ]
    assert list(remarks(other, BEFORE))[1:] == [
        "from now on it admits sign-ups for any topic (before: tips, news)",
        "who comes back does not start again from now on",
    ]
