from __future__ import annotations

from newsletter.audience.models import Subscriber
from newsletter.audience.wordings import CONFIRM, SIGN_UP
from tests.cli.conftest import READER, both


def test_nobody_yet(house, run):
    assert run("subscribers", "list").stdout == "Nobody yet.\n"
    assert run.json("subscribers", "list") == []


@both
def test_list_tells_everybody_in_the_order_in_which_they_came(house, run, sign_up):
    sign_up("visitor014@example.com", confirmed=False)
    sign_up(READER, topics=("tips",))
    found = [(each["email"], each["status"], each["topics"]) for each in run.json("subscribers", "list")]
    assert found == [
        ("visitor014@example.com", "pending", ["resources", "tips", "news"]),
        (READER, "confirmed", ["tips"]),
    ]
    assert [each["email"] for each in run.json("subscribers", "list", "--status", "pending")] == [
        "visitor014@example.com"
    ]


@both
def test_show_tells_what_the_contract_promises(house, run, sign_up):
    sign_up(first_name="Visitor 014", time_zone="Asia/Kathmandu", ip="192.0.2.1")
    shown = run.json("subscribers", "show", "READER@example.com")
    assert {name: shown[name] for name in ("email", "first_name", "time_zone", "status", "topics")} == {
        "email": READER,
        "first_name": "Visitor 014",
        "time_zone": "Asia/Kathmandu",
        "status": "confirmed",
        "topics": ["resources", "tips", "news"],
    }
    assert [act["act"] for act in shown["consents"]] == ["requested", "confirmed"]
    text = run("subscribers", "show", READER).stdout
    assert "Asia/Kathmandu" in text
    assert "requested" in text


def test_somebody_who_left_has_no_topics(house, run, sign_up):
    from newsletter.audience.consent import Evidence
    from newsletter.campaigns import leaving

    person = sign_up()
    with house.database.writing.begin() as session:
        leaving.leave(session, person.mailbox_id, house.clock.now(), Evidence("one-click"))
    shown = run.json("subscribers", "show", READER)
    assert (shown["status"], shown["topics"]) == ("unsubscribed", [])
    assert shown["consents"][-1]["act"] == "withdrawn"


@both
def test_consent_quotes_the_words_she_saw(house, run, sign_up):
    sign_up(ip="192.0.2.1", user_agent="a browser", page="/")
    requested, confirmed = run.json("subscribers", "consent", READER)
    assert (requested["wording"], confirmed["wording"]) == (SIGN_UP.text, CONFIRM.text)
    assert (requested["how"], requested["ip"], requested["user_agent"], requested["page"]) == (
        "form",
        "192.0.2.1",
        "a browser",
        "/",
    )
    assert SIGN_UP.text.splitlines()[0] in run("subscribers", "consent", READER).stdout


@both
def test_where_an_address_names_several_people_it_asks_which(house, run, sign_up):
    """A couple shares a mailbox: one signed up, one was entered by the clinic."""
    person = sign_up(first_name="Visitor 014")
    with house.database.writing.begin() as session:
        other = Subscriber(
            mailbox_id=person.mailbox_id,
            signed_up=False,
            first_name="Patient 07",
            source="clinic",
            created_at=house.clock.now(),
        )
        session.add(other)
        session.flush()
    result = run("subscribers", "show", READER, status=1)
    said = result.stderr.splitlines()
    assert said[0] == f"newsletter: {READER} belongs to several people; choose with --person ID:"
    assert [
        f"--person {person.id}: Visitor 014" in said[1],
        f"--person {other.id}: Patient 07" in said[2],
    ] == [True, True]
    assert result.stdout == ""
    assert run.json("subscribers", "show", READER, "--person", str(other.id))["first_name"] == "Patient 07"
    assert (
        "no person 999 has the address"
        in run("subscribers", "show", READER, "--person", "999", status=1).stderr
    )


def test_an_unknown_address_is_refused(house, run):
    assert run.refused("subscribers", "show", READER) == f"nobody here has the address {READER}"


def test_what_is_no_address_is_refused(house, run):
    assert "missing after the @" in run.refused("subscribers", "consent", "reader@")
