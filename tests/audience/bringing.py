"""A list comes in, as the command brings it, but in this process and with the test's clock."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from newsletter.audience import exporting, importing
from newsletter.audience.importing import Taken
from newsletter.audience.lists.columns import layout
from newsletter.audience.lists.entries import Entries
from newsletter.audience.lists.entry import Stated
from newsletter.audience.lists.lines import Lines
from newsletter.audience.lists.records import Records
from newsletter.audience.lists.slices import slices
from newsletter.audience.models import Consent, Subscriber, Subscription, Topic
from newsletter.db import Database
from newsletter.delivery.models import Mailbox, Suppression
from newsletter.vault import Vault
from tests.audience.desk import Desk

VAULT = Vault("a-pepper-of-this-test")


def bring(
    desk: Desk,
    text: str,
    *,
    source: str | None = "the old site",
    fields: Iterable[str] = (),
    most: int = 2_500,
) -> Taken:
    """Import the CSV `text`; what became of it, over all slices."""
    records = Records(Lines(io.BytesIO(text.encode())))
    columns = layout(records.headers, fields=list(fields))
    with desk.database.reading() as session:
        topics = {topic.slug: topic for topic in session.scalars(select(Topic).order_by(Topic.position))}
    names = {slug: topic.name for slug, topic in topics.items()}
    entries = Entries(columns, Stated(tuple(topics), names, desk.clock.now(), source))
    total = Taken()
    for piece in slices(records, entries, most):
        with desk.database.writing.begin() as session:
            ids = {slug: topic.id for slug, topic in topics.items()}
            taken = importing.take(session, piece.entries, ids, VAULT, desk.clock.now())
        total.counts += taken.counts
        total.refused += piece.refused + taken.refused
        total.remarks += piece.remarks + taken.remarks
        total.arrived += taken.arrived
    return total


def reasons(taken: Taken) -> list[tuple[int, str]]:
    return [(each.row, each.reason) for each in taken.refused]


def exported(database: Database, status: str = "confirmed") -> list[list[str]]:
    """What an export says: the header, then each person."""
    with database.reading() as session:
        exporting.snapshot(session)
        return list(exporting.rows(session, status))


def dump(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Everything an import writes, without the numbers and moments that a second run may choose anew."""
    held = (
        select(Mailbox.address_key, Topic.slug, Subscription.state, Subscription.source)
        .add_columns(Subscription.requested_at, Subscription.confirmed_at, Subscription.ended_at)
        .join(Subscriber, Subscriber.id == Subscription.subscriber_id)
        .join(Mailbox, Mailbox.id == Subscriber.mailbox_id)
        .join(Topic, Topic.id == Subscription.topic_id)
    )
    people = select(Mailbox.address_key, Mailbox.address, Subscriber.first_name, Subscriber.time_zone)
    people = people.add_columns(Subscriber.source, Subscriber.tags, Subscriber.fields, Subscriber.arrivals)
    acts = select(
        Mailbox.address_key, Consent.act, Consent.topics, Consent.how, Consent.page, Consent.ip, Consent.at
    )
    stops = select(Mailbox.address_key, Suppression.scope, Suppression.reason, Suppression.evidence)
    with database.reading() as session:
        return {
            name: sorted(map(tuple, session.execute(query)), key=repr)
            for name, query in {
                "mailboxes": select(Mailbox.address_key, Mailbox.address),
                "people": people.join(Subscriber, Subscriber.mailbox_id == Mailbox.id),
                "subscriptions": held,
                "consents": acts.join(Subscriber, Subscriber.id == Consent.subscriber_id).join(
                    Mailbox, Mailbox.id == Subscriber.mailbox_id
                ),
                "stops": stops.join(Mailbox, Mailbox.id == Suppression.mailbox_id),
            }.items()
        }
