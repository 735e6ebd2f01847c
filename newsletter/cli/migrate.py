"""`newsletter migrate`: the schema, up or down."""

from __future__ import annotations

import click

from newsletter import migrating
from newsletter.cli.preparing import prepare
from newsletter.house import open_house
from newsletter.settings import Settings


@click.command()
@click.option(
    "--to", "revision", default="head", show_default=True, help="A revision, head, base, or -1 for one back."
)
def migrate(revision: str) -> None:
    """Bring the database's schema to this version, and an empty one to the starter campaigns.

    Going down drops what the version above had added.
    """
    house = open_house(Settings.from_env())
    try:
        if revision == "head":
            prepare(house)
        else:
            migrating.migrate(house.database, revision)
        reached = migrating.current(house.database)
    finally:
        house.close()
    click.echo(f"The database is at revision {reached}." if reached else "The database holds no tables now.")
