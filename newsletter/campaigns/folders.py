"""What a campaign folder says, as plain values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from newsletter.campaigns.bodies import Body
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


@dataclass(frozen=True)
class SequenceFolder:
    """One sequence as its folder says it. `topics` empty: any. `digest` is a SHA-256 over all that was read."""

    slug: str
    name: str
    kind: Kind
    trigger: str
    topics: tuple[str, ...]
    reentry: bool
    steps: tuple[StepFile, ...]
    digest: str


@dataclass(frozen=True)
class BroadcastFolder:
    """One newsletter as its folder says it. `digest` is a SHA-256 over all that was read."""

    slug: str
    name: str
    subject: str
    preview_text: str
    topic: str
    except_topics: tuple[str, ...]
    body: Body
    digest: str


def right_slug(example: str) -> str:
    """What a folder's name and a step's key look like."""
    return f"right would be small letters, digits and hyphens, at most 80, as in “{example}”"
