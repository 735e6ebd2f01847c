from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import update

from newsletter.delivery.models import Delivery
from tests.cli.conftest import READER, both

PROMISED = "id to campaign step occurrence stream state reason tries due_at sent_at message_id".split()


@pytest.fixture
def sent(house, run, sign_up):
    """Two readers, each with a confirmation and a first letter."""
    sign_up()
    run("tick", "--until-idle")
    sign_up("visitor014@example.com")
    run("tick", "--until-idle")


def test_none_yet(house, run):
    assert run("deliveries", "list").stdout == "No deliveries.\n"
    assert run.json("deliveries", "list") == []


@both
def test_list_tells_what_the_contract_promises(sent, run):
    found = run.json("deliveries", "list")
    assert [list(each) for each in found] == [PROMISED] * 4
    first = found[1]
    assert (first["to"], first["campaign"], first["step"], first["occurrence"]) == (
        READER,
        "hello",
        "first",
        0,
    )
    assert (first["stream"], first["state"], first["tries"], first["reason"]) == (
        "marketing",
        "sent",
        1,
        None,
    )
    assert first["message_id"].endswith("@clinic.example>")
    assert datetime.fromisoformat(first["due_at"]) <= datetime.fromisoformat(first["sent_at"])


@both
def test_it_can_be_narrowed(sent, run):
    def ids(*arguments):
        return [each["id"] for each in run.json("deliveries", "list", *arguments)]

    assert ids() == [1, 2, 3, 4]
    assert ids("--campaign", "hello") == [2, 4]
    assert ids("--email", "Visitor014@example.com") == [3, 4]
    assert ids("--state", "queued") == []
    assert ids("--limit", "3") == [2, 3, 4]
    assert ids("--campaign", "hello", "--email", READER, "--state", "sent", "--limit", "1") == [2]


def test_people_read_a_table(sent, run):
    row = run("deliveries", "list", "--limit", "1").stdout.splitlines()[1]
    assert row.startswith("4   visitor014@example.com  hello/first  sent")


@both
def test_show_tells_every_conversation(sent, run):
    shown = run.json("deliveries", "show", "2")
    assert list(shown) == [*PROMISED, "attempts"]
    assert [(each["outcome"], each["code"]) for each in shown["attempts"]] == [("accepted", 250)]
    assert "250" in run("deliveries", "show", "2").stdout


def test_a_delivery_that_is_not_there_is_refused(sent, run):
    assert "no delivery 77" in run.refused("deliveries", "show", "77")


def test_a_state_that_is_none_is_refused_with_those_that_are(house, run):
    assert "right would be one of queued, claimed" in run.refused("deliveries", "list", "--state", "lost")


def lose(house, *ids):
    """Let these have been handed over to a mail server that never answered."""
    with house.database.writing.begin() as session:
        session.execute(update(Delivery).where(Delivery.id.in_(ids)).values(state="unknown"))


@both
def test_what_was_maybe_sent_is_sent_again_by_name_of_its_campaign(house, sent, run):
    lose(house, 1, 2)
    said = run("deliveries", "resend-unknown", "hello").stdout
    assert said == "Going out again: 1 of “hello”. Whoever got it the first time gets it twice.\n"
    run("tick", "--until-idle")
    states = {each["id"]: (each["state"], each["tries"]) for each in run.json("deliveries", "list")}
    assert states == {1: ("unknown", 1), 2: ("sent", 2), 3: ("sent", 1), 4: ("sent", 1)}
    assert run("deliveries", "resend-unknown", "hello").stdout == "Nothing of “hello” was maybe sent.\n"


def test_what_is_too_late_is_left_and_said(house, sent, run):
    lose(house, 2, 4)
    with house.database.writing.begin() as session:
        session.execute(update(Delivery).where(Delivery.id == 4).values(expires_at=Delivery.send_after))
    said = run("deliveries", "resend-unknown", "hello").stdout
    assert said.splitlines()[1:] == [
        "Left as it is: 1, too late to be useful, or the reader's data was deleted."
    ]
    assert [each["id"] for each in run.json("deliveries", "list", "--state", "unknown")] == [4]


def test_a_campaign_without_e_mails_is_refused(sent, run):
    assert "no e-mail of “helo” was ever queued" in run.refused("deliveries", "resend-unknown", "helo")
