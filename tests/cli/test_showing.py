from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from newsletter.cli import showing


def test_a_table_is_as_wide_as_its_widest_cells(capsys):
    showing.echo_table(("Id", "Subject"), [(1, "short"), (10, "a longer one")], empty="Nothing.")
    assert capsys.readouterr().out.splitlines() == ["Id  Subject", "1   short", "10  a longer one"]


def test_wide_letters_and_emoji_keep_the_columns_straight(capsys):
    showing.echo_table(("Name", "State"), [("美容", "on"), ("Ana", "off")], empty="Nothing.")
    assert capsys.readouterr().out.splitlines() == ["Name  State", "美容  on", "Ana   off"]


def test_an_empty_table_is_a_sentence(capsys):
    showing.echo_table(("Id",), [], empty="Nobody yet.")
    assert capsys.readouterr().out == "Nobody yet.\n"


def test_facts_that_are_not_known_are_left_out(capsys):
    showing.echo_facts([("name", "Hello"), ("reason", None), ("topics", []), ("tries", 0)])
    assert capsys.readouterr().out.splitlines() == ["name   Hello", "tries  0"]


def test_a_name_cannot_drive_the_terminal():
    assert showing.plain("Visitor\x1b[2J 014\u202e") == "Visitor�[2J 014�"


def test_a_list_is_told_with_commas_and_line_breaks_become_spaces():
    assert showing.plain(["tips", "news\nnews"]) == "tips, news news"


def test_json_survives_an_ascii_pipe(capsys):
    showing.echo_json({"subject": "“é” \U0001f338"})
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out) == {"subject": "“é” \U0001f338"}


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (
            datetime(2026, 3, 5, 22, 30, 1, 999, tzinfo=ZoneInfo("America/New_York")),
            "2026-03-06T03:30:01+00:00",
        ),
        (datetime(2026, 3, 5, tzinfo=UTC), "2026-03-05T00:00:00+00:00"),
        (None, None),
    ],
)
def test_times_for_programs_carry_their_offset(moment, text):
    assert showing.iso(moment) == text


def test_times_for_people_are_local():
    moment = datetime(2026, 3, 6, 3, 30, tzinfo=UTC)
    assert showing.local(moment, ZoneInfo("America/New_York")) == "Thu 2026-03-05 22:30"
    assert showing.local(None, ZoneInfo("America/New_York")) == ""
