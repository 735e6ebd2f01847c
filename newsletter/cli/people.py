"""Whom an EMAIL on the command line means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from sqlalchemy.orm import Session

from newsletter.audience import addresses, people
from newsletter.audience.models import Subscriber
from newsletter.errors import Mistakes, NotFound

person_option = click.option(
    "--person", "person_id", type=int, help="Which one, where an address has several."
)


def person_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """EMAIL, and `--person ID` for an address that a couple shares."""
    return click.argument("email")(person_option(command))


def key_of(email: str) -> str:
    """The normalized address; raises AddressRefused for text that is none."""
    return addresses.judge(email).key


def find_person(session: Session, email: str, person_id: int | None) -> Subscriber:
    """The person with this address, her mailbox loaded.

    Raises NotFound where there is nobody, and Mistakes with one line each where there are several.
    """
    everybody = people.named(session, email)
    meant = [each for each in everybody if person_id in (None, each.id)]
    if len(meant) == 1:
        return meant[0]
    key = key_of(email)
    if not everybody:
        raise NotFound(f"nobody here has the address {key}")
    says = f"{key} belongs to several people" if meant else f"no person {person_id} has the address {key}"
    raise Mistakes([f"{says}; choose with --person ID:", *map(_line, everybody)])


def _line(person: Subscriber) -> str:
    name = person.first_name or "(no name)"
    return f"  --person {person.id}: {name}, {person.source}, since {person.created_at:%Y-%m-%d}"
