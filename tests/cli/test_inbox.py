from __future__ import annotations

from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from newsletter.delivery.models import PracticeLetter
from tests.cli.conftest import READER, both


@pytest.fixture
def letters(house, run, sign_up):
    """A confirmation and a first letter."""
    sign_up(first_name="Visitor 014")
    run("tick", "--until-idle")


def test_it_starts_empty(house, run):
    assert run("inbox", "list").stdout == "The practice inbox is empty.\n"
    assert run.json("inbox", "list") == []


@both
def test_list_tells_what_the_contract_promises(letters, house, run):
    confirmation, first = run.json("inbox", "list")
    assert list(first) == ["id", "to", "from", "subject", "stream", "received_at"]
    assert (first["to"], first["from"]) == (READER, "letters@clinic.example")
    assert (confirmation["stream"], first["stream"]) == ("account", "marketing")
    assert first["subject"] == "The first letter"
    received = datetime.fromisoformat(first["received_at"])
    assert timedelta(0) <= house.clock.now() - received < timedelta(minutes=5)


def test_list_is_a_table_for_people(letters, run):
    head, _, row = run("inbox", "list").stdout.splitlines()
    assert head.split() == ["N", "Received", "To", "Subject"]
    assert row.endswith(f"{READER}  The first letter")


def test_show_reads_a_letter_as_text(letters, run):
    text = run("inbox", "show", "2").stdout
    assert "Subject           The first letter" in text
    assert "List-Unsubscribe  <https://letters.clinic.example/u/" in text
    assert "Hello Visitor 014, this is the first letter." in text


@both
def test_raw_is_the_bytes_as_received(letters, house, run):
    with house.database.reading() as session:
        raw = session.get_one(PracticeLetter, 2).raw
    shown = run("inbox", "show", "2", "--raw").stdout_bytes
    assert shown == raw
    assert message_from_bytes(shown, policy=default)["Subject"] == "The first letter"


@both
def test_export_writes_the_bytes_of_each_letter(letters, house, run, tmp_path):
    folder = tmp_path / "a" / "b"
    assert run("inbox", "export", str(folder)).stdout == f"2 letters in {folder}\n"
    with house.database.reading() as session:
        expected = {f"{letter.id}.eml": letter.raw for letter in session.query(PracticeLetter)}
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == expected


def test_export_over_a_file_is_refused(letters, run, tmp_path):
    (tmp_path / "taken").write_text("mine")
    run("inbox", "export", str(tmp_path / "taken"), status=2)
    assert (tmp_path / "taken").read_text() == "mine"


def test_a_letter_that_is_not_there_is_refused(letters, run):
    assert "no letter 7" in run.refused("inbox", "show", "7")


def test_a_number_that_is_none_is_a_usage_error(letters, run):
    run("inbox", "show", "last", status=2)
