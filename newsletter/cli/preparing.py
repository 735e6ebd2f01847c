"""What an installation needs before anybody comes: the schema of this version, and something to begin with."""

from __future__ import annotations

import click

from newsletter import migrating
from newsletter.campaigns import starter
from newsletter.house import House


def prepare(house: House) -> None:
    """Migrate, and load the topics and starter campaigns that the database does not know; says what it loaded."""
    migrating.migrate(house.database)
    with house.database.writing.begin() as session:
        loaded = starter.load(session, house.clock.now())
    if loaded:
        click.echo(f"Loaded the starter campaigns: {', '.join(loaded)}.")
