"""The practice inbox."""

from __future__ import annotations

from sqlalchemy import select, text

from newsletter.delivery.models import PracticeLetter
from newsletter.delivery.transports import open_transport
from tests.delivery.transports.letters import NOON, SENDER, envelope, message


def test_a_letter_is_kept_as_it_came(database):
    transport = open_transport("inbox:", database=database)
    outcome = transport.send(envelope("account"), message())
    assert (outcome.kind, outcome.code) == ("accepted", 250)
    with database.reading() as session:
        kept = session.scalars(select(PracticeLetter)).one()
    assert kept.raw == message()
    assert (kept.sender, kept.recipient, kept.subject) == (SENDER, "reader@example.com", "مرحبا ✨")
    assert (kept.stream, kept.received_at) == ("account", NOON)
    transport.close()


def test_a_database_that_cannot_take_it_defers(database):
    with database.writing.begin() as session:
        session.execute(text("DROP TABLE practice_letters"))
    outcome = open_transport("inbox:", database=database).send(envelope(), message())
    assert (outcome.kind, outcome.blame) == ("deferred", "server")
    assert "migrate" in outcome.text
