"""People and time: the number before it is sent, every choice that cannot be kept, and sent once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from lxml import html as trees
from sqlalchemy import select

from benchmarks.pages import counting
from newsletter.audience.models import Hold, Subscriber
from newsletter.campaigns import broadcasts
from newsletter.campaigns.desk import drafting
from newsletter.campaigns.filing import drafts
from newsletter.campaigns.models import Broadcast
from newsletter.content.models import Version
from newsletter.delivery import mailboxes, suppression
from newsletter.delivery.models import Delivery
from tests.web.studio.readers import arrived, begin, come, post, rewrite
from tests.web.visiting import both

PAGE = "/studio/newsletters/spring-guide/"
SEND = f"{PAGE}send"


def main(page: str) -> str:
    return " ".join(trees.fromstring(page).find(".//main").text_content().split())


def said_at(page: str, name: str) -> str:
    """The sentence that stands at a field or in its group."""
    tree = trees.fromstring(page)
    found = tree.xpath(f"//*[@role='alert'][@id='{name}-said' or @id='{name}-wrong']")
    return " ".join(found[0].text_content().split()) if found else ""


def chosen(page: str) -> dict[str, object]:
    """What the form holds, its boxes and buttons included."""
    form = trees.fromstring(page).xpath("//form[@class='choose']")[0]
    held: dict[str, object] = dict(form.form_values())
    held["except"] = [value for name, value in form.form_values() if name == "except"]
    held["csrf_token"] = form.xpath(".//button[@name='csrf_token']/@value")[0]
    return held


def issue(story) -> Broadcast | None:
    with story.house.database.reading() as session:
        return session.scalar(select(Broadcast).where(Broadcast.slug == "spring-guide"))


def nothing_happened(story) -> bool:
    """It lies on the desk as it did, and nobody gets it."""
    with story.house.database.reading() as session:
        waits = drafting.open_draft(session, "spring-guide") is not None
    return waits and issue(story) is None and not arrived(story.house, "spring-guide")


@pytest.fixture
def opened(story, marketer):
    """The form, opened; eight people hear about guides, two of them about tips as well, and three about tips alone."""
    come(story.house, 6, "resources")
    come(story.house, 2, "resources", "tips")
    come(story.house, 3, "tips")
    begin(story.house)
    marketer.open(SEND)
    return marketer


@both
def test_before_it_is_sent_the_page_says_who_gets_it_and_who_does_not_and_why(story, opened):
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        people = session.scalars(select(Subscriber.id).order_by(Subscriber.id)).all()
        for person, kind in zip(people, ("break", "healing", "healing"), strict=False):
            session.add(Hold(subscriber_id=person, kind=kind, until=now + timedelta(days=20), created_at=now))
        box = mailboxes.find(session, "resources5@example.com")
        suppression.suppress(session, box.id, "all", "hard bounce", now)
    opened.open(SEND)
    said = main(opened.page)
    assert (
        "4 people get this. Out of 11: 3 chose no Guides, 1 do not mail, 1 is on a break, 2 are held back"
        in said
    )
    assert "Send to 4 people" in said
    opened.open(f"{SEND}?when=now&topic=resources&except=tips")
    assert "2 people get this. Out of 11: 3 chose no Guides, 2 hear about Tips," in main(opened.page)
    assert chosen(opened.page)["except"] == ["tips"]
    assert nothing_happened(story)


def test_the_people_are_counted_once_for_the_page(opened):
    with counting() as asked:
        opened.open(f"{SEND}?when=now&topic=tips&except=news")
    assert "5 people get this." in main(opened.page)
    assert len([each for each in asked if "bits" in each]) == 1


def test_counting_again_works_without_scripts_and_keeps_all_that_was_chosen(story, opened):
    counts = trees.fromstring(opened.page).xpath("//button[normalize-space()='Count again']")[0]
    assert (counts.get("formmethod"), counts.get("formaction")) == ("get", SEND)
    assert "csrf_token" not in dict(
        trees.fromstring(opened.page).xpath("//form[@class='choose']")[0].form_values()
    ), "no token in an address"
    opened.open(f"{SEND}?topic=tips&except=news&when=local&day=2026-03-09&hour=7")
    held = chosen(opened.page)
    assert {name: held.get(name) for name in ("topic", "when", "day", "hour", "archive")} == {
        "topic": "tips",
        "when": "local",
        "day": "2026-03-09",
        "hour": "7",
        "archive": None,
    }
    assert "5 people get this." in main(opened.page)
    live = trees.fromstring(opened.page).xpath("//*[@hx-get]")[0]
    assert (live.get("hx-get"), live.get("hx-target"), live.get("hx-select")) == (SEND, "#people", "#people")


@both
def test_what_is_chosen_is_put_down_and_it_goes_to_those_people_once(story, opened):
    held = chosen(opened.page) | {"topic": "resources", "except": ["tips"], "counted": "6"}
    held.pop("archive")
    answer = opened.send(SEND, held)
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    opened.open(PAGE)
    assert "6 people get this." in main(opened.page)
    assert "whoever hears about Guides, but not about Tips" in main(opened.page)
    assert "It does not stand there." in main(opened.page)
    placed = issue(story)
    assert (placed.state, placed.topic, placed.except_topics, placed.archived) == (
        "scheduled",
        "resources",
        ["tips"],
        False,
    )
    assert placed.starts_at == story.clock.now() + broadcasts.UNDO
    story.live(minutes=2)
    found = arrived(story.house, "spring-guide")
    assert (len(found), set(found.values())) == (6, {"sent"})


@both
def test_pressed_twice_and_in_two_tabs_it_goes_once(story, opened):
    held = chosen(opened.page)
    assert opened.send(SEND, held).status_code == 303
    second = opened.send(SEND, held)
    assert second.status_code == 400
    assert "It is going out already, so nothing was sent twice." in main(opened.page)
    assert "Going out in 2:00" in main(opened.page)
    assert opened.open(SEND).headers["Location"] == PAGE
    story.live(minutes=3)
    assert opened.send(SEND, held).status_code == 400
    assert len(arrived(story.house, "spring-guide")) == 8


@both
def test_of_two_colleagues_who_press_send_at_the_same_moment_one_sends_it_and_one_is_told(
    story, opened, sign_in
):
    other = sign_in("owner")
    other.open(SEND)
    forms = [(opened, chosen(opened.page)), (other, chosen(other.page))]
    together = Barrier(2)

    def press(form):
        visitor, held = form
        together.wait(30)
        return visitor.send(SEND, held).status_code

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(press, forms)) == [303, 400]
    told = [main(visitor.page) for visitor in (opened, other) if "nothing was sent twice" in visitor.page]
    assert len(told) == 1
    assert "It is going out already" in told[0]
    story.live(minutes=3)
    assert len(arrived(story.house, "spring-guide")) == 8


def test_a_list_that_changed_in_between_is_said_before_it_is_sent(story, opened):
    held = chosen(opened.page)
    with story.house.database.writing.begin() as session:
        box = mailboxes.find(session, "resources0@example.com")
        suppression.suppress(session, box.id, "all", "hard bounce", story.clock.now())
    assert opened.send(SEND, held).status_code == 400
    assert said_at(opened.page, "people") == (
        "7 people would get this, not the number you saw. Press Send once more if that is right."
    )
    assert nothing_happened(story)
    assert opened.send(SEND, chosen(opened.page)).status_code == 303


def test_another_choice_that_was_not_counted_yet_is_counted_first(story, opened):
    assert opened.send(SEND, chosen(opened.page) | {"topic": "tips"}).status_code == 400
    assert "5 people would get this, not the number you saw." in said_at(opened.page, "people")
    assert chosen(opened.page)["topic"] == "tips"
    assert opened.send(SEND, chosen(opened.page)).status_code == 303
    assert issue(story).topic == "tips"


def test_words_that_somebody_changed_in_between_are_looked_at_first(story, opened):
    held = chosen(opened.page) | {"when": "local", "day": "2026-03-05", "hour": "7"}
    rewrite(story.house, "spring-guide", "Other words, which nobody here has seen.\n")
    assert opened.send(SEND, held).status_code == 400
    assert said_at(opened.page, "seen").startswith("The letter was changed meanwhile. Look at it again")
    again = chosen(opened.page)
    assert (again["when"], again["day"], again["hour"]) == ("local", "2026-03-05", "7"), (
        "nothing typed is lost"
    )
    assert nothing_happened(story)
    assert opened.send(SEND, again).status_code == 303


def test_a_draft_that_was_let_go_and_begun_anew_is_not_the_one_that_was_seen(story, opened):
    held = chosen(opened.page)
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        first = drafting.open_draft(session, "spring-guide")
        files, revision, writer = dict(first.files), first.revision, first.edited_by
        drafts.discard(session, "spring-guide", now)
        session.flush()
        second = drafting.begin(session, "Spring guide, anew", "resources", writer, now)
        second.slug, second.files, second.revision = "spring-guide", files, revision
    assert opened.send(SEND, held).status_code == 400
    assert said_at(opened.page, "seen").startswith("The letter was changed meanwhile.")
    assert nothing_happened(story)


def test_one_that_was_discarded_in_another_tab_is_not_sent(story, opened):
    held = chosen(opened.page)
    post(opened, f"{PAGE}discard", {"name": "Spring guide"})
    assert opened.send(SEND, held).status_code == 404
    assert (issue(story), arrived(story.house, "spring-guide")) == (None, {})


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({"when": "clinic", "day": "2026-03-02", "hour": "4"}, "hour", "Monday 2 March, 4:00, is past."),
        ({"when": "clinic", "day": "2026-03-01", "hour": "9"}, "hour", "Sunday 1 March, 9:00, is past."),
        ({"when": "local", "day": "2026-03-01", "hour": "9"}, "hour", "is past here. Choose a later hour"),
        ({"when": "clinic", "day": "2026-03-08", "hour": "2"}, "hour", "The clocks skip 2:00 that night."),
        ({"when": "clinic", "day": "2026-02-30", "hour": "9"}, "day", "Choose a day, such as"),
        ({"when": "clinic", "day": "", "hour": "9"}, "day", "Choose a day, such as"),
        ({"when": "local", "day": "soon", "hour": "9"}, "day", "Choose a day, such as"),
        ({"when": "local", "day": "2026-03-05", "hour": "24"}, "hour", "Choose an hour from 0:00 to 23:00."),
        ({"when": "local", "day": "2026-03-05", "hour": ""}, "hour", "Choose an hour from 0:00 to 23:00."),
        ({"when": "clinic", "day": "2026-03-05", "hour": "9" * 40}, "hour", "Choose an hour from 0:00"),
        ({"when": "someday"}, "when", "Choose when it goes out."),
        ({"topic": "gossip"}, "topic", "That is not one of our topics."),
        ({"except": ["gossip"]}, "topic", "That is not one of our topics."),
        ({"except": ["resources"]}, "topic", "The same topic is left out below"),
        ({"topic": "news", "counted": "0"}, "people", "Nobody would get this. Choose other people."),
        ({"seen": "9" * 60 + ":1"}, "seen", "The letter was changed meanwhile."),
        ({"seen": ""}, "seen", "The letter was changed meanwhile."),
        ({"counted": "many"}, "people", "8 people would get this, not the number you saw."),
    ],
    ids="past-hour past-day past-local skipped no-such-day no-day soon 24 no-hour long-hour someday gossip "
    "except-gossip except-itself nobody seen-long seen-none counted".split(),
)
def test_what_cannot_be_kept_is_said_at_its_field_and_nothing_is_sent_or_lost(
    story, opened, typed, field, says
):
    assert opened.send(SEND, chosen(opened.page) | typed).status_code == 400
    assert says in said_at(opened.page, field)
    again = chosen(opened.page)
    for name in ("day", "when"):
        if typed.get(name) and typed[name] != "someday":
            assert again[name] == typed[name]
    assert nothing_happened(story)


def test_what_must_be_mended_first_is_named_with_the_way_to_it(story, marketer):
    come(story.house, 2, "resources")
    begin(story.house, words="")
    marketer.open(SEND)
    for line in ("The subject is missing.", "The preview text is missing.", "The letter has no words yet."):
        assert line in main(marketer.page)
    assert "Send to" not in main(marketer.page)
    assert trees.fromstring(marketer.page).xpath(f"//a[@href='{PAGE}write']")
    seen = trees.fromstring(marketer.page).xpath("//input[@name='seen']/@value")[0]
    forced = {"when": "now", "topic": "resources", "seen": seen, "counted": "2"}
    assert post(marketer, SEND, forced).status_code == 400
    assert nothing_happened(story)
    rewrite(story.house, "spring-guide", "Dear {{ gossip }},\n")
    marketer.open(SEND)
    assert "gossip" in main(marketer.page)
    assert "spring-guide/issue.md" not in main(marketer.page)


def test_an_hour_that_is_past_for_some_is_the_next_day_s_for_them(story, opened):
    """It is 4:30 in New York, where the readers are, and 9:30 in London."""
    come(story.house, 1, "resources", "news", zone="Europe/London")
    opened.open(SEND)
    opened.send(SEND, chosen(opened.page) | {"when": "local", "day": "2026-03-02", "hour": "9"})
    story.live(days=2)
    with story.house.database.reading() as session:
        moments = session.scalars(select(Delivery.sent_at).where(Delivery.campaign == "spring-guide")).all()
    assert sorted(f"{each:%d %H:%M}" for each in moments) == ["02 14:00"] * 8 + ["03 09:00"]


def test_one_that_was_placed_and_never_written_on_again_keeps_its_version(story, marketer):
    come(story.house, 2, "tips")
    send = "/studio/newsletters/tips-five-questions/send"
    marketer.open(send)
    before = [chosen(marketer.page)["seen"], versions(story)]
    assert marketer.send(send, chosen(marketer.page)).status_code == 303
    assert before == ["0:0", versions(story)]
    post(marketer, "/studio/newsletters/tips-five-questions/undo")
    marketer.open(send)
    held = chosen(marketer.page) | {"except": ["news"]}
    assert marketer.send(send, held).status_code == 303, "another choice is put down on a draft of its own"
    assert versions(story) == before[1]
    story.live(minutes=3)
    assert len(arrived(story.house, "tips-five-questions")) == 2


def versions(story) -> int:
    with story.house.database.reading() as session:
        return len(session.scalars(select(Version.id)).all())
