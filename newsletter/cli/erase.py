"""`newsletter subscribers erase` and `subscribers data`: what we hold about one person, gone or printed."""

from __future__ import annotations

import sys

import click

from newsletter.cli.opening import opened
from newsletter.cli.people import find_person, person_argument
from newsletter.cli.showing import echo_json
from newsletter.errors import Refused
from newsletter.privacy import erasing, exporting
from newsletter.privacy.counting import Held, count

KEPT = "Kept: a keyed hash of the address, so that no list brings it back. This cannot be undone."
SHARED = "Somebody else has this address too, and keeps it. This cannot be undone."


@click.command()
@person_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase(email: str, person_id: int | None, *, yes: bool) -> None:
    """Delete everything held about one person."""
    with opened() as house:
        with house.database.reading() as session:
            held = count(session, find_person(session, email, person_id))
        click.echo(_what_happens(held))
        _ask(yes=yes)
        with house.database.writing.begin() as session:
            erasing.erase(session, held.subscriber_id, house.vault, house.clock.now())
        settled = house.database.settle()
    click.echo("Erased.")
    if not settled:
        click.echo("Somebody is reading the database: its log is emptied within the hour.", err=True)


@click.command("data")
@person_argument
def data(email: str, person_id: int | None) -> None:
    """Print everything held about one person, as JSON."""
    with opened() as house, house.database.reading() as session:
        echo_json(exporting.export(session, find_person(session, email, person_id).id))


def _what_happens(held: Held) -> str:
    gone = [
        _some(held.topics, "topic"),
        _some(held.consents, "act of consent", "acts of consent"),
        _some(held.breaks, "break"),
        _some(held.sequences, "sequence"),
        _some(held.practice_letters, "practice letter"),
    ]
    deleted = ", ".join(part for part in gone if part)
    emptied = _some(held.emails, "e-mail") or "no e-mail"
    waiting = f", {held.waiting} of which not sent yet and canceled" if held.waiting else ""
    return "\n".join(
        (
            f"Person {held.subscriber_id}: deleted, with {deleted or 'nothing else'}.",
            f"Emptied: {emptied}{waiting}.",
            SHARED if held.shared else KEPT,
        )
    )


def _some(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}" if number else ""


def _ask(*, yes: bool) -> None:
    if yes:
        return
    if not _somebody_is_there():
        raise Refused("nobody is there to answer; right would be --yes")
    click.confirm("Erase?", abort=True)


def _somebody_is_there() -> bool:
    return sys.stdin.isatty()
