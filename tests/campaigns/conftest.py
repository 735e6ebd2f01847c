"""A clinic with one small sequence of three letters, told on a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsletter.clock import FrozenClock
from newsletter.db import Database
from newsletter.settings import Settings
from tests.walks.story import Story, telling

STEPS = (
    ("hello", 'after = "0m"\nuntil = "1d"'),
    ("second", 'day = 2\nat = "10:00"\nuntil = "next"'),
    ("third", 'day = 5\nat = "10:00"\nuntil = "7d"'),
)
BODY = "Dear reader, this letter is for you and says little: it is here to be counted.\n"

type_of_steps = tuple[tuple[str, str], ...]


@pytest.fixture
def write_folder(tmp_path: Path) -> Callable[..., Path]:
    """`write_folder("welcome", steps, head)`: a campaign folder on disk, one Markdown file per step."""

    def write(slug: str, steps: type_of_steps = STEPS, head: str = "topics = []\nreentry = true") -> Path:
        folder = tmp_path / "campaigns" / slug
        folder.mkdir(parents=True, exist_ok=True)
        table = f'name = "{slug.title()}"\nclass = "marketing"\ntrigger = "confirmed"\n{head}\n'
        for key, timing in steps:
            (folder / f"{key}.md").write_text(BODY)
            table += (
                f'\n[[step]]\nkey = "{key}"\nfile = "{key}.md"\nsubject = "The letter {key}"\n'
                f'preview_text = "A letter that is here to be counted, and says little."\n{timing}\n'
            )
        (folder / "sequence.toml").write_text(table)
        return folder

    return write


@pytest.fixture
def story(
    database: Database, settings: Settings, clock: FrozenClock, write_folder: Callable[..., Path]
) -> Iterator[Story]:
    """The story of one reader and a sequence `welcome` of three letters: at once, day 2, day 5."""
    folder = write_folder("welcome")
    with telling(database, settings, clock, folder) as told:
        yield told


@pytest.fixture
def write_issue(tmp_path: Path) -> Callable[..., Path]:
    """`write_issue("spring-guide", topic="tips", words="...", more="archive = false")`: a newsletter's folder."""

    def write(slug: str = "spring-guide", topic: str = "tips", words: str = BODY, more: str = "") -> Path:
        folder = tmp_path / "campaigns" / slug
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "issue.md").write_text(words)
        (folder / "broadcast.toml").write_text(
            f'name = "Spring guide"\nsubject = "A guide for spring"\n'
            f'preview_text = "An issue that is here to be counted, and says little."\n'
            f'topic = "{topic}"\nfile = "issue.md"\n{more}\n'
        )
        return folder

    return write
