"""What every entry point holds: settings, database, clock, links and vault, opened once."""

from __future__ import annotations

from dataclasses import dataclass

from newsletter.clock import Clock, SandboxClock, SystemClock
from newsletter.db import Database, open_database
from newsletter.links import Links
from newsletter.settings import Settings
from newsletter.vault import Vault


@dataclass(frozen=True)
class House:
    """An open installation."""

    settings: Settings
    database: Database
    clock: Clock
    links: Links

    @property
    def vault(self) -> Vault:
        """Keyed hashes and sealed texts, with this installation's pepper and keys."""
        return Vault(self.settings.pepper, self.settings.secret_keys)

    def close(self) -> None:
        """Give the database's connections back."""
        self.database.close()


def open_house(settings: Settings, clock: Clock | None = None) -> House:
    """Open what `settings` name; only in practice may the clock be turned.

    Raises DatabaseUnusable when the database's URL names none that is supported.
    """
    if clock is None:
        clock = SandboxClock(settings.clock_file) if settings.practice else SystemClock()
    links = Links(settings.base_url, settings.secret_keys)
    return House(settings, open_database(settings.database_url), clock, links)
