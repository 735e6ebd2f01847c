"""The command as people type it, over an installation with one short sequence and one reader in it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from click.testing import CliRunner, Result

from newsletter.audience import signup
from newsletter.audience.consent import Evidence
from newsletter.audience.models import Subscriber
from newsletter.audience.signup import SignUp
from newsletter.campaigns.filing import starter
from newsletter.cli import newsletter
from newsletter.house import House, open_house
from newsletter.settings import Settings
from tests.conftest import DATABASES

READER = "reader@example.com"
# A command says in words what a slice has done, and slices are tested on both databases: most commands run on SQLite
# alone. These run on both: what reads or writes in a way of its own, and one walk through each command.
both = pytest.mark.parametrize("database_url", DATABASES, indirect=True)

SEQUENCE = """
name = "Hello"
class = "marketing"
trigger = "confirmed"
topics = []

[[step]]
key = "first"
file = "first.md"
subject = "The first letter"
preview_text = "It comes at once."
after = "0m"
from = "confirmed"
until = "7d"

[[step]]
key = "second"
file = "second.md"
subject = "The second letter"
preview_text = "It comes two days later."
day = 2
at = "10:00"
from = "confirmed"
until = "3d"
"""


@dataclass
class Command:
    """`newsletter`, run in this process with an environment of its own."""

    env: dict[str, str]

    def __call__(self, *arguments: str, status: int = 0) -> Result:
        """Run it; the exit status must be `status`."""
        result = CliRunner().invoke(newsletter, arguments, env=self.env)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == status, f"exit {result.exit_code}: {result.output}"
        return result

    def json(self, *arguments: str) -> Any:
        """What it answers with --json."""
        return json.loads(self(*arguments, "--json").stdout)

    def refused(self, *arguments: str) -> str:
        """The one line it says, when it refuses."""
        result = self(*arguments, status=1)
        assert result.stdout == ""
        line = result.stderr.removeprefix("newsletter: ")
        assert line != result.stderr
        assert line.count("\n") == 1
        return line.rstrip("\n")


@pytest.fixture(autouse=True)
def _quiet_world(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No setting of this machine reaches a test, and no logging of a test outlives it."""
    import os

    for name in [name for name in os.environ if name.startswith("NEWSLETTER_") or name in ("HOST", "PORT")]:
        monkeypatch.delenv(name)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def run(environment: dict[str, str]) -> Command:
    """The command in practice, before anything was set up."""
    return Command(environment)


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database: SQLite, and PostgreSQL too where a test says `@both`."""
    return request.getfixturevalue(f"{request.param.replace('postgresql', 'postgres')}_url")


@pytest.fixture
def house(environment: dict[str, str], database_url: str, hello: Path) -> Iterator[House]:
    """A migrated installation in practice with the sequence “hello”; `run` serves the same one."""
    environment["NEWSLETTER_DATABASE_URL"] = database_url
    opened = open_house(Settings.from_env(environment))
    with opened.database.writing.begin() as session:
        starter.load(session, opened.clock.now(), hello)
    yield opened
    opened.close()


@pytest.fixture
def hello(tmp_path: Path) -> Path:
    """A campaign folder with two letters."""
    folder = tmp_path / "hello"
    folder.mkdir()
    (folder / "sequence.toml").write_text(SEQUENCE)
    for name in ("first", "second"):
        (folder / f"{name}.md").write_text(
            f"Hello{{% if first_name %}} {{{{ first_name }}}}{{% endif %}}, this is the {name} letter.\n"
        )
    return folder


@pytest.fixture
def sign_up(house: House) -> Callable[..., Subscriber]:
    """`sign_up("reader@example.com", confirmed=False)`: a person, confirmed unless told otherwise."""

    def act(email: str = READER, *, confirmed: bool = True, **more: Any) -> Subscriber:
        now = house.clock.now()
        with house.database.writing.begin() as session:
            asked = signup.request(session, SignUp(email, **more), house.links, now)
            person = session.query(Subscriber).filter_by(mailbox_id=asked.mailbox_id).one()
            if confirmed:
                signup.confirm(session, (asked.mailbox_id, person.id), Evidence("confirm-page"), now)
        return person

    return act
