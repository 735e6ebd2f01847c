from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest

from newsletter.audience.lists.columns import layout
from newsletter.audience.lists.entries import Entries
from newsletter.audience.lists.entry import Agreed, Entry, Stated, Stop
from newsletter.audience.lists.records import Remark

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TOPICS = {"resources": "Guides", "tips": "Tips", "news": "Clinic news"}


def reader(
    header: str, source: str | None = "the old site", tool: str | None = None, fields: Any = ()
) -> Entries:
    columns = layout(header.split(","), tool, fields)
    return Entries(columns, Stated(tuple(TOPICS), TOPICS, NOW, source))


def read(header: str, row: str, **more: Any) -> Entry:
    found = reader(header, **more).read(2, next(csv.reader(io.StringIO(row))))
    assert isinstance(found, Entry), found
    return found


def refused(header: str, row: str, **more: Any) -> tuple[str, str]:
    found = reader(header, **more).read(2, next(csv.reader(io.StringIO(row))))
    assert isinstance(found, Remark), found
    return found.column, found.reason


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_an_address_is_enough_where_somebody_states_the_source():
    entry = read("email", "Reader@Example.com")
    assert (entry.address, entry.key, entry.topics) == (
        "Reader@example.com",
        "reader@example.com",
        tuple(TOPICS),
    )
    assert entry.agreed == Agreed("the old site")
    assert entry.stop is None


def test_every_column_of_the_contract():
    header = "consent_wording,tags,topics,email,first_name,time_zone,confirmed_at,consent_source"
    entry = read(
        header,
        'Yes please,"vip, spring","Clinic news, tips",reader@example.com,\'=Visitor,Asia/Kathmandu,'
        "2024-05-01T09:30:00Z,the desk",
    )
    assert (entry.first_name, entry.time_zone, entry.tags) == (
        "=Visitor",
        "Asia/Kathmandu",
        ["vip", "spring"],
    )
    assert entry.topics == ("tips", "news")
    assert entry.agreed == Agreed("the desk", at("2024-05-01 09:30"), wording="Yes please")


@pytest.mark.parametrize("address", ["rêader@exämple.com", " reader@example.com ", "'+reader@example.com"])
def test_unusual_addresses_go_to_the_full_judge(address):
    assert read("email", address).key


@pytest.mark.parametrize(
    ("header", "row", "column", "reason"),
    [
        ("Email", "nobody", "Email", "Something seems to be missing"),
        ("Email", "''", "Email", "Something seems"),
        (
            "email,topics",
            "reader@example.com,tipps",
            "topics",
            "there is no topic “tipps”; right would be resources",
        ),
        ("email,confirmed_at", "reader@example.com,soon", "confirmed_at", "“soon” is not a moment"),
        ("email,confirmed_at", "reader@example.com,2026-03-03", "confirmed_at", "still to come"),
        ("email,status", "reader@example.com,unconfirmed", "status", "let her sign up here"),
        ("email,status", "reader@example.com,VIP", "status", "“VIP” is not known"),
    ],
)
def test_a_row_that_cannot_be_taken_names_column_and_reason(header, row, column, reason):
    found = refused(header, row)
    assert found[0] == column
    assert reason in found[1]


def test_a_row_without_a_source_is_refused_where_nobody_stated_one():
    header = "email,consent_source"
    assert refused(header, "reader@example.com,", source=None)[0] == "consent_source"
    assert read(header, "reader@example.com,the desk", source=None).agreed == Agreed("the desk")


def test_a_zone_that_is_none_is_left_out_with_a_remark():
    entries = reader("email,Timezone")
    found = entries.read(7, ["reader@example.com", "Mars/Olympus"])
    assert isinstance(found, Entry)
    assert found.time_zone is None
    (remark,) = entries.remarks
    assert (remark.row, remark.column) == (7, "Timezone")
    assert "Mars/Olympus" in remark.reason


def test_fields_are_plain_text_of_bounded_length():
    entry = read("email,Plan,City", f"reader@example.com,' gold\x1b[31m  ,{'x' * 900}", fields=["all"])
    assert entry.fields == {"plan": "' gold[31m", "city": "x" * 500}


MAILCHIMP = "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,TIMEZONE,LEID,EUID,NOTES,TAGS"


def test_mailchimp_subscribed_brings_both_acts_with_their_times_and_addresses():
    row = (
        "reader@example.com,Visitor 014,2,2020-02-03 04:05:06,192.0.2.7,2020-02-03 04:06:00,198.51.100.7,"
        'Europe/London,123,abc,,"""VIP"",""Blog, old"""'
    )
    entry = read(MAILCHIMP, row)
    assert entry.agreed == Agreed(
        "the old site", at("2020-02-03 04:06"), "198.51.100.7", at("2020-02-03 04:05:06"), "192.0.2.7"
    )
    assert (entry.first_name, entry.time_zone, entry.tags) == (
        "Visitor 014",
        "Europe/London",
        ["VIP", "Blog, old"],
    )


