"""`newsletter tick`: what is due now, once; for cron, and for the impatient."""

from __future__ import annotations

import click

from newsletter.cli.finishing import finishing
from newsletter.cli.opening import opened
from newsletter.rounds import open_rounds


@click.command()
@click.option("--until-idle", is_flag=True, help="Go on until nothing is due and nothing is claimed.")
def tick(*, until_idle: bool) -> None:
    """Admit, queue and send what is due now, then exit."""
    with opened() as house:
        rounds = open_rounds(house)
        with finishing(rounds):
            done = rounds.until_idle() if until_idle else rounds.round()
    click.echo(f"{done} thing{'' if done == 1 else 's'} done.")
