"""`newsletter subscribers`: who hears from us, and what they agreed to."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import click
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from newsletter.audience import subscriptions
from newsletter.audience.models import Consent, Subscriber, Subscription, Topic
from newsletter.cli.opening import opened
from newsletter.cli.people import find_person, person_argument
from newsletter.cli.showing import echo_facts, echo_json, echo_table, iso, json_option, local

STATUSES = ("pending", "confirmed", "unsubscribed")


@click.group()
def subscribers() -> None:
    """Look at people and their consent."""


@subscribers.command("list")
@click.option("--status", type=click.Choice(STATUSES), help="Only these.")
@json_option
def list_(status: str | None, *, as_json: bool) -> None:
    """List everybody, in the order in which they came."""
    with opened() as house, house.database.reading() as session:
        held = _held(session)
        people = session.scalars(
            select(Subscriber).options(joinedload(Subscriber.mailbox)).order_by(Subscriber.id)
        ).all()
    found = [_facts(person, held.get(person.id, {})) for person in people]
    found = [facts for facts in found if status in (None, facts["status"])]
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
        person = find_person(session, email, person_id)
        facts = _facts(person, _held(session, person.id).get(person.id, {}))
        consents = _consents(session, person)
    if as_json:
        echo_json(facts | {"consents": [_consent_json(each) for each in consents]})
        return
    echo_facts(facts.items())
    click.echo()
    _echo_consents(consents, house.settings.clinic.zone)


@subscribers.command()
@person_argument
@json_option
def consent(email: str, person_id: int | None, *, as_json: bool) -> None:
    """Show every act of consent of one person, with the words she saw."""
    with opened() as house, house.database.reading() as session:
        consents = _consents(session, find_person(session, email, person_id))
    if as_json:
        echo_json([_consent_json(each) for each in consents])
        return
    _echo_consents(consents, house.settings.clinic.zone)


def _held(session: Session, subscriber_id: int | None = None) -> dict[int, dict[str, str]]:
    """Subscriber -> topic slug -> state; of everybody, or of one."""
    rows = select(Subscription.subscriber_id, Topic.slug, Subscription.state).join(Subscription.topic)
    if subscriber_id is not None:
        rows = rows.where(Subscription.subscriber_id == subscriber_id)
    held: dict[int, dict[str, str]] = {}
    for person, slug, state in session.execute(rows.order_by(Topic.position)):
        held.setdefault(person, {})[slug] = state
    return held


def _facts(person: Subscriber, held: dict[str, str]) -> dict[str, object]:
    """What CONTRACT.md promises of a person; `topics` are those she has in this status."""
    status = subscriptions.status(held.values())
    return {
        "id": person.id,
        "email": person.mailbox.address,
        "first_name": person.first_name,
        "time_zone": person.time_zone,
        "status": status,
        "topics": [slug for slug, state in held.items() if state == status != "unsubscribed"],
        "source": person.source,
        "created_at": iso(person.created_at),
    }


def _consents(session: Session, person: Subscriber) -> list[Consent]:
    acts = (
        select(Consent)
        .options(joinedload(Consent.wording))
        .where(Consent.subscriber_id == person.id)
        .order_by(Consent.id)
    )
    return list(session.scalars(acts))


def _consent_json(act: Consent) -> dict[str, object]:
    return {
        "at": iso(act.at),
        "act": act.act,
        "stream": act.stream,
        "topics": act.topics,
        "how": act.how,
        "page": act.page,
        "ip": act.ip,
        "user_agent": act.user_agent,
        "wording": act.wording.text if act.wording else None,
    }


def _echo_consents(consents: list[Consent], zone: ZoneInfo) -> None:
    rows = [
        (
            local(each.at, zone),
            each.act,
            each.stream,
            each.topics,
            each.how,
            each.wording.text if each.wording else "",
        )
        for each in consents
    ]
    echo_table(("When", "Act", "Kind", "Topics", "How", "In these words"), rows, empty="No act of consent.")
