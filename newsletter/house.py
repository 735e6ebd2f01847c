"""What every entry point holds: settings, database, clock, links and vault, opened once."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from newsletter import stored
from newsletter.clinic import SETTINGS, STORED, Clinic, decided, missing
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

    def clinic(self, session: Session) -> Clinic:
        """Who is writing now: what the environment gives, and for the rest what was decided in the studio."""
        return decided(self.settings.clinic, stored.get(session, STORED), self.settings.clinic_given)

    def as_decided(self, session: Session) -> House:
        """This house with the clinic of now in its settings: for one request, or one short command."""
        return replace(self, settings=replace(self.settings, clinic=self.clinic(session)))

    def unsaid(self, session: Session) -> tuple[str, ...]:
        """What keeps real mail from leaving, a line for each fact that nobody has given; none in practice."""
        if self.settings.practice:
            return ()
        return tuple(
            f"NEWSLETTER_CLINIC_{SETTINGS[fact]} is missing; it is required before real mail leaves: "
            "give it there, or in the studio under Settings, Clinic"
            for fact in missing(self.clinic(session))
        )

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
