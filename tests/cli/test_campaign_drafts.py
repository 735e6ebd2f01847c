"""A draft is used after it was said whom it changes, or let go."""

from __future__ import annotations

import os
import pty
import sys
from subprocess import PIPE, Popen

import pytest
from sqlalchemy import select, update

from newsletter.campaigns.models import Enrollment
from tests.cli.conftest import both

NOTHING = "no draft of “hello” waits; there waits: none"


@pytest.fixture
def waiting(house, run, hello):
    """A draft of `hello`: its first letter reworded, its second an hour later."""
    (hello / "first.md").write_text("Other words for the first letter.\n")
    table = (hello / "sequence.toml").read_text()
    (hello / "sequence.toml").write_text(table.replace('at = "10:00"', 'at = "11:00"'))
    run("campaigns", "import", str(hello))
    return hello


def on_a_terminal(environment, answer: str, *arguments: str) -> tuple[int, str]:
    """Run the command with a keyboard before it, type the answer; its exit status and all it said on stdout."""
    keyboard, terminal = pty.openpty()
    command = [sys.executable, "-m", "newsletter.cli", *arguments]
    env = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLETTER_")}
    with Popen(command, stdin=terminal, stdout=PIPE, stderr=PIPE, env=env | environment) as process:
        os.write(keyboard, f"{answer}\n".encode())
        out, err = process.communicate(timeout=60)
    os.close(terminal)
    os.close(keyboard)
    return process.returncode, (out + err).decode()


def test_with_nobody_under_way_it_is_live_at_once(waiting, run):
    told = run("campaigns", "use", "hello").stdout
    assert told.splitlines()[0] == "Under way in “hello”: 0. Through it, and untouched by this: 0."
    assert told.splitlines()[-1] == "“hello” is live in these words."
    assert run.json("campaigns", "status", "hello")["steps"][1]["timing"]["at"] == "11:00"
    assert run.refused("campaigns", "use", "hello") == NOTHING


@both
def test_a_new_sequence_is_switched_on(house, run, hello, sign_up):
    run("campaigns", "import", str(hello.rename(hello.parent / "autumn")))
    assert (
        run("campaigns", "use", "autumn").stdout == "“autumn” is on: it admits whoever confirms from now.\n"
    )
    sign_up()
    run("tick", "--until-idle")
    listed = {each["slug"]: each for each in run.json("campaigns", "list")}
    assert (listed["autumn"]["state"], listed["autumn"]["draft"]) == ("on", None)
    assert listed["autumn"]["people"] == {"active": 1}


@both
def test_with_people_under_way_it_says_whom_it_changes_and_wants_a_yes(waiting, run, sign_up):
    sign_up()
    run("tick", "--until-idle")
    result = run("campaigns", "use", "hello", status=1)
    lines = result.stdout.splitlines()
    assert lines[0] == "Under way in “hello”: 1. Through it, and untouched by this: 0."
    assert lines[1].split()[:2] == ["Letter", "Change"]
    assert lines[2].split() == ["first", "reworded", "1", "0"]
    assert lines[3].split()[:4] == ["second", "moved", "0", "1"]
    assert lines[3].count("11:00") == 2
    assert result.stderr == (
        "newsletter: nothing was changed; to make it live say so: newsletter campaigns use hello --yes\n"
    )
    assert run.json("campaigns", "status", "hello")["steps"][1]["timing"]["at"] == "10:00"
    assert "“hello” is live" in run("campaigns", "use", "hello", "--yes").stdout


def test_those_who_keep_their_letters_are_counted_apart(house, waiting, run, sign_up):
    sign_up()
    run("tick", "--until-idle")
    with house.database.writing.begin() as session:
        session.execute(update(Enrollment).values(pinned=True))
    assert run("campaigns", "use", "hello").stdout.splitlines()[:2] == [
        "Under way in “hello”: 0. Through it, and untouched by this: 0.",
        "Under way with letters that they keep, and untouched by this: 1.",
    ]


def test_for_new_people_only_whoever_is_under_way_keeps_her_letters(house, run, waiting, sign_up):
    sign_up()
    run("tick", "--until-idle")
    told = run("campaigns", "use", "hello", "--new-people-only").stdout
    assert told == "“hello” is live in these words for whoever comes; 1 keep theirs.\n"
    with house.database.reading() as session:
        assert [each.pinned for each in session.scalars(select(Enrollment))] == [True]


def test_a_sequence_that_is_not_live_has_nobody_to_keep_anything(house, run, hello):
    run("campaigns", "import", str(hello.rename(hello.parent / "autumn")))
    assert "right would be without --new-people-only" in run.refused(
        "campaigns", "use", "autumn", "--new-people-only"
    )


def test_a_key_that_is_gone_is_named_plainly(house, run, hello, sign_up):
    sign_up()
    run("tick", "--until-idle")
    table = (hello / "sequence.toml").read_text().replace('key = "second"', 'key = "zweite"')
    (hello / "sequence.toml").write_text(table)
    run("campaigns", "import", str(hello))
    told = run("campaigns", "use", "hello", "--yes").stdout
    assert (
        "The key “second” is gone: 1 wait for its letter and do not get it, 0 in the queue are canceled."
        in told
    )
    assert "Its words stand under “zweite” now: a renamed key counts as a new letter" in told


def test_a_letter_that_is_gone_with_its_words_is_named_too(house, run, hello, sign_up):
    sign_up()
    table = (hello / "sequence.toml").read_text()
    (hello / "sequence.toml").write_text(table[: table.rindex("[[step]]")] + "")
    run("campaigns", "import", str(hello))
    told = run("campaigns", "use", "hello", "--yes").stdout
    assert "The key “second” is gone: 0 wait" in told
    assert "A renamed key counts as a new letter: to reword or move a letter keep its key." in told


@pytest.mark.parametrize(
    ("answer", "status", "hour"), [("y", 0, "11:00"), ("n", 1, "10:00"), ("", 1, "10:00")]
)
def test_on_a_terminal_it_asks(waiting, run, sign_up, environment, answer, status, hour):
    sign_up()
    run("tick", "--until-idle")
    code, said = on_a_terminal(environment, answer, "campaigns", "use", "hello")
    assert "Make it live? [y/N]" in said
    assert (code, run.json("campaigns", "status", "hello")["steps"][1]["timing"]["at"]) == (status, hour)
    assert ("newsletter: nothing was changed" in said) is (status == 1)


@both
def test_discarded_it_is_gone_and_nothing_has_changed(waiting, run):
    assert run("campaigns", "discard", "hello").stdout == (
        "The draft of “hello” is gone; nothing that people get has changed.\n"
    )
    assert run.json("campaigns", "list")[0]["draft"] is None
    assert run.refused("campaigns", "discard", "hello") == NOTHING
    assert "waits as a draft" in run("campaigns", "import", str(waiting)).stdout
