"""What every test may ask for: settings, a clock that stands still, a migrated database, a browser that stays at home."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
import structlog

from newsletter import migrating
from newsletter.clock import FrozenClock
from newsletter.db import Database, open_database
from newsletter.settings import Settings
from tests import chromium, once, postgres_cluster, scratch
from tests.services import need
from tests.walks.beginnings import Beginnings

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.postgres_cluster import Cluster

DATABASES = ["sqlite", "postgresql"]


def pytest_configure() -> None:
    """Let SIGTERM end a run as Ctrl-C does: fixtures close, and no server stays behind."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Started in the background, we would ignore it, and so would every command that a test starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # No test asserts a time; and where a whole run decides, it must say the same twice.
    hypothesis.settings.register_profile(
        "suite", deadline=None, derandomize=os.environ.get("REQUIRE_SERVICES") == "1"
    )
    hypothesis.settings.load_profile("suite")
    memory = scratch.in_memory()
    if memory is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))  # where `tmp_path` lies


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Few and long first, for two workers share the files: what begins last must not be what takes a minute."""
    items.sort(key=lambda item: item.path.parent.name not in {"faults", "walks"})


@pytest.fixture(scope="session", autouse=True)
def _what_is_dear_is_done_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        for keep in (once.letters, once.statements, once.addresses, once.migrations):
            keep(patched)
        yield


@pytest.fixture(autouse=True)
def _logs_as_nobody_configured_them() -> Iterator[None]:
    """A command that ran in this process configured its logs for itself, not for the next test."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def clock() -> FrozenClock:
    """Monday, 2 March 2026, 09:30 UTC: six days before the clocks change in New York."""
    return FrozenClock(datetime(2026, 3, 2, 9, 30, tzinfo=UTC))


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """What a practice install of the example clinic is told; change it, then ask for `settings`."""
    return {
        "NEWSLETTER_DATA_DIR": str(tmp_path / "var"),
        "NEWSLETTER_BASE_URL": "https://letters.clinic.example",
        "NEWSLETTER_SECRET_KEY": "test-secret-key-that-signs-links-0123456789abcdef",
        "NEWSLETTER_DATA_KEY": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    }


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    """What `environment` says, read as the entry points read it."""
    return Settings.from_env(environment)


@pytest.fixture(params=DATABASES)
def database(request: pytest.FixtureRequest) -> Database:
    """A migrated database of this test alone; the test runs once on SQLite and once on PostgreSQL."""
    return request.getfixturevalue(f"{request.param.replace('postgresql', 'postgres')}_database")


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A migrated SQLite database in a file."""
    with _opened(sqlite_url) as database:
        yield database


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[Database]:
    """A migrated PostgreSQL database."""
    with _opened(postgres_url) as database:
        yield database


@pytest.fixture(params=DATABASES)
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without a single table, on SQLite and on PostgreSQL; for tests of the migrations."""
    if request.param == "sqlite":
        with _opened(f"sqlite:///{tmp_path / 'empty.db'}") as database:
            yield database
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    with _lent(cluster, template=None) as url, _opened(url) as database:
        yield database


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """The address of a migrated SQLite file; for tests that start processes of their own."""
    mine = tmp_path / "newsletter.db"
    shutil.copyfile(_sqlite_template, mine)
    return f"sqlite:///{mine}"


@pytest.fixture
def postgres_url(postgres: Cluster, _postgres_template: str) -> Iterator[str]:
    """The address of a migrated PostgreSQL database; for tests that start processes of their own."""
    with _lent(postgres, template=_postgres_template) as url:
        yield url


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database, on SQLite and on PostgreSQL."""
    return request.getfixturevalue(f"{request.param.replace('postgresql', 'postgres')}_url")


@pytest.fixture(scope="session")
def beginnings(tmp_path_factory: pytest.TempPathFactory) -> Beginnings:
    """`beginnings.once(story, "a name", tell)`: what many tests begin with is told once a session."""
    return Beginnings(tmp_path_factory.mktemp("beginnings"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """The session's PostgreSQL server."""
    with postgres_cluster.running(need("postgresql").parent) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium. It leaves an event loop running in this thread: `asyncio.run` needs a thread of its own."""
    with chromium.running(need("chromium")) as running:
        yield running


@pytest.fixture
def open_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """`open_context(**chromium.PHONE)`: a fresh profile that may only talk to this machine; else the test fails."""
    with chromium.contexts(browser) as open_one:
        yield open_one


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Page:
    """An empty desktop page."""
    return open_context(**chromium.DESKTOP).new_page()


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "newsletter.db"
    with _opened(f"sqlite:///{path}") as database:
        migrating.migrate(database)
    return path


@pytest.fixture(scope="session")
def _postgres_template(postgres: Cluster) -> str:
    postgres.create("migrated")
    with _opened(postgres.url("migrated")) as database:
        migrating.migrate(database)
    return "migrated"


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


_numbers = count(1)


@contextmanager
def _lent(cluster: Cluster, template: str | None) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    cluster.create(name, template)
    try:
        yield cluster.url(name)
    finally:
        cluster.drop(name)
