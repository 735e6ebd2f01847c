"""Pure: what an enrollment counts from, as its row keeps it and as planning reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from newsletter.campaigns.planning import Anchors


def spell(anchors: Anchors) -> dict[str, str]:
    """`{("confirmed", 0): instant}` as JSON: `{"confirmed:0": "2026-03-05T22:30:00+00:00"}`, in UTC."""
    return {f"{name}:{k}": moment.astimezone(UTC).isoformat() for (name, k), moment in anchors.items()}


def read(stored: Mapping[str, str]) -> Anchors:
    """The inverse of `spell`."""
    anchors = {}
    for key, text in stored.items():
        name, _, occurrence = key.rpartition(":")
        anchors[name, int(occurrence)] = datetime.fromisoformat(text)
    return anchors
