"""She asks to be deleted: nothing here knows her any more, no list brings her back, and she herself can come back."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from newsletter.cli import newsletter
from newsletter.clock import FrozenClock, SystemClock
from newsletter.db import Database
from newsletter.settings import Settings
from newsletter.web import create_app
from tests.privacy.traces import Traces
from tests.walks.beginnings import Beginnings
from tests.walks.story import READER, Story, telling, text_of
from tests.web.visiting import Visitor

HEADER = "email,first_name,confirmed_at,consent_source\n"
HER_ROW = f"{READER},Unheard-of-Name,2025-01-01T10:00:00Z,the old site\n"
ANOTHER_ROW = "another@example.com,,2025-01-01T10:00:00Z,the old site\n"


@pytest.fixture
def story(database: Database, settings: Settings) -> Iterator[Story]:
    with telling(database, settings, FrozenClock(SystemClock().now())) as told:
        yield told


def run(story: Story, *arguments: str) -> str:
    """The command over the same installation."""
    env = {
        "NEWSLETTER_DATA_DIR": str(story.house.settings.data_dir),
        "NEWSLETTER_DATABASE_URL": story.house.database.url,
        "NEWSLETTER_BASE_URL": "https://letters.clinic.example",
        "NEWSLETTER_SECRET_KEY": story.house.settings.secret_keys[0],
    }
    done = CliRunner().invoke(newsletter, arguments, env=env)
    assert done.exit_code == 0, done.output
    return done.stdout


def link(story: Story, kind: str) -> str:
    """The path behind the newest link of that kind in her inbox."""
    story.rounds.until_idle()
    token = text_of(story.letters(READER)[-1]).split(f"/{kind}/")[1].split()[0]
    return f"/{kind}/{token}"


def signs_up(story: Story, visitor: Visitor) -> None:
    visitor.sign_up()
    visitor.open(link(story, "confirm"))
    visitor.press("Yes, send me the letters")
    story.rounds.until_idle()


def people(story: Story) -> dict[str, str]:
    return {each["email"]: each["status"] for each in json.loads(run(story, "subscribers", "list", "--json"))}


def bring(story: Story, file: Path) -> tuple[dict[str, int], list[list[str]]]:
    """Import `file`; the figures, and the report row by row."""
    report = file.with_suffix(".report.csv")
    told = json.loads(run(story, "subscribers", "import", str(file), "--report", str(report), "--json"))
    return told, list(csv.reader(report.read_text().splitlines()))


def test_she_is_forgotten_everywhere_and_only_she_comes_back(
    story: Story, tmp_path: Path, beginnings: Beginnings
):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file = elsewhere / "list.csv"
    file.write_text(HEADER + HER_ROW + ANOTHER_ROW)
    visitor = Visitor(create_app(house=story.house), story.clock)
    signs_up(story, visitor)
    assert people(story) == {READER: "confirmed"}

    run(story, "subscribers", "erase", READER, "--yes")
    traces = Traces(story, story.house.settings.data_dir, beginnings)
    assert people(story) == {}
    assert traces.found([READER, "reader@"]) == []
    files = [path for path in tmp_path.rglob("*") if path.is_file() and elsewhere not in path.parents]
    assert not [path.name for path in files if READER.encode() in path.read_bytes()]

    told, report = bring(story, file)
    assert (told["new"], told["rejected"]) == (1, 1)
    assert [
        "2",
        "email",
        "her data was deleted; only she can come back, by signing up herself",
        "rejected",
    ] in report
    assert people(story) == {"another@example.com": "confirmed"}
    assert traces.found([READER]) == []

    signs_up(story, visitor)
    assert people(story) == {"another@example.com": "confirmed", READER: "confirmed"}
    assert story.subjects()[-1].startswith("Welcome")
    told, _ = bring(story, file)
    assert (told["new"], told["known"], told["rejected"]) == (0, 2, 0)
