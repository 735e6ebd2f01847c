"""From a parsed `sequence.toml` to a sequence and its steps; mistakes are collected with their lines.

Whether the Jinja in a body is sound is found when the content compiles.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from newsletter.campaigns.filing.bodies import Folder
from newsletter.campaigns.filing.folders import (
    SEQUENCE_FILE,
    SLUG,
    Kind,
    SequenceFolder,
    StepFile,
    right_slug,
)
from newsletter.campaigns.filing.reading import Reading, needed, unknown
from newsletter.campaigns.intents import CARE_ANCHORS, KEYS, MARKETING_ANCHORS, read_step
from newsletter.campaigns.ordering import misplaced
from newsletter.campaigns.spelling import Misspelled, read_flag, read_text

SEQUENCE_KEYS = ("name", "class", "trigger", "topics", "reentry", "step")
STEP_KEYS = ("key", "file", "subject", "preview_text", "only_if", *KEYS)

TRIGGERS: Mapping[Kind, str] = {"marketing": "confirmed", "care": "course"}


class SequenceReading(Reading):
    """One `sequence.toml` being read."""

    def __init__(self, folder: Folder, source: str) -> None:
        super().__init__(folder, SEQUENCE_FILE, source)

    def sequence(self, table: Mapping[str, Any]) -> SequenceFolder:
        """The whole folder; raises BadFolder once everything has been looked at."""
        self.refuse_unknown(table, SEQUENCE_KEYS)
        name = self.attempt(lambda: read_text("name", needed(table, "name", "Welcome")), "")
        kind: Kind = self.attempt(lambda: _read_kind(table), "marketing")
        trigger = self.attempt(lambda: _read_trigger(table, kind), "")
        no_topics: tuple[str, ...] = ()
        topics = self.attempt(lambda: _read_topics(table.get("topics", [])), no_topics)
        reentry = self.attempt(lambda: read_flag("reentry", table.get("reentry", False)), fallback=False)
        steps = self._steps(table.get("step"), kind)
        self.refuse_mistakes()
        files = self.folder.files
        return SequenceFolder(self.folder.name, name, kind, trigger, topics, reentry, steps, files)

    def _steps(self, tables: object, kind: Kind) -> tuple[StepFile, ...]:
        if not isinstance(tables, list) or not tables or not all(isinstance(each, dict) for each in tables):
            self.wrong("step", "a sequence has steps; right would be a table [[step]] for each letter")
            return ()
        steps = tuple(
            step for index, each in enumerate(tables) for step in self._read_step(each, index, kind)
        )
        self._refuse_twins(steps)
        if len(steps) == len(tables):  # with a step missing, “the last one” would be said of the wrong step
            for index, key, says in misplaced([step.intent for step in steps]):
                self.wrong(key, says, index)
        return steps

    def _refuse_twins(self, steps: tuple[StepFile, ...]) -> None:
        seen: dict[str, int] = {}
        for step in steps:
            if step.key in seen:
                says = f"“{step.key}” names the step of line {seen[step.key]} too; each step has a key of its own"
                self.wrong("key", says, step.position)
            seen.setdefault(step.key, step.line)

    def _read_step(self, table: Mapping[str, Any], index: int, kind: Kind) -> Iterator[StepFile]:
        """The step, if it can be read."""
        try:
            yield self._step(table, index, kind)
        except Misspelled as problem:
            self.wrong(problem.key, problem.line, index)

    def _step(self, table: Mapping[str, Any], index: int, kind: Kind) -> StepFile:
        self._refuse_unknown_of_step(table, index)
        key = read_text("key", needed(table, "key", "is-one-enough"))
        if not SLUG.fullmatch(key):
            raise Misspelled("key", f"“{key:.40}” cannot be a key; {right_slug('is-one-enough')}")
        timing = {each: table[each] for each in KEYS if each in table}
        anchors = MARKETING_ANCHORS if kind == "marketing" else CARE_ANCHORS
        body = self.body(table, "01-welcome.md")
        return StepFile(
            key=key,
            position=index,
            intent=read_step(timing, anchors=anchors),
            subject=read_text("subject", needed(table, "subject", "Is one session enough?")),
            preview_text=read_text("preview_text", table["preview_text"]) if "preview_text" in table else "",
            only_if=read_text("only_if", table["only_if"]) if "only_if" in table else None,
            body=body,
            line=self.lines.of(step=index),
        )

    def _refuse_unknown_of_step(self, table: Mapping[str, Any], index: int) -> None:
        for key in table:
            if key in SEQUENCE_KEYS:
                says = f"“{key}” belongs to the sequence; right would be a line above the first [[step]]"
                self.wrong(key, says, index)
            elif key not in STEP_KEYS:
                self.wrong(key, unknown(key, STEP_KEYS), index)


def _read_kind(table: Mapping[str, Any]) -> Kind:
    match needed(table, "class", "marketing"):
        case "marketing":
            return "marketing"
        case "care":
            return "care"
        case other:
            raise Misspelled("class", f'“{other!s:.40}” is no class; right would be "marketing" or "care"')


def _read_trigger(table: Mapping[str, Any], kind: Kind) -> str:
    right = TRIGGERS[kind]
    trigger = needed(table, "trigger", right)
    if trigger != right:
        says = f'“{trigger!s:.40}” starts no sequence of class “{kind}”; right would be trigger = "{right}"'
        raise Misspelled("trigger", says)
    return right


def _read_topics(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(
        isinstance(each, str) and SLUG.fullmatch(each) for each in value
    ):
        raise Misspelled("topics", '“topics” is a list of topics, as in ["resources", "tips"]; empty: any')
    return tuple(value)
