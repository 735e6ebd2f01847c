"""What the clinic decided in its studio: one row for each thing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from newsletter import stored
from newsletter.stored import StoredSetting

NOW = datetime(2026, 3, 3, 15, tzinfo=UTC)


def test_what_nobody_decided_is_empty(database):
    with database.reading() as session:
        assert stored.get(session, "clinic") == {}
        assert stored.several(session, ["clinic", "brand"]) == {}


def test_a_later_decision_takes_the_place_of_the_earlier_one_and_says_who_and_when(database):
    for day, phone in enumerate(("+1 555 0100", "+1 555 0101")):
        with database.writing.begin() as session:
            stored.put(session, "clinic", {"phone": phone}, day, NOW + timedelta(days=day))
            stored.put(session, "brand", {"color": "#9c4a3f"}, None, NOW)
    with database.reading() as session:
        assert stored.get(session, "clinic") == {"phone": "+1 555 0101"}
        assert set(stored.several(session, ["clinic", "brand", "nothing"])) == {"clinic", "brand"}
        [row] = session.scalars(select(StoredSetting).where(StoredSetting.name == "clinic"))
        assert (row.set_by, row.set_at) == (1, NOW + timedelta(days=1))


def test_what_was_read_may_be_changed_without_changing_what_is_stored(database):
    with database.writing.begin() as session:
        stored.put(session, "clinic", {"phone": "+1 555 0100"}, 1, NOW)
        stored.get(session, "clinic")["phone"] = "another"
        assert stored.get(session, "clinic") == {"phone": "+1 555 0100"}
