"""What a draft changes of its letters' words, beside what is live."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.campaigns.desk.differing import Piece, differences
from newsletter.campaigns.filing.folders import SequenceFolder, StepFile


@dataclass(frozen=True)
class Part:
    """One part of a letter that says something else: its name on the screen, and what leads from old to new."""

    name: str
    pieces: tuple[Piece, ...]


def changed(before: SequenceFolder | None, after: SequenceFolder) -> dict[str, tuple[Part, ...]]:
    """Key -> the parts that differ, of the letters that are in both; nothing where nothing is live."""
    was = {step.key: step for step in (before.steps if before else ())}
    pairs = ((was[step.key], step) for step in after.steps if step.key in was)
    return {new.key: parts for old, new in pairs if (parts := _parts(old, new))}


def _parts(old: StepFile, new: StepFile) -> tuple[Part, ...]:
    texts = (
        ("Subject", old.subject, new.subject),
        ("Preview text", old.preview_text, new.preview_text),
        ("Letter", old.body.source, new.body.source),
        ("Its own text part", old.body.text or "", new.body.text or ""),
    )
    return tuple(Part(name, differences(was, is_now)) for name, was, is_now in texts if was != is_now)
