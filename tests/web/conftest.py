"""A practice installation, its pages, and somebody who visits them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from newsletter.campaigns.filing import starter
from newsletter.clock import FrozenClock
from newsletter.db import open_database
from newsletter.settings import Settings
from newsletter.web import create_app
from tests.walks.beginnings import Beginnings
from tests.walks.story import Story, telling, text_of
from tests.web.visiting import READER, Visitor

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)  # where the `clock` fixture stands


@pytest.fixture
def story(
    request: pytest.FixtureRequest, settings: Settings, clock: FrozenClock, tmp_path: Path
) -> Iterator[Story]:
    """On SQLite; `@both` runs a test on PostgreSQL too, where a page's own statements matter."""
    if getattr(request, "param", "sqlite") == "sqlite":
        mine = tmp_path / "web.db"
        shutil.copyfile(request.getfixturevalue("_with_letters"), mine)
        database = open_database(f"sqlite:///{mine}")
    else:
        database = request.getfixturevalue("postgres_database")
    with telling(database, settings, clock) as told:
        yield told
    database.close()


@pytest.fixture(scope="session")
def _with_letters(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the starter campaigns in it, compiled once for the whole session."""
    path = tmp_path_factory.mktemp("letters") / "newsletter.db"
    shutil.copyfile(_sqlite_template, path)
    database = open_database(f"sqlite:///{path}")
    with database.writing.begin() as session:
        starter.load(session, START)
    database.close()
    return path


@pytest.fixture(scope="session")
def _read_once(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Jinja keeps what it has read of our templates; it reads again what has changed."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(story: Story, _read_once: FileSystemBytecodeCache) -> Flask:
    made = create_app(house=story.house)
    made.jinja_env.bytecode_cache = _read_once
    return made


@pytest.fixture
def visitor(app: Flask, clock: FrozenClock) -> Visitor:
    return Visitor(app, clock)


@pytest.fixture
def newest_link(story: Story) -> Callable[..., str]:
    """`newest_link("confirm")`: the link of that kind in the newest letter that has one."""

    def find(kind: str, address: str = READER) -> str:
        story.rounds.until_idle()
        for letter in reversed(story.letters(address)):
            found = re.search(rf"https://\S+(/{kind}/[\w-]+)", text_of(letter))
            if found:
                return found[1]
        raise AssertionError(f"no letter to {address} has a /{kind}/ link")

    return find


@pytest.fixture
def confirmed(
    story: Story, visitor: Visitor, newest_link: Callable[..., str], beginnings: Beginnings
) -> Visitor:
    """A reader who has signed up and confirmed; her first letter has arrived."""

    def tell() -> tuple[str, str, dict[Any, Any]]:
        visitor.sign_up()
        visitor.open(newest_link("confirm"))
        visitor.press("Yes, send me the letters")
        return visitor.at, visitor.page, dict(visitor.client._cookies or {})

    visitor.at, visitor.page, cookies = beginnings.once(story, "a reader has confirmed", tell)
    visitor.client._cookies = dict(cookies)
    return visitor
