"""What keeps a draft from being used, each with the letter in which it is mended."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from newsletter.campaigns.filing.folders import SEQUENCE_FILE
from newsletter.campaigns.models import CampaignDraft

_PLACE = re.compile(r"[^/:]+/(?P<file>[^:]+?)(?::(?P<line>\d+))?: (?P<says>.*)", re.DOTALL)
_WORDS = re.compile(r"“(?:subject|preview_text|file)”|\.(?:md|html)”")
_EMPTY = re.compile(r"“[^”]*” is empty or no text")
EMPTY = "It has no words yet; right would be to write them."
_STEP = re.compile(r"\s*\[\[\s*step\s*\]\]")


@dataclass(frozen=True)
class Mistake:
    """One thing to mend: in the letter `key`, None for the sequence itself; in its `words`, or in its terms."""

    says: str
    key: str | None = None
    subject: str = ""
    in_words: bool = False


def mistakes(lines: Iterable[str], draft: CampaignDraft | None) -> list[Mistake]:
    """Each line of `desk.mistakes` with the letter that it speaks of, without file and line, which nobody sees here."""
    if draft is None:
        return []
    source = str(draft.files.get(SEQUENCE_FILE, ""))
    steps = tomllib.loads(source).get("step", [])
    return [_mistake(line, source, steps) for line in lines]


def _mistake(line: str, source: str, steps: list[dict[str, Any]]) -> Mistake:
    found = _PLACE.fullmatch(line)
    if found is None:
        return Mistake(line)
    says = EMPTY if _EMPTY.match(found["says"]) else found["says"][:1].upper() + found["says"][1:]
    if found["file"] == SEQUENCE_FILE:
        step = _at_line(source, int(found["line"] or 1), steps)
        in_words = bool(_WORDS.search(says))
    else:
        step = next((each for each in steps if each.get("file") == found["file"]), None)
        in_words = True
    if step is None:
        return Mistake(says)
    return Mistake(
        says, str(step.get("key")), str(step.get("subject") or "a letter without a subject"), in_words
    )


def _at_line(source: str, line: int, steps: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The step in whose table this line of the file stands."""
    index = sum(bool(_STEP.match(each)) for each in source.split("\n")[:line]) - 1
    return steps[index] if 0 <= index < len(steps) else None
