"""What a campaign folder says, as plain values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from newsletter.campaigns.filing.bodies import Body
from newsletter.campaigns.intents import Intent
from newsletter.campaigns.planning import StepPlan
from newsletter.errors import Mistakes

SEQUENCE_FILE = "sequence.toml"
BROADCAST_FILE = "broadcast.toml"
Kind = Literal["marketing", "care"]

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}", re.ASCII)


class BadFolder(Mistakes):
    """A campaign folder cannot be read; nothing of it was loaded. `problems` has a line for each mistake."""


@dataclass(frozen=True)
class StepFile:
    """One step as its folder says it. `line` is where it begins in `sequence.toml`."""

    key: str
    position: int
    intent: Intent
    subject: str
    preview_text: str
    only_if: str | None
    body: Body
    line: int

    @property
    def plan(self) -> StepPlan:
        """What planning needs of it."""
        return StepPlan(self.key, self.position, self.intent, self.only_if)

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that a reader may see of it."""
        return _words(self.subject, self.preview_text, self.body)


@dataclass(frozen=True)
class SequenceFolder:
    """One sequence as its folder says it. `topics` empty: any. `files` is the folder as it was read: name -> text."""

    slug: str
    name: str
    kind: Kind
    trigger: str
    topics: tuple[str, ...]
    reentry: bool
    steps: tuple[StepFile, ...]
    files: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def digest(self) -> str:
        """A SHA-256 over all that it means: names of files, comments and spacing do not count."""
        steps = [[each.key, each.intent.to_json(), each.only_if, each.words] for each in self.steps]
        return _digest("sequence", self.name, self.kind, self.trigger, self.topics, self.reentry, steps)


@dataclass(frozen=True)
class BroadcastFolder:
    """One newsletter as its folder says it. `files` is the folder as it was read: name -> text."""

    slug: str
    name: str
    subject: str
    preview_text: str
    topic: str
    except_topics: tuple[str, ...]
    body: Body
    archived: bool = True
    files: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def words(self) -> tuple[str, ...]:
        """Everything that a reader may see of it."""
        return _words(self.subject, self.preview_text, self.body)

    @property
    def digest(self) -> str:
        """A SHA-256 over all that it means: names of files, comments and spacing do not count."""
        return _digest("broadcast", self.name, self.topic, self.except_topics, self.archived, self.words)


Campaign = SequenceFolder | BroadcastFolder


def right_slug(example: str) -> str:
    """What a folder's name and a step's key look like."""
    return f"right would be small letters, digits and hyphens, at most 80, as in “{example}”"


def _words(subject: str, preview_text: str, body: Body) -> tuple[str, ...]:
    text = () if body.text is None else (body.text,)
    return subject, preview_text, body.form, body.source, *text


def _digest(*says: object) -> str:
    return sha256(json.dumps(says, sort_keys=True).encode()).hexdigest()
