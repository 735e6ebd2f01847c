"""What an installation needs before anybody comes: the schema of this version, and something to begin with."""

from __future__ import annotations

import click

from newsletter import migrating
from newsletter.campaigns.filing import starter
from newsletter.house import House


def prepare(house: House) -> None:
    """Migrate, and load the topics and starter campaigns that the database does not know; says what it loaded.

    Where this release says something else in one of them, that waits as a draft, and it says so.
    """
    migrating.migrate(house.database)
    with house.database.writing.begin() as session:
        loaded = starter.load(session, house.clock.now())
    if loaded.added:
        click.echo(f"Loaded the starter campaigns: {', '.join(loaded.added)}.")
    for slug in loaded.offered:
        click.echo(f"A newer release has other words for “{slug}”; nothing that people get has changed:")
        click.echo(f"  newsletter campaigns use {slug}    newsletter campaigns discard {slug}")
