from __future__ import annotations

from datetime import datetime

from tests.cli.conftest import both


def test_a_database_without_campaigns_says_how_to_get_some(run, environment, database_url):
    environment["NEWSLETTER_DATABASE_URL"] = database_url
    assert "`newsletter migrate` loads the starter ones" in run("campaigns", "list").stdout
    assert run.json("campaigns", "list") == []


@both
def test_list_counts_the_people_in_it(house, run, sign_up):
    sign_up()
    run("tick")
    (hello,) = run.json("campaigns", "list")
    assert (hello["slug"], hello["name"], hello["kind"], hello["class"]) == (
        "hello",
        "Hello",
        "sequence",
        "marketing",
    )
    assert (hello["state"], hello["letters"], hello["people"]) == ("on", 2, {"active": 1})
    assert datetime.fromisoformat(hello["on_since"]).tzinfo is not None
    assert "1 active" in run("campaigns", "list").stdout


def test_status_follows_each_letter(house, run, sign_up):
    sign_up()
    run("tick", "--until-idle")
    first, second = run.json("campaigns", "status", "hello")["steps"]
    assert (first["step"], first["subject"], first["outcomes"]) == ("first", "The first letter", {"sent": 1})
    assert (second["outcomes"], second["timing"]["day"], second["timing"]["at"]) == ({}, 2, "10:00")
    assert "1 sent" in run("campaigns", "status", "hello").stdout


@both
def test_a_paused_sequence_sends_nothing_until_it_is_resumed(house, run, sign_up):
    sign_up()
    run("campaigns", "pause", "hello")
    run("tick", "--until-idle")
    assert [each["stream"] for each in run.json("inbox", "list")] == ["account"]
    assert run.json("campaigns", "status", "hello")["state"] == "paused"
    run("campaigns", "resume", "hello")
    run("tick", "--until-idle")
    assert [each["subject"] for each in run.json("inbox", "list")][1:] == ["The first letter"]


def test_pausing_twice_is_refused(house, run):
    run("campaigns", "pause", "hello")
    assert run.refused("campaigns", "pause", "hello") == "“hello” is paused already"


def test_an_unknown_sequence_is_refused_with_those_there_are(house, run):
    for verb in ("status", "pause", "resume"):
        assert run.refused("campaigns", verb, "goodbye") == "there is no sequence “goodbye”; there is: hello"
