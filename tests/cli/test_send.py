from __future__ import annotations

import pytest
from sqlalchemy import select

from newsletter.campaigns import broadcasts
from newsletter.campaigns.filing.bodies import Body
from newsletter.campaigns.filing.folders import BroadcastFolder
from newsletter.content.models import Version
from tests.cli.conftest import both

FOLDER = BroadcastFolder(
    slug="spring-guide",
    name="Spring guide",
    subject="A guide",
    preview_text="What to expect.",
    topic="resources",
    except_topics=(),
    body=Body("issue.md", "markdown", "A guide.", None),
)


@pytest.fixture
def issue(house, sign_up):
    """A draft for the guides, two people who hear about them, and one who only wants tips."""
    with house.database.writing.begin() as session:
        version = session.scalars(select(Version.id)).first()
        broadcasts.draft(session, FOLDER, version, house.clock.now())
    sign_up("reader@example.com")
    sign_up("visitor014@example.com")
    sign_up("tips@example.com", topics=("tips",))
    return FOLDER.slug


@both
def test_sending_says_how_many_get_it_and_why_others_do_not(issue, run):
    told = run("campaigns", "send", issue).stdout
    assert "2 people get this. Out of 3:" in told
    assert "1 do not hear about resources" in told
    assert "newsletter campaigns cancel spring-guide" in told


def test_without_the_two_minutes_it_leaves_at_once_and_every_delivery_is_listed(issue, run):
    run("campaigns", "send", issue, "--now")
    run("tick", "--until-idle")
    sent = [each for each in run.json("deliveries", "list") if each["campaign"] == issue]
    assert {each["to"] for each in sent} == {"reader@example.com", "visitor014@example.com"}
    assert {(each["state"], each["step"]) for each in sent} == {("sent", None)}
    shown = run.json("campaigns", "status", issue)
    assert (shown["kind"], shown["state"], shown["deliveries"]) == ("broadcast", "sent", {"sent": 2})


@both
def test_within_two_minutes_it_can_be_taken_back(issue, run):
    run("campaigns", "send", issue)
    run("tick")
    assert "is a draft again; nobody got it" in run("campaigns", "cancel", issue).stdout
    run("clock", "advance", "1h")
    assert not [each for each in run.json("deliveries", "list") if each["campaign"] == issue]


def test_paused_it_waits_and_resumed_it_goes_on(issue, run):
    run("campaigns", "send", issue)
    run("campaigns", "pause", issue)
    run("clock", "advance", "1h")
    assert run.json("campaigns", "status", issue)["state"] == "paused"
    run("campaigns", "resume", issue)
    run("tick", "--until-idle")
    assert run.json("campaigns", "status", issue)["deliveries"] == {"sent": 2}


@both
def test_at_a_moment_of_the_clinic_and_at_a_local_hour(issue, run, house):
    told = run("campaigns", "send", issue, "--local-hour", "9").stdout
    assert "at 9:00 of each reader's own day" in told
    run("campaigns", "cancel", issue)
    past = run.refused("campaigns", "send", issue, "--at", "2020-01-01T09:00")
    assert "is past" in past
    assert "is not a moment" in run.refused("campaigns", "send", issue, "--at", "soon")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("send", "autumn"), "there is no newsletter “autumn”; there is: spring-guide"),
        (("send", "spring-guide", "--topic", "gossip"), "there is no topic “gossip”"),
        (("cancel", "spring-guide"), "is a draft, so it cannot be canceled"),
        (("pause", "spring-guide"), "is a draft, so it cannot be paused"),
        (("send", "spring-guide", "--local-hour", "24"), "24 is not an hour; right would be 0 to 23"),
    ],
)
def test_what_cannot_be_done_is_one_line(issue, run, arguments, says):
    assert says in run.refused("campaigns", *arguments)


def test_sequences_and_newsletters_stand_in_one_list(issue, run):
    listed = {each["slug"]: each["kind"] for each in run.json("campaigns", "list")}
    assert listed == {"hello": "sequence", "spring-guide": "broadcast"}
    assert "newsletter" in run("campaigns", "list").stdout
