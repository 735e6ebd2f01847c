"""`newsletter inbox`: what the practice inbox received."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from newsletter.cli.opening import opened
from newsletter.cli.showing import echo_facts, echo_json, echo_table, iso, json_option, local
from newsletter.delivery.models import PracticeLetter
from newsletter.errors import NotFound

HEADERS = ("From", "To", "Subject", "Date", "Reply-To", "List-Unsubscribe", "Message-ID")


@click.group()
def inbox() -> None:
    """Read what arrived in practice."""


@inbox.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the letters, in the order of arrival."""
    with opened() as house, house.database.reading() as session:
        zone = house.settings.clinic.zone
        letters = session.scalars(
            select(PracticeLetter).options(defer(PracticeLetter.raw)).order_by(PracticeLetter.id)
        ).all()
        if as_json:
            echo_json([_as_json(letter) for letter in letters])
            return
        rows = [(each.id, local(each.received_at, zone), each.recipient, each.subject) for each in letters]
        echo_table(("N", "Received", "To", "Subject"), rows, empty="The practice inbox is empty.")


@inbox.command()
@click.argument("number", type=int, metavar="N")
@click.option("--raw", is_flag=True, help="The bytes as received.")
def show(number: int, *, raw: bool) -> None:
    """Show letter N as text."""
    with opened() as house, house.database.reading() as session:
        letter = _letter(session, number)
    if raw:
        click.echo(letter.raw, nl=False)
        return
    message = message_from_bytes(letter.raw, _class=EmailMessage, policy=default)
    echo_facts((name, message.get(name)) for name in HEADERS)
    body = message.get_body(("plain", "html"))
    click.echo("\n" + (body.get_content() if body else "(no text)").rstrip())


@inbox.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), metavar="DIR")
def export(folder: Path) -> None:
    """Write every letter to DIR as N.eml, the bytes as received."""
    folder.mkdir(parents=True, exist_ok=True)
    with opened() as house, house.database.reading() as session:
        numbers = session.scalars(select(PracticeLetter.id).order_by(PracticeLetter.id)).all()
        for number in numbers:
            (folder / f"{number}.eml").write_bytes(_letter(session, number).raw)
    click.echo(f"{len(numbers)} letter{'' if len(numbers) == 1 else 's'} in {folder}")


def _letter(session: Session, number: int) -> PracticeLetter:
    letter = session.get(PracticeLetter, number)
    if letter is None:
        raise NotFound(
            f"the practice inbox has no letter {number}; `newsletter inbox list` shows which it has"
        )
    session.expunge(letter)
    return letter


def _as_json(letter: PracticeLetter) -> dict[str, object]:
    return {
        "id": letter.id,
        "to": letter.recipient,
        "from": letter.sender,
        "subject": letter.subject,
        "stream": letter.stream,
        "received_at": iso(letter.received_at),
    }
