"""What a link of a letter leads to, and what a click on it is counted as.

A link names a letter, or one delivery of it where the reader agreed to be counted. Where it leads stands in the version
that was sent; of the request nothing is followed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter.audience.models import Subscriber
from newsletter.content.counted import target
from newsletter.content.models import Email, Version
from newsletter.content.rendering import LETTER
from newsletter.delivery import machines, signs
from newsletter.delivery.machines import Look
from newsletter.delivery.models import Delivery
from newsletter.errors import NotFound


@dataclass(frozen=True)
class Clicked:
    """One link of one letter: where it leads, and whose it is; `delivery_id` is None for everybody's."""

    campaign: str
    letter: str
    number: int
    leads: str
    delivery_id: int | None = None


def of_letter(session: Session, letter: str, number: int, facts: Mapping[str, object]) -> Clicked:
    """Link `number` of `letter`, which is everybody's. `facts` are the clinic's. Raises NotFound where none is."""
    campaign, links = _letter(session, letter)
    return Clicked(campaign, letter, number, _leads(links, number, facts))


def of_delivery(session: Session, delivery_id: int, number: int, facts: Mapping[str, object]) -> Clicked:
    """Link `number` as this delivery had it, filled with what was frozen in it. Raises NotFound where none is."""
    rows = select(Delivery.letter, Delivery.campaign, Delivery.fields).where(Delivery.id == delivery_id)
    delivery = session.execute(rows).one_or_none()
    if delivery is None or delivery.campaign is None:
        raise NotFound("this letter is not in our records")
    _, links = _letter(session, delivery.letter)
    leads = _leads(links, number, {**facts, **delivery.fields})
    return Clicked(delivery.campaign, delivery.letter, number, leads, delivery_id)


def count(session: Session, clicked: Clicked, look: Look, now: datetime) -> None:
    """Count this click: as hers where she agrees to it still, and in the total of its letter in any case."""
    by_program = machines.by_program(look)
    if clicked.delivery_id is not None and _agrees(session, clicked.delivery_id):
        signs.clicked(session, clicked.delivery_id, clicked.number, now, by_program=by_program)
    else:
        signs.count(session, clicked.campaign, clicked.letter, clicked.number, now, by_machine=by_program)


def opened(session: Session, delivery_id: int, look: Look, now: datetime) -> None:
    """Note that this delivery was opened, where its reader agrees to it still."""
    if _agrees(session, delivery_id):
        signs.opened(session, delivery_id, now, by_program=machines.by_program(look))


def _letter(session: Session, letter: str) -> tuple[str, list[Any]]:
    """The campaign that a version belongs to, and its link table. Raises NotFound."""
    known = LETTER.fullmatch(letter)
    rows = select(Email.slug, Version.links).join(Version, Version.email_id == Email.id)
    found = known and known[1] and session.execute(rows.where(Version.id == int(known[1]))).one_or_none()
    if not found:
        raise NotFound("this letter is not in our records")
    return found.slug.partition("/")[0], found.links  # a sequence's letters are named welcome/day-2


def _leads(links: list[Any], number: int, fields: Mapping[str, object]) -> str:
    leads = target(links, number, fields)
    if leads is None:
        raise NotFound("this letter has no such link")
    return leads


def _agrees(session: Session, delivery_id: int) -> bool:
    """Whether she agrees now. Her row stays so until we are done: a withdrawal waits, and forgets this one too."""
    reader = select(Delivery.person_id).where(Delivery.id == delivery_id).scalar_subquery()
    agreed = select(Subscriber.counted).where(Subscriber.id == reader).with_for_update(read=True)
    return bool(session.scalar(agreed))
