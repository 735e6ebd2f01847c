from __future__ import annotations

import pytest

from tests.cli.conftest import both


def test_nothing_due_is_said(house, run):
    assert run("tick").stdout == "0 things done.\n"


@both
def test_it_does_what_is_due_now_and_no_more(house, run, sign_up):
    sign_up()
    done = int(run("tick", "--until-idle").stdout.split()[0])
    assert done > 0
    assert [each["subject"] for each in run.json("inbox", "list")][1:] == ["The first letter"]
    assert run("tick", "--until-idle").stdout == "0 things done.\n"


def test_a_database_that_does_not_answer_is_one_line(run, environment):
    environment["NEWSLETTER_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    assert "the database did not answer" in run.refused("tick")


@pytest.mark.parametrize(
    "command", [("tick",), ("inbox", "list"), ("clock", "show"), ("worker",), ("up",), ("web",)]
)
def test_broken_settings_are_all_named_at_once(run, environment, command):
    environment |= {"NEWSLETTER_MAIL_URL": "pigeon://coop", "NEWSLETTER_SECRET_KEY": "short"}
    said = run(*command, status=1).stderr
    assert "NEWSLETTER_MAIL_URL" in said
    assert "NEWSLETTER_SECRET_KEY" in said
