"""`newsletter up`: everything in one command, in the foreground."""

from __future__ import annotations

import os
import sys
from datetime import timedelta

import click

from newsletter import logs
from newsletter.cli.keeping import Child, Keeper
from newsletter.cli.listening import address_options, alone_with, listen
from newsletter.cli.preparing import prepare
from newsletter.delivery.transports import check_url
from newsletter.house import House, open_house
from newsletter.rounds import refuse_practice_data
from newsletter.settings import Settings
from newsletter.staff import entering, roll

LINK_LIVES = timedelta(hours=1)


@click.command()
@address_options
def up(host: str, port: int) -> None:
    """Migrate, load the starter campaigns if there are none, then run site, studio and worker until Ctrl-C."""
    logs.configure()
    env = os.environ | {"HOST": host, "PORT": str(port)}
    settings = Settings.from_env(env)
    check_url(settings.mail_url)  # else the worker would find out, again and again
    with alone_with(settings.data_dir, settings.base_url), listen(host, port) as door:
        # The door stays with the keeper: while the web part is started again, visitors wait instead of being refused.
        address = ["--host", host, "--port", str(port), "--socket", str(door.fileno())]
        keeper = Keeper(
            [Child("web part", ["web", *address], [door.fileno()]), Child("worker", ["worker"])], env
        )
        house = open_house(settings)
        try:
            prepare(house)
            refuse_practice_data(house)
            _say_where(house)
            _say_what_waits(house)
        finally:
            house.close()
        finished = keeper.run()
    sys.exit(not finished)


def _say_where(house: House) -> None:
    places = [("Site", house.links.url("/"))]
    if house.settings.practice:
        click.echo("Practice: nothing leaves this computer.")
        places += [
            ("Practice inbox", house.links.url("/studio/inbox/")),
            (
                "Into the studio",
                f"{_way_in(house)}  (works once, within the hour)",
            ),
        ]
    for name, place in places:
        click.echo(f"  {name:<16} {place}")
    click.echo("Ctrl-C stops everything.")


def _say_what_waits(house: House) -> None:
    """Not a failure: what is missing may be given in the studio, which has to run for that."""
    with house.database.reading() as session:
        unsaid = house.unsaid(session)
    for line in unsaid:
        click.echo(f"No e-mail leaves yet: {line}.", err=True)


def _way_in(house: House) -> str:
    """A link for the owner, good once; she is put on the roll where nobody is yet."""
    with house.database.writing.begin() as session:
        owner = roll.practice_owner(session, house.clock.machine())
    return entering.link(house.links, owner, house.clock.now() + LINK_LIVES)
