"""A clinic with one small sequence, and a reader of whom everything is held that can be held."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.clock import FrozenClock
from newsletter.db import Database
from newsletter.settings import Settings
from tests.privacy.traces import SEQUENCE, Traces
from tests.walks.beginnings import Beginnings
from tests.walks.story import Story, telling


@pytest.fixture
def story(database: Database, settings: Settings, clock: FrozenClock, tmp_path: Path) -> Iterator[Story]:
    """The story of one reader and a sequence of two letters: at once, and on day 2."""
    folder = tmp_path / "campaigns" / "hello"
    folder.mkdir(parents=True)
    (folder / "sequence.toml").write_text(SEQUENCE)
    for name in ("first", "second"):
        (folder / f"{name}.md").write_text(
            f"Hello{{% if first_name %}} {{{{ first_name }}}}{{% endif %}}, this is the {name} letter.\n"
        )
    with telling(database, settings, clock, folder) as told:
        yield told


@pytest.fixture
def traces(story: Story, tmp_path: Path, beginnings: Beginnings) -> Traces:
    return Traces(story, tmp_path, beginnings)
