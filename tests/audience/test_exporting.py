from __future__ import annotations

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from newsletter.audience import exporting
from newsletter.audience.fields import known_fields
from newsletter.audience.models import Consent, Subscriber, Subscription, Wording
from newsletter.audience.wordings import SIGN_UP
from newsletter.delivery import mailboxes, suppression
from newsletter.delivery.models import Delivery, Mailbox, Suppression
from tests.audience.bringing import VAULT, bring, exported
from tests.audience.desk import READER, Desk

HEAD = [
    "email",
    "first_name",
    "time_zone",
    "topics",
    "tags",
    "confirmed_at",
    "consent_source",
    "consent_wording",
]


def as_text(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def empty(desk: Desk) -> None:
    with desk.database.writing.begin() as session:
        for table in (Delivery, Consent, Subscription, Subscriber, Suppression, Mailbox, Wording):
            session.execute(delete(table))


def test_nobody_is_a_header(desk):
    assert exported(desk.database) == [HEAD]
    assert exported(desk.database, "pending") == [[*HEAD, "status"]]
    assert exported(desk.database, "unsubscribed") == [["email", "left_at", "cleaned_at", "reason"]]


def test_a_sign_up_is_told_with_the_words_she_read(desk):
    desk.ask(first_name="Visitor 014", topics=("tips", "news"), time_zone="Asia/Kathmandu")
    assert exported(desk.database) == [HEAD]
    assert [row[0] for row in exported(desk.database, "pending")] == ["email", READER]
    desk.tap()
    row = [
        READER,
        "Visitor 014",
        "Asia/Kathmandu",
        "tips, news",
        "",
        "2026-03-02T09:30:00+00:00",
        "form:site",
        SIGN_UP.text,
    ]
    assert exported(desk.database) == [HEAD, row]


def test_fields_stand_behind_in_the_order_of_their_names(desk):
    bring(desk, "email,plan,city\nreader@example.com,gold,\nvisitor014@example.com,,York\n", fields=["all"])
    head, first, second = exported(desk.database)
    assert head == [*HEAD, "city", "plan"]
    assert (first[-2:], second[-2:]) == (["", "gold"], ["York", ""])
    with desk.database.reading() as session:
        assert known_fields(session) == {"city", "plan"}


def test_formulas_are_made_harmless(desk):
    bring(desk, "email,first_name,tags,plan\n+reader@example.com,=1+1,@tag,-x\n", fields=["all"])
    _, row = exported(desk.database)
    assert (row[0], row[1], row[4], row[8]) == ("'+reader@example.com", "'=1+1", "'@tag", "'-x")


def test_who_must_not_be_mailed_is_not_among_those_who_hear_from_us(desk):
    desk.ask()
    desk.tap()
    bring(
        desk, "email,left_at,cleaned_at\nreader@example.com,,2026-01-01\nvisitor014@example.com,2026-01-01,\n"
    )
    assert exported(desk.database) == [HEAD]
    told = exported(desk.database, "unsubscribed")[1:]
    assert told == [
        [READER, "", "2026-03-02T09:30:00+00:00", "cleaned elsewhere"],
        ["visitor014@example.com", "2026-03-02T09:30:00+00:00", "", "left elsewhere"],
    ]


def test_who_left_here_is_told_as_a_leaver_and_stays_one_wherever_the_list_goes(desk):
    desk.ask()
    desk.tap()
    with desk.database.writing.begin() as session:
        for held in session.scalars(select(Subscription)):
            held.state, held.ended_at = "unsubscribed", desk.clock.now()
    told = exported(desk.database, "unsubscribed")
    assert told[1:] == [[READER, "2026-03-02T09:30:00+00:00", "", "left our letters"]]
    empty(desk)
    assert bring(desk, as_text(told), source=None).counts == {"stopped": 1}
    assert [row[0] for row in exported(desk.database, "unsubscribed")] == ["email", READER]


def test_whose_data_was_deleted_is_in_no_list(desk):
    with desk.database.writing.begin() as session:
        box = mailboxes.find_or_add(session, READER, READER, desk.clock.now())
        mailboxes.bury(session, box.id, VAULT.fingerprint(READER))
        suppression.suppress(session, box.id, "all", suppression.ERASED, desk.clock.now())
    for status in ("confirmed", "pending", "unsubscribed"):
        assert len(exported(desk.database, status)) == 1


def test_a_list_of_many_pages_has_everybody_once(desk, monkeypatch):
    bring(desk, "email\n" + "".join(f"visitor{n}@example.com\n" for n in range(25)))
    monkeypatch.setattr(exporting, "PAGE", 7)
    assert [row[0] for row in exported(desk.database)[1:]] == [f"visitor{n}@example.com" for n in range(25)]


def test_an_export_sees_one_moment_while_people_come_and_go(desk, monkeypatch):
    bring(desk, "email\n" + "".join(f"visitor{n}@example.com\n" for n in range(9)))
    monkeypatch.setattr(exporting, "PAGE", 2)
    with desk.database.reading() as session:
        exporting.snapshot(session)
        rows = exporting.rows(session)
        found = [next(rows), next(rows)]
        bring(desk, "email\nlate@example.com\n")
        bring(desk, "email,left_at\nvisitor8@example.com,2026-03-03\n")
        found += rows
    assert [row[0] for row in found[1:]] == [f"visitor{n}@example.com" for n in range(9)]
    assert len(exported(desk.database)) == 10


TEXT = st.text(st.sampled_from("=+-@'\t\r\n,;|\" abé€𝄞\0"), max_size=12)
PEOPLE = st.lists(
    st.tuples(
        *(TEXT, st.sampled_from(["", "Europe/London"]), st.sampled_from(["", "tips", "news, tips"]), TEXT),
        *(st.sampled_from(["", "2024-05-01T09:30:00Z", "2024-05-01"]), TEXT, TEXT, TEXT),
    ),
    max_size=5,
)


@given(PEOPLE)
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_was_exported_comes_back_byte_by_byte(desk, people):
    empty(desk)
    rows = [[f"Visitor{n}@example.com", *cells] for n, cells in enumerate(people)]
    told = [[cell.replace("\0", "") for cell in row] for row in [[*HEAD, "plan"], *rows]]
    bring(desk, as_text(told), fields=["all"])
    first = exported(desk.database)
    assert len(first) == len(people) + 1
    empty(desk)
    bring(desk, as_text(first), source=None, fields=["all"])
    assert as_text(exported(desk.database)) == as_text(first)


@pytest.mark.parametrize("status", ["confirmed", "pending", "unsubscribed"])
def test_an_export_changes_nothing(desk, status):
    desk.ask()
    before = exported(desk.database, status)
    assert exported(desk.database, status) == before
