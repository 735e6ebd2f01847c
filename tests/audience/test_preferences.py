"""What a reader changes from the link in a letter."""

from __future__ import annotations

import pytest

from newsletter.audience import preferences, wordings
from newsletter.audience.consent import Evidence
from newsletter.campaigns import leaving
from newsletter.delivery import suppression
from newsletter.errors import NotFound, Refused
from tests.audience.desk import TAP

PAGE = Evidence("preferences", "/preferences", "198.51.100.7", "A reader's phone")


@pytest.fixture
def reader(desk):
    """The id of a reader who confirmed everything a day ago."""
    desk.ask(first_name="Visitor 014", time_zone="America/New_York")
    tapped = desk.tap()
    desk.clock.advance(days=1)
    return tapped.subscriber_id


def choose(desk, reader, *slugs):
    with desk.database.writing.begin() as session:
        return preferences.choose_topics(session, reader, slugs, PAGE, desk.clock.now())


def test_the_page_shows_topics_name_zone_and_a_masked_address(desk, reader):
    with desk.database.reading() as session:
        page = preferences.read(session, reader)
    assert (page.masked, page.first_name, page.time_zone) == (
        "r...r@example.com",
        "Visitor 014",
        "America/New_York",
    )
    assert (page.status, page.subscriber_id, page.mailbox_id) == (
        "confirmed",
        reader,
        desk.person().mailbox_id,
    )
    assert [(each.slug, each.name, each.hint, each.on) for each in page.topics] == [
        ("resources", "Guides", "longer reads", True),
        ("tips", "Tips", "short and practical", True),
        ("news", "Clinic news", "what is new with us", True),
    ]


def test_a_topic_never_asked_for_is_off(desk):
    desk.ask(topics=("tips",))
    with desk.database.reading() as session:
        page = preferences.read(session, desk.person().id)
    assert [(each.slug, each.state, each.on) for each in page.topics] == [
        ("resources", "none", False),
        ("tips", "pending", False),
        ("news", "none", False),
    ]


def test_switching_topics_appends_what_she_agreed_to_and_what_she_took_back(desk, reader):
    assert choose(desk, reader, "tips") == preferences.Chosen((), ("resources", "news"), arrived=False)
    assert choose(desk, reader, "tips", "news") == preferences.Chosen(("news",), (), arrived=False)
    assert desk.card()["topics"] == ["tips", "news"]
    assert desk.acts()[2:] == [("withdrawn", ["news", "resources"]), ("confirmed", ["news"])]
    last = desk.card()["consents"][-1]
    assert (last["how"], last["page"], last["wording"]) == (
        "preferences",
        "/preferences",
        wordings.PREFERENCES.text,
    )
    assert desk.person().arrivals == 1


def test_saving_what_is_so_already_appends_nothing(desk, reader):
    assert choose(desk, reader, "resources", "tips", "news") == preferences.Chosen((), (), arrived=False)
    assert len(desk.acts()) == 2


def test_whoever_left_comes_back_by_choosing_a_topic(desk, reader):
    with desk.database.writing.begin() as session:
        leaving.leave(session, desk.person().mailbox_id, desk.clock.now(), PAGE)
    assert choose(desk, reader, "tips") == preferences.Chosen(("tips",), (), arrived=True)
    assert desk.person().arrivals == 2
    assert desk.card()["topics"] == ["tips"]


def test_no_topic_at_all_is_leaving_and_has_its_own_door(desk, reader):
    with pytest.raises(Refused, match="stop all letters"):
        choose(desk, reader)
    assert desk.card()["status"] == "confirmed"


@pytest.mark.parametrize(
    ("scope", "reason", "way_on"),
    [
        ("all", "asked", "sign up once more"),
        ("all", "hard bounce", "ask us to look into it"),
        ("marketing", "complaint", "ask us to look into it"),
    ],
)
def test_a_forwarded_letter_does_not_take_back_a_stop(desk, reader, scope, reason, way_on):
    with desk.database.writing.begin() as session:
        leaving.leave(session, desk.person().mailbox_id, desk.clock.now(), PAGE)
        suppression.suppress(session, desk.person().mailbox_id, scope, reason, desk.clock.now())
    with pytest.raises(Refused, match=way_on):
        choose(desk, reader, "tips")
    assert desk.card()["status"] == "unsubscribed"


def test_an_unknown_topic_changes_nothing(desk, reader):
    with pytest.raises(NotFound, match="gossip"):
        choose(desk, reader, "tips", "gossip")
    assert desk.card()["topics"] == ["resources", "tips", "news"]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Visitor 15", "Visitor 15"), (" \x00 ", None), ("{{ name }}", "{{ name }}"), ("x" * 10_000, "x" * 100)],
)
def test_a_first_name_is_kept_as_data(desk, reader, typed, kept):
    with desk.database.writing.begin() as session:
        assert preferences.set_first_name(session, reader, typed) == kept
    assert desk.card()["first_name"] == kept


def test_the_time_zone_follows_her(desk, reader):
    with desk.database.writing.begin() as session:
        preferences.set_time_zone(session, reader, "Asia/Kathmandu")
    assert desk.card()["time_zone"] == "Asia/Kathmandu"


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "x" * 10_000])
def test_a_zone_that_is_none_is_refused_in_one_line(desk, reader, name):
    with (
        desk.database.writing.begin() as session,
        pytest.raises(Refused, match="right would be Europe/London") as no,
    ):
        preferences.set_time_zone(session, reader, name)
    assert len(no.value.line) < 120
    assert desk.card()["time_zone"] == "America/New_York"


def test_a_link_of_somebody_who_is_gone_is_refused(desk):
    with desk.database.writing.begin() as session:
        for change in (
            lambda: preferences.read(session, 999),
            lambda: preferences.choose_topics(session, 999, ["tips"], TAP, desk.clock.now()),
            lambda: preferences.set_first_name(session, 999, "Visitor 014"),
            lambda: preferences.set_time_zone(session, 999, "UTC"),
        ):
            with pytest.raises(NotFound, match="on our list any more"):
                change()
