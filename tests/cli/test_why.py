from __future__ import annotations

from tests.cli.conftest import READER, both


@both
def test_it_tells_the_decision_again(house, run, sign_up):
    sign_up()
    run("tick", "--until-idle")
    told = run("why", READER, "hello").stdout
    assert "Guides: confirmed" in told
    assert "first: planned for" in told
    assert "; sent " in told
    assert "second: planned for" in told
    assert "still to come, worth sending until" in told.splitlines()[-1]


def test_it_tells_why_not(house, run, sign_up):
    sign_up(confirmed=False)
    run("tick")
    assert "nothing is confirmed" in run("why", READER, "hello").stdout


def test_an_unknown_person_or_campaign_is_refused(house, run, sign_up):
    assert "nobody here" in run.refused("why", READER, "hello")
    sign_up()
    assert "no sequence “goodbye”" in run.refused("why", READER, "goodbye")


@both
def test_as_json_it_is_one_object(house, run, sign_up):
    sign_up()
    run("tick", "--until-idle")
    told = run.json("why", READER, "hello")
    assert (told["email"], told["campaign"]) == (READER, "hello")
    assert any(line.startswith("first: planned for") for line in told["lines"])
