"""`newsletter staff`: who works here, in which role."""

from __future__ import annotations

import click

from newsletter.cli.opening import opened
from newsletter.cli.showing import echo_json, echo_table, iso, json_option, local
from newsletter.house import House
from newsletter.staff import entering, recovery, roll, totp
from newsletter.staff.models import Staff

ROLE = click.Choice(tuple(roll.ROLES))


@click.group()
def staff() -> None:
    """Say who works here, and in which role."""


@staff.command()
@click.argument("email")
@click.option("--role", type=ROLE, required=True, help="What she may do.")
@click.option("--name", default="", help="How colleagues see her.")
def add(email: str, role: str, name: str) -> None:
    """Put EMAIL on the roll, and print a link that signs her in once."""
    with opened() as house:
        with house.database.writing.begin() as session:
            one = roll.add(session, email, role, name, house.clock.now())
        click.echo(f"{one.address} works here now: {roll.ROLES[role]}.")
        _print_link(house, one)


@staff.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List who works here."""
    with opened() as house, house.database.reading() as session:
        people, zone = roll.everyone(session), house.settings.clinic.zone
    if as_json:
        echo_json([_as_json(one) for one in people])
        return
    echo_table(
        ("E-mail", "Name", "Role", "Since"),
        [(one.address, one.name, roll.ROLES[one.role], local(one.created_at, zone)) for one in people],
        empty="Nobody yet. newsletter staff add EMAIL --role owner makes the first.",
    )


@staff.command()
@click.argument("email")
def remove(email: str) -> None:
    """Take EMAIL off the roll, and end every visit of hers."""
    with opened() as house, house.database.writing.begin() as session:
        one = roll.get(session, email)
        roll.remove(session, one, house.clock.machine())
    click.echo(f"{one.address} works here no more, and is signed out everywhere.")


@staff.command("role")
@click.argument("email")
@click.argument("role", type=ROLE)
def role_(email: str, role: str) -> None:
    """Give EMAIL another ROLE; every visit of hers ends."""
    with opened() as house, house.database.writing.begin() as session:
        one = roll.get(session, email)
        changed = roll.set_role(session, one, role)
    ended = ", and is signed out everywhere" if changed else " already"
    click.echo(f"{one.address} is {roll.ROLES[role]}{ended}.")


@staff.command()
@click.argument("email")
@click.option(
    "--without-code", is_flag=True, help="Also turn her second step off: telephone and codes are lost."
)
def link(email: str, *, without_code: bool) -> None:
    """Print a new link that signs EMAIL in once."""
    with opened() as house:
        with house.database.writing.begin() as session:
            one = roll.get(session, email)
            if without_code:
                totp.turn_off(one)
                recovery.forget(session, one.id)
        _print_link(house, one)


def _print_link(house: House, one: Staff) -> None:
    click.echo("Good once, for 24 hours:")
    click.echo(f"  {entering.link(house.links, one.id, house.clock.now() + entering.PRINTED_GOOD_FOR)}")


def _as_json(one: Staff) -> dict[str, object]:
    return {
        "id": one.id,
        "email": one.address,
        "name": one.name,
        "role": one.role,
        "created_at": iso(one.created_at),
    }