def test_mailchimp_subscribed_without_times_is_taken_at_the_importers_word():
    assert read(MAILCHIMP, "reader@example.com,,2,,,,,,1,a,,").agreed == Agreed("the old site")


def test_mailchimp_unsubscribed_are_leavers_whatever_else_the_row_says():
    header = "Email Address,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME"
    entry = read(header, "reader@example.com,2021-01-02 03:04:05,Spring,2,2020-01-01,2020-01-01", source=None)
    assert entry.stop == Stop("marketing", "left elsewhere", at("2021-01-02 03:04:05"))
    assert entry.agreed is None
    assert read(header, "reader@example.com,,,2,,", source=None).stop == Stop("marketing", "left elsewhere")


def test_mailchimp_cleaned_get_no_mail_at_all():
    header = "Email Address,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE"
    stop = Stop("all", "cleaned elsewhere", at("2021-01-02"))
    assert (
        read(header, "reader@example.com,2,2020-01-01,2020-01-01,2021-01-02,Spring", source=None).stop == stop
    )


@pytest.mark.parametrize(
    ("state", "stop"),
    [
        ("active", None),
        ("cancelled", Stop("marketing", "left elsewhere")),
        ("bounced", Stop("all", "cleaned elsewhere")),
        ("complained", Stop("all", "complaint elsewhere")),
    ],
)
def test_kit(state, stop):
    entry = read(
        "email,first_name,state,created_at,tags",
        f"reader@example.com,Visitor 014,{state},2023-01-27T11:43:55Z,",
    )
    assert entry.stop == stop
    if stop is None:
        assert entry.agreed == Agreed("the old site", requested_at=at("2023-01-27 11:43:55"))


def test_kit_inactive_never_said_yes():
    assert (
        refused("email,first_name,state,created_at", "reader@example.com,,inactive,2023-01-27T11:43:55Z")[0]
        == "state"
    )


@pytest.mark.parametrize(
    ("status", "scope"),
    [("Active", None), ("Unsubscribed", "marketing"), ("Marked as spam", "all"), ("Hard bounced", "all")],
)
def test_flodesk(status, scope):
    entry = read(
        "First Name,Last Name,Email,Status,Segments", f'Visitor,014,reader@example.com,{status},"Spring, VIP"'
    )
    assert (entry.stop.scope if entry.stop else None) == scope
    assert entry.tags == (["Spring", "VIP"] if scope is None else None)


LISTMONK = "uuid,email,name,attributes,status,created_at,updated_at"
UUID = "5b8c1e7a-0000-4000-8000-000000000014"


@pytest.mark.parametrize(
    ("status", "stop"),
    [
        ("enabled", None),
        ("disabled", Stop("marketing", "left elsewhere")),
        ("blocklisted", Stop("all", "blocked elsewhere")),
    ],
)
def test_listmonk(status, stop):
    row = f'{UUID},reader@example.com,Visitor 014,"{{""city"": ""York""}}",{status},2022-01-02T03:04:05.67Z,'
    entry = read(LISTMONK, row, fields=["city"])
    assert entry.stop == stop
    if stop is None:
        assert (entry.first_name, entry.fields) == ("Visitor", {"city": "York"})


def test_listmonk_attributes_that_are_not_kept_are_named_once():
    entries = reader(LISTMONK, fields=["city"])
    for told in ('{"city": "York", "plan": 3, "deep": {"a": 1}}', '{"plan": 4, "city": null}'):
        entries.read(2, [UUID, "reader@example.com", "", told, "enabled", "", ""])
    assert entries.attributes_left_out == {"plan", "deep", "city"}


@pytest.mark.parametrize("attributes", ["{", "[1]", "[" * 5_000, "7"])
def test_listmonk_attributes_that_are_no_object_are_left_out(attributes):
    entries = reader(LISTMONK, fields=["city"])
    found = entries.read(2, [UUID, "reader@example.com", "", attributes, "enabled", "", ""])
    assert isinstance(found, Entry)
    assert not found.fields
    assert entries.remarks == [Remark(2, "attributes", "not a JSON object, left out")]


def test_our_own_list_of_leavers_keeps_its_two_kinds():
    header = "email,left_at,cleaned_at,reason"
    left = read(header, "reader@example.com,2025-01-02T03:04:05+00:00,,left our letters", source=None)
    assert left.stop == Stop("marketing", "left elsewhere", at("2025-01-02 03:04:05"))
    cleaned = read(header, "reader@example.com,,2025-01-02T03:04:05+00:00,hard bounce", source=None)
    assert cleaned.stop == Stop("all", "cleaned elsewhere", at("2025-01-02 03:04:05"))
