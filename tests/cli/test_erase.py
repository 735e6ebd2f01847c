"""`newsletter subscribers erase` and `subscribers data`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from newsletter.audience import erased
from newsletter.audience.models import Subscriber
from newsletter.cli import newsletter
from newsletter.delivery.models import Mailbox
from tests.cli.conftest import READER, both


@pytest.fixture
def couple(house, sign_up):
    """Two people with one address."""
    first = sign_up(first_name="Somebody")
    with house.database.writing.begin() as session:
        other = Subscriber(
            mailbox_id=first.mailbox_id,
            signed_up=False,
            first_name="Visitor 014",
            source="list",
            created_at=house.clock.now(),
        )
        session.add(other)
        session.flush()
    return first, other


def everybody(house):
    with house.database.reading() as session:
        return session.scalars(select(Subscriber.id).order_by(Subscriber.id)).all()


@both
def test_it_says_what_will_happen_and_then_does_it(run, house, sign_up):
    person = sign_up()
    run("tick", "--until-idle")
    lines = run("subscribers", "erase", READER, "--yes").stdout.splitlines()
    assert lines == [
        f"Person {person.id}: deleted, with 3 topics, 2 acts of consent, 1 sequence, 2 practice letters.",
        "Emptied: 2 e-mails.",
        "Kept: a keyed hash of the address, so that no list brings it back. This cannot be undone.",
        "Erased.",
    ]
    assert everybody(house) == []
    assert run.refused("subscribers", "show", READER) == f"nobody here has the address {READER}"
    with house.database.reading() as session:
        assert erased.erased(session, house.vault, [READER]) == {READER}


@both
def test_what_waits_is_said_and_canceled(run, house, sign_up):
    sign_up()
    told = run("subscribers", "erase", READER, "--yes").stdout
    assert "Emptied: 1 e-mail, 1 of which not sent yet and canceled." in told
    assert [each["state"] for each in run.json("deliveries", "list")] == ["canceled"]


def test_without_a_terminal_it_wants_to_hear_yes(run, house, sign_up):
    sign_up()
    result = run("subscribers", "erase", READER, status=1)
    assert result.stderr == "newsletter: nobody is there to answer; right would be --yes\n"
    assert len(everybody(house)) == 1


@pytest.mark.parametrize(("answer", "left"), [("n\n", 1), ("y\n", 0), ("\n", 1)])
def test_on_a_terminal_it_asks(run, house, sign_up, monkeypatch, answer, left):
    sign_up()
    monkeypatch.setattr("newsletter.cli.erase._somebody_is_there", lambda: True)
    result = CliRunner().invoke(newsletter, ["subscribers", "erase", READER], env=run.env, input=answer)
    assert result.exit_code == left
    assert "Erase? [y/N]" in result.output
    assert len(everybody(house)) == left


def test_somebody_who_is_not_here_is_one_line(run, house):
    assert run.refused("subscribers", "erase", READER, "--yes") == f"nobody here has the address {READER}"
    assert run.refused("subscribers", "data", READER) == f"nobody here has the address {READER}"


@both
def test_of_a_couple_it_asks_which_one_and_leaves_the_other(run, house, couple):
    first, other = couple
    result = run("subscribers", "erase", READER, "--yes", status=1)
    assert f"--person {first.id}: Somebody" in result.stderr
    assert f"--person {other.id}: Visitor 014" in result.stderr
    told = run("subscribers", "erase", READER, "--person", str(first.id), "--yes").stdout
    assert "Somebody else has this address too, and keeps it." in told
    assert everybody(house) == [other.id]
    assert run.json("subscribers", "show", READER)["first_name"] == "Visitor 014"


@both
def test_afterward_no_file_holds_the_address(run, house, sign_up, tmp_path):
    sign_up()
    run("tick", "--until-idle")
    if house.database.on_sqlite:
        assert written(tmp_path)
    house.database.close()  # as when nobody else is reading
    run("subscribers", "erase", READER, "--yes")
    assert written(tmp_path) == []


def written(folder: Path) -> list[str]:
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and READER.encode() in path.read_bytes().lower()
    ]


@both
def test_where_somebody_reads_it_says_that_the_log_will_follow(run, house, sign_up):
    sign_up()
    with house.database.reading() as session:
        session.scalars(select(Mailbox)).all()
        result = run("subscribers", "erase", READER, "--yes")
    waits = "its log is emptied within the hour" in result.stderr
    assert waits == house.database.on_sqlite


@both
def test_everything_held_is_printed_as_json(run, house, sign_up):
    sign_up(first_name="Somebody")
    run("tick", "--until-idle")
    held = json.loads(run("subscribers", "data", READER).stdout)
    assert (held["person"]["first_name"], held["mailbox"]["address"]) == ("Somebody", READER)
    assert len(held["emails"]) == 2
    assert held["emails"][1]["subject"] == "The first letter"


def test_of_a_couple_the_data_of_one_is_printed(run, couple):
    _, other = couple
    assert run("subscribers", "data", READER, status=1).stdout == ""
    held = json.loads(run("subscribers", "data", READER, "--person", str(other.id)).stdout)
    assert (held["person"]["id"], held["emails"]) == (other.id, [])
    assert held["mailbox"]["shared"]
