"""`newsletter subscribers`: who hears from us, and what they agreed to."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from newsletter.audience import people
from newsletter.cli.erase import data, erase
from newsletter.cli.exporting import export
from newsletter.cli.importing import import_
from newsletter.cli.opening import opened
from newsletter.cli.people import find_person, person_argument
from newsletter.cli.showing import echo_facts, echo_json, echo_table, json_option, local

STATUSES = ("pending", "confirmed", "unsubscribed")


@click.group()
def subscribers() -> None:
    """Look at people and their consent."""


subscribers.add_command(import_)
subscribers.add_command(export)


subscribers.add_command(data)
subscribers.add_command(erase)


@subscribers.command("list")
@click.option("--status", type=click.Choice(STATUSES), help="Only these.")
@json_option
def list_(status: str | None, *, as_json: bool) -> None:
    """List everybody, in the order in which they came."""
    with opened() as house, house.database.reading() as session:
        found = [card for card in people.everybody(session) if status in (None, card["status"])]
    if as_json:
        echo_json(found)
        return
    rows = [(f["email"], f["first_name"], f["status"], f["topics"], f["time_zone"]) for f in found]
    echo_table(("E-mail", "First name", "Status", "Topics", "Time zone"), rows, empty="Nobody yet.")


@subscribers.command()
@person_argument
@json_option
def show(email: str, person_id: int | None, *, as_json: bool) -> None:
    """Show one person: name, zone, status, topics, consents."""
    with opened() as house, house.database.reading() as session:
        shown = people.shown(session, find_person(session, email, person_id))
    if as_json:
        echo_json(shown)
        return
    acts = shown.pop("consents")
    echo_facts(shown.items())
    click.echo()
    _echo_consents(acts, house.settings.clinic.zone)


@subscribers.command()
@person_argument
@json_option
def consent(email: str, person_id: int | None, *, as_json: bool) -> None:
    """Show every act of consent of one person, with the words she saw."""
    with opened() as house, house.database.reading() as session:
        acts = people.consents(session, find_person(session, email, person_id).id)
    if as_json:
        echo_json(acts)
        return
    _echo_consents(acts, house.settings.clinic.zone)


def _echo_consents(acts: list[dict[str, Any]], zone: ZoneInfo) -> None:
    rows = [
        (
            local(datetime.fromisoformat(each["at"]), zone),
            *(each[name] for name in ("act", "stream", "topics", "how")),
            each["wording"] or "",
        )
        for each in acts
    ]
    echo_table(("When", "Act", "Kind", "Topics", "How", "In these words"), rows, empty="No act of consent.")
