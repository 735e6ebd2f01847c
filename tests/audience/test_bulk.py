from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from sqlalchemy import select

from newsletter.audience.bulk import Bulk
from newsletter.delivery.models import Mailbox

COLUMNS = ("id", "address", "address_key", "created_at")


def test_rows_written_in_bulk_read_as_any_others(database, clock):
    local = clock.now().astimezone(timezone(timedelta(hours=5, minutes=45)))
    with database.writing.begin() as session:
        bulk = Bulk(session)
        first, second = bulk.numbers("mailboxes", 2)
        bulk.put("mailboxes", COLUMNS, [(first, "a@example.com", "a@example.com", bulk.at(local))])
        bulk.put("mailboxes", COLUMNS, [(second, "é\t\\b@example.com", "b", bulk.at(clock.now()))])
        bulk.put("mailboxes", COLUMNS, [])
    with database.reading() as session:
        found = session.scalars(select(Mailbox).order_by(Mailbox.id)).all()
    assert [(each.address, each.created_at) for each in found] == [
        ("a@example.com", clock.now()),
        ("é\t\\b@example.com", clock.now()),
    ]


def test_numbers_ascend_and_are_given_once(database, clock):
    with database.writing.begin() as session:
        bulk = Bulk(session)
        numbers = bulk.numbers("mailboxes", 5)
        assert sorted(set(numbers)) == list(numbers)
        bulk.put("mailboxes", COLUMNS, [(n, f"{n}", f"{n}", bulk.at(clock.now())) for n in numbers])
        assert min(bulk.numbers("mailboxes", 1)) > max(numbers)


def test_mailboxes_that_are_there_are_found_and_only_the_others_made(database, clock):
    with database.writing.begin() as session:
        bulk = Bulk(session)
        made = bulk.add_mailboxes(
            {"b@example.com": "B@example.com", "a@example.com": "a@example.com"}, clock.now()
        )
        assert bulk.find_mailboxes(["a@example.com", "b@example.com", "c@example.com"]) == made
        assert bulk.add_mailboxes({}, clock.now()) == {}
    with database.reading() as session:
        assert dict(session.execute(select(Mailbox.address_key, Mailbox.address)).all()) == {
            "a@example.com": "a@example.com",
            "b@example.com": "B@example.com",
        }


def test_what_the_session_has_not_written_yet_comes_first(database, clock):
    with database.writing.begin() as session:
        session.add(Mailbox(address="a@example.com", address_key="a@example.com", created_at=clock.now()))
        bulk = Bulk(session)
        assert set(bulk.find_mailboxes(["a@example.com"])) == {"a@example.com"}


def test_a_moment_without_a_zone_is_refused(database):
    with database.writing.begin() as session:
        bulk = Bulk(session)
        with pytest.raises(ValueError, match="naive"):
            bulk.at(datetime(2026, 3, 2))
