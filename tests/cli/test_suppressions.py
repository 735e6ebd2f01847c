from __future__ import annotations

import pytest

from tests.cli.conftest import READER, both


def test_nobody_is_on_it_at_first(house, run):
    assert run("suppressions", "list").stdout == "Nobody is on the do-not-mail list.\n"
    assert run.json("suppressions", "list") == []


@both
def test_an_address_that_nobody_has_may_be_stopped_beforehand(house, run):
    assert (
        run("suppressions", "add", "Reader@Example.com").stdout
        == f"{READER} is now on the do-not-mail list.\n"
    )
    (row,) = run.json("suppressions", "list")
    assert (row["email"], row["scope"], row["reason"], row["released_at"]) == (
        "Reader@example.com",
        "all",
        "by hand",
        None,
    )
    assert "by hand" in run("suppressions", "list").stdout


@both
def test_adding_twice_is_adding_once(house, run):
    run("suppressions", "add", READER)
    assert run("suppressions", "add", READER).stdout == f"{READER} is already on the do-not-mail list.\n"
    assert len(run.json("suppressions", "list")) == 1


@both
def test_what_waits_is_canceled_and_nothing_more_leaves(house, run, sign_up):
    sign_up()
    run("suppressions", "add", READER)
    run("tick", "--until-idle")
    states = {each["stream"]: each["state"] for each in run.json("deliveries", "list")}
    assert states == {"account": "canceled", "marketing": "skipped"}
    assert run.json("inbox", "list") == []


def test_marketing_alone_may_be_stopped(house, run, sign_up):
    sign_up()
    run("suppressions", "add", READER, "--scope", "marketing")
    run("tick", "--until-idle")
    assert [each["stream"] for each in run.json("inbox", "list")] == ["account"]


@both
def test_removing_needs_a_note_which_is_kept(house, run, sign_up):
    run("suppressions", "add", READER)
    run("suppressions", "remove", READER, status=2)
    run("suppressions", "remove", READER, "--note", "typed by mistake")
    assert run.json("suppressions", "list") == []
    (row,) = run.json("suppressions", "list", "--all")
    assert row["note"] == "typed by mistake"
    assert row["released_at"]
    sign_up()
    run("tick", "--until-idle")
    assert len(run.json("inbox", "list")) == 2


@pytest.mark.parametrize("known", [False, True])
def test_removing_an_address_that_is_not_on_it_is_refused(house, run, sign_up, known):
    if known:
        sign_up()
    assert "not on the do-not-mail list" in run.refused("suppressions", "remove", READER, "--note", "why not")


def test_what_is_no_address_is_refused(house, run):
    assert "no spaces" in run.refused("suppressions", "add", "rea der@example.com")
