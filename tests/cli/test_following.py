"""An issue on its way, followed until nothing is left to do."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from newsletter.campaigns.issues import Issue
from newsletter.cli import following
from newsletter.cli.campaign_rows import came_along
from newsletter.rounds import open_rounds
from tests.cli.conftest import both
from tests.cli.test_campaign_folders import spring  # noqa: F401  (a fixture)
from tests.spawning import spawned


@pytest.fixture
def issue(house, run, sign_up, spring):  # noqa: F811  (the fixture above)
    """A draft for three readers."""
    for number in range(3):
        sign_up(f"visitor{number:03}@example.com")
    run("campaigns", "import", str(spring))
    return "spring-guide"


@pytest.fixture(autouse=True)
def _glance(monkeypatch):
    """Look often: these issues are small."""
    monkeypatch.setattr(following, "GLANCE", 0.01)


@both
def test_what_is_sent_is_told_beside_how_many_it_was_meant_for(house, run, issue):
    run("campaigns", "send", issue, "--now")
    assert "E-mails   none yet" in run("campaigns", "status", issue).stdout
    run("tick", "--until-idle")
    assert "E-mails   3 of 3 sent\n" in run("campaigns", "status", issue).stdout
    assert run.json("campaigns", "status", issue)["audience"] == 3


def test_large_numbers_are_readable_and_what_became_of_others_stands_beside_them():
    outcomes = {"sent": 1_234, "skipped": 5}
    gone_out = Issue("spring", "Spring", "tips", "Spring", "sent", None, None, 20_000, True, outcomes)
    assert came_along(gone_out) == "1,234 of 20,000 sent, 5 skipped"
    assert came_along(replace(gone_out, audience=None)) == "1,234 sent, 5 skipped"


@both
def test_watching_ends_when_the_issue_has_gone_out(house, run, issue):
    run("campaigns", "send", issue, "--now")
    rounds = open_rounds(house)
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(rounds.until_idle)
        told = run("campaigns", "status", issue, "--watch").stdout
        working.result()
    rounds.close()
    assert "State     sent" in told
    assert "3 of 3 sent" in told


@pytest.mark.parametrize("act", [None, "pause"])
def test_what_waits_for_a_person_is_not_watched(house, run, issue, act):
    if act:
        run("campaigns", "send", issue, "--now")
        run("campaigns", act, issue)
        run("tick", "--until-idle")
    shown = run.json("campaigns", "status", issue, "--watch")
    assert shown["state"] == ("paused" if act else "draft")


@pytest.mark.slow
def test_ctrl_c_only_stops_looking(house, run, issue, environment, tmp_path):
    run("campaigns", "send", issue)
    arguments = ("campaigns", "status", issue, "--watch")
    with spawned(*arguments, env=environment, output=tmp_path / "said") as watching:
        watching.wait_for("“spring-guide” begins")
        assert watching.stop(signal.SIGINT) == 130
    assert watching.said.count("\n") == 1
    run("clock", "advance", "1h")
    assert run.json("campaigns", "status", issue)["deliveries"] == {"sent": 3}


def test_a_sequence_has_no_end_to_watch(house, run):
    told = run.refused("campaigns", "status", "hello", "--watch")
    assert told == "there is no newsletter “hello” to watch; a sequence has no end"
