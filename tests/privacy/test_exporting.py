"""Everything held about one person, and nothing of anybody else."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import inspect, select

from newsletter import models
from newsletter.audience.models import Subscriber
from newsletter.errors import NotFound
from newsletter.privacy import exporting
from tests.privacy.traces import ADDRESS, MARKS, Traces

# Columns that say nothing of her: numbers of rows, and how the machine went about its work.
OURS = {
    "id",
    "subscriber_id",
    "mailbox_id",
    "enrollment_id",
    "sequence_id",
    "timeline_id",
    "delivery_id",
    "topic_id",
    "wording_id",
    "person_id",
    "version_id",
}
WORKINGS = {
    "mailboxes": {"address_key", "fingerprint"},
    "deliveries": {
        "dedupe_key",
        "letter",
        "occurrence",
        "next_try_at",
        "expires_at",
        "tries",
        "crashes",
        "epoch",
        "claimed_by",
        "lease_until",
        "digest",
        "stream",
        "fields",
        "step",
        "send_after",
    },
    "attempts": {"epoch", "enhanced", "verdict", "said"},
    "enrollments": {"entry_key", "zone", "next_due_at", "anchors", "created_at", "pinned"},
    "step_runs": {"step_key", "occurrence", "dedupe_key"},
    "subscribers": {"created_at"},
    "subscriptions": set(),
    "holds": {"created_at"},
    "suppressions": {"created_at", "released_at"},
    "consents": set(),
    "events": set(),
    "practice_letters": {"recipient", "sender", "stream", "raw"},
}
PLACES = {
    "subscribers": "person",
    "mailboxes": "mailbox",
    "subscriptions": "topics",
    "consents": "consents",
    "holds": "breaks",
    "enrollments": "sequences",
    "step_runs": "sequences",
    "deliveries": "emails",
    "attempts": "emails",
    "events": "emails",
    "suppressions": "stops",
    "practice_letters": "practice_inbox",
}


def export(traces: Traces, subscriber_id: int) -> dict[str, Any]:
    with traces.database.reading() as session:
        return exporting.export(session, subscriber_id)


def keys(value: Any) -> set[str]:
    """Every name at every depth."""
    if isinstance(value, dict):
        return set(value) | {name for each in value.values() for name in keys(each)}
    return {name for each in value for name in keys(each)} if isinstance(value, list) else set()


@pytest.fixture
def person(traces: Traces) -> Subscriber:
    return traces.live()


def test_every_mark_that_she_left_stands_in_it(traces, person):
    told = json.dumps(export(traces, person.id)).lower()
    assert [mark for mark in MARKS if mark not in told] == []


def test_it_is_json_with_times_that_carry_an_offset(traces, person):
    held = json.loads(json.dumps(export(traces, person.id)))
    moments = [held["person"]["since"], held["topics"][0]["confirmed_at"], held["emails"][0]["sent_at"]]
    moments += [held["breaks"][0]["until"], held["sequences"][0]["letters"][0]["planned_at"]]
    assert all(datetime.fromisoformat(moment).utcoffset() is not None for moment in moments)


def test_a_table_with_something_of_hers_has_its_place(traces, person):
    held = export(traces, person.id)
    assert set(held) == set(PLACES.values())
    assert {place: bool(held[place]) for place in held} == dict.fromkeys(held, True)


@pytest.mark.parametrize("table", PLACES)
def test_a_column_that_says_something_of_her_is_told(traces, person, table):
    """A new column fails here until it is exported, or named among the workings."""
    told = keys(export(traces, person.id)[PLACES[table]])
    columns = {column.name for column in models.Base.metadata.tables[table].columns}
    renamed = {
        "created_at": "since",
        "received_at": "received_at",
        "released_at": "lifted_at",
        "campaign": "campaign",
    }
    missing = {
        name
        for name in columns - OURS - WORKINGS[table]
        if name not in told and renamed.get(name) not in told
    }
    assert missing == set()


def test_what_became_of_each_letter(traces, person):
    held = export(traces, person.id)
    assert [(each["subject"], each["state"], each["campaign"]) for each in held["emails"]] == [
        ("Please confirm your e-mail address", "sent", None),
        ("Unheard-of-Name, the first letter", "sent", "hello"),
        ("The second letter", "sent", "hello"),
    ]
    assert {each["to"] for each in held["emails"]} == {ADDRESS}
    assert held["emails"][1]["attempts"][0]["server_said"] == f"250 <{ADDRESS}> is welcome"
    [way] = held["sequences"]
    assert (way["sequence"], way["state"]) == ("hello", "complete")
    assert [(each["letter"], each["outcome"]) for each in way["letters"]] == [
        ("first", "queued"),
        ("second", "queued"),
    ]


def test_what_was_counted_of_her_stands_with_the_letter(traces, person):
    [sign] = [sign for each in export(traces, person.id)["emails"] for sign in each["read"]]
    assert (sign["kind"], sign["link"], sign["times"], sign["by_machine"]) == ("clicked", 1, 2, False)
    assert export(traces, person.id)["person"]["counted"] is True


def test_the_words_that_she_agreed_to_stand_beside_the_act(traces, person):
    acts = export(traces, person.id)["consents"]
    assert [each["act"] for each in acts] == ["requested", "confirmed"]
    assert all(each["wording"] and each["wording_sha256"] for each in acts)


def test_a_link_is_a_key_and_stays_out(traces, person):
    held = export(traces, person.id)
    assert held["emails"][0]["filled_in"] == {"confirm_url": "(a link)"}
    assert "/confirm/" not in json.dumps(held)


def test_of_a_couple_each_sees_her_own_and_that_there_is_another(traces, person):
    other = traces.partner(person)
    held = export(traces, person.id)
    assert held["mailbox"]["shared"]
    assert "Visitor 014" not in json.dumps(held)
    assert len(held["emails"]) == 3
    his = export(traces, other.id)
    assert (his["emails"], his["consents"], his["mailbox"]["address"]) == ([], [], ADDRESS)
    assert "unheard-of-name" not in json.dumps(his | {"practice_inbox": []}).lower()


def test_mail_to_her_alone_that_names_nobody_is_hers(traces, person):
    with traces.database.writing.begin() as session:
        for row in session.scalars(select(models.Delivery)):
            row.person_id = None
    assert len(export(traces, person.id)["emails"]) == 3


def test_somebody_who_is_gone_is_not_found(traces, person):
    traces.erase(person.id)
    with pytest.raises(NotFound):
        export(traces, person.id)


def test_a_stranger_does_not_appear(traces, person):
    traces.story.sign_up("reader@example.com", first_name="Visitor 014")
    assert "reader@example.com" not in json.dumps(export(traces, person.id))


def test_every_table_of_the_database_is_looked_through_by_the_search(traces, person):
    """The search that the erasure is judged by reads what the database has, not what the models say."""
    assert set(traces.in_tables()) == set(inspect(traces.database.engine).get_table_names())
