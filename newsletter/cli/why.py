"""`newsletter why`: the decision about one person and one campaign, told again."""

from __future__ import annotations

import click

from newsletter.campaigns.why import explain
from newsletter.cli.opening import opened
from newsletter.cli.people import find_person, person_argument
from newsletter.cli.showing import echo_json, json_option, plain


@click.command()
@person_argument
@click.argument("campaign")
@json_option
def why(email: str, person_id: int | None, campaign: str, *, as_json: bool) -> None:
    """Say why EMAIL did, or did not, get what CAMPAIGN sends."""
    with opened() as house, house.database.reading() as session:
        person = find_person(session, email, person_id)
        zone = house.settings.clinic.zone
        lines = explain(session, person, campaign, zone, house.clock.now())
    if as_json:
        echo_json({"email": person.mailbox.address, "campaign": campaign, "lines": lines})
        return
    for line in lines:
        click.echo(plain(line))
