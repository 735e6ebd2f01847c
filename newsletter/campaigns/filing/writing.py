"""Pure: a campaign's values become the files of its folder; the inverse of `files`.

The keys stand in the order in which the contract lists them, so that two exports of the same campaign are the same
bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import tomli_w

from newsletter.campaigns.filing.bodies import Body
from newsletter.campaigns.filing.folders import (
    BROADCAST_FILE,
    SEQUENCE_FILE,
    BroadcastFolder,
    Campaign,
    SequenceFolder,
    StepFile,
)

STEP_KEYS = (
    *("key", "file", "subject", "preview_text"),
    *("day", "at", "after", "from", "until", "weekdays", "only_if", "first"),
)


def files(campaign: Campaign) -> dict[str, str]:
    """Name -> text of each file, the table first; bodies under the names that they carry."""
    if isinstance(campaign, BroadcastFolder):
        return {BROADCAST_FILE: spelled(_broadcast(campaign))} | _bodies([campaign.body])
    table = _sequence(campaign) | {"step": [_step(each) for each in campaign.steps]}
    return {SEQUENCE_FILE: spelled(table)} | _bodies([each.body for each in campaign.steps])


def spelled(table: Mapping[str, Any]) -> str:
    """A campaign's table as people write it, its steps last; `tomllib` reads the same table back."""
    head = {key: value for key, value in table.items() if key != "step"}
    return "\n".join([_lines(head), *(f"[[step]]\n{_lines(each)}" for each in table.get("step", ()))])


def _bodies(bodies: list[Body]) -> dict[str, str]:
    sources = {each.name: each.source for each in bodies}
    return sources | {each.beside: each.text for each in bodies if each.text is not None}


def _sequence(campaign: SequenceFolder) -> dict[str, Any]:
    table: dict[str, Any] = {
        "name": campaign.name,
        "class": campaign.kind,
        "trigger": campaign.trigger,
        "topics": campaign.topics,
    }
    return table | ({"reentry": True} if campaign.reentry else {})


def _step(step: StepFile) -> dict[str, Any]:
    says = {"key": step.key, "file": step.body.name, "subject": step.subject, **step.intent.to_json()}
    optional = {"preview_text": step.preview_text, "only_if": step.only_if}
    says |= {key: value for key, value in optional.items() if value}
    return {key: says[key] for key in STEP_KEYS if key in says}


def _broadcast(campaign: BroadcastFolder) -> dict[str, Any]:
    table: dict[str, Any] = {
        "name": campaign.name,
        "subject": campaign.subject,
        "preview_text": campaign.preview_text,
        "topic": campaign.topic,
    }
    if campaign.except_topics:
        table["except"] = campaign.except_topics
    table["file"] = campaign.body.name
    return table if campaign.archived else table | {"archive": False}


def _lines(table: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_value(value)}\n" for key, value in table.items())


def _value(value: Any) -> str:
    """On one line, as people write it: the library would give a list a line for each of its members."""
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_value(each)}' for key, each in value.items())} }}"
    return tomli_w.dumps({"x": value}).removeprefix("x = ").rstrip("\n")
