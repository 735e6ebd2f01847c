"""`newsletter why`: the decision about one person and one campaign, told again."""

from __future__ import annotations

import click

from newsletter.campaigns.why import explain
from newsletter.cli.opening import opened
from newsletter.cli.people import find_person, person_argument
from newsletter.cli.showing import plain


@click.command()
@person_argument
@click.argument("campaign")
def why(email: str, person_id: int | None, campaign: str) -> None:
    """Say why EMAIL did, or did not, get what CAMPAIGN sends."""
    with opened() as house, house.database.reading() as session:
        person = find_person(session, email, person_id)
        lines = explain(session, person, campaign, house.clock.now())
    for line in lines:
        click.echo(plain(line))
