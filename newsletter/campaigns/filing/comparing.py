"""Pure: what a sequence's folder would change of the one that is live, letter by letter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.campaigns.filing.folders import SequenceFolder, StepFile


@dataclass(frozen=True)
class Change:
    """One letter that would not stay as it is.

    `what` holds `new`; `gone`; or some of `moved`, `reworded` and `condition`. `renamed` is the key under which the
    words of a letter that is gone stand now.
    """

    key: str
    subject: str
    what: tuple[str, ...]
    renamed: str | None = None


def changes(before: SequenceFolder, after: SequenceFolder) -> tuple[Change, ...]:
    """Those of the letters of `after` in their order, then those that are gone."""
    old = {step.key: step for step in before.steps}
    new = {step.key: step for step in after.steps}
    added = [step for step in after.steps if step.key not in old]
    return (
        *(Change(step.key, step.subject, what) for step in after.steps if (what := _what(old, step))),
        *(
            Change(step.key, step.subject, ("gone",), _same_words(step, added))
            for step in before.steps
            if step.key not in new
        ),
    )


def remarks(before: SequenceFolder, after: SequenceFolder) -> Iterator[str]:
    """What would change of the sequence itself, a line each."""
    if before.name != after.name:
        yield f"its name is “{after.name}” (before: “{before.name}”)"
    if before.topics != after.topics:
        was, will = (", ".join(each.topics) or "any topic" for each in (before, after))
        yield f"from now on it admits sign-ups for {will} (before: {was})"
    if before.reentry != after.reentry:
        yield f"who comes back {'starts again' if after.reentry else 'does not start again'} from now on"


def _what(old: dict[str, StepFile], step: StepFile) -> tuple[str, ...]:
    if step.key not in old:
        return ("new",)
    was = old[step.key]
    differs = {
        "moved": was.intent != step.intent,
        "reworded": was.words != step.words,
        "condition": was.only_if != step.only_if,
    }
    return tuple(word for word, holds in differs.items() if holds)


def _same_words(gone: StepFile, added: list[StepFile]) -> str | None:
    """The key of the new letter that says what this one said: somebody renamed it."""
    return next((step.key for step in added if step.body.source == gone.body.source), None)
