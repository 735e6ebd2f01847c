"""The list of newsletters: drafts that were never used among them; a new one, a copy, and one that goes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import html as trees
from sqlalchemy import delete, event, select

from newsletter.audit import AuditEntry
from newsletter.campaigns import broadcasts
from newsletter.campaigns.desk import drafting
from newsletter.campaigns.filing import starter
from newsletter.campaigns.models import Broadcast, CampaignDraft
from newsletter.content.models import Version
from newsletter.staff import roll
from tests.web.studio.readers import arrived, begin, come, post
from tests.web.visiting import both, words

LIST = "/studio/newsletters/"
STARTERS = {
    "Five questions to take to a consultation",
    "What is new",
    "A short guide to microneedling, start to finish",
}


def rows(page: str) -> list[tuple[str, str, str]]:
    """Name, where it is, people; as the table has them."""
    found = []
    for row in trees.fromstring(page).xpath("//table//tbody/tr"):
        name, state, people = row
        cells = (name.find("a").text, state.text_content(), people.text_content())
        one, two, three = (" ".join(each.split()) for each in cells)
        found.append((one, two, three))
    return found


def names(page: str) -> list[str]:
    return [name for name, _, _ in rows(page)]


def send(story, slug: str, **how) -> None:
    with story.house.database.writing.begin() as session:
        broadcasts.send(session, slug, story.clock.now(), **how)


def many(story, number: int) -> None:
    """So many newsletters that have been sent, a minute apart."""
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        version = session.scalars(select(Version.id).order_by(Version.id)).first()
        for each in range(number):
            session.add(
                Broadcast(
                    slug=f"old-{each}",
                    name=f"Old {each}",
                    topic="tips",
                    except_topics=[],
                    version_id=version,
                    state="sent",
                    fanned_out=True,
                    settled=True,
                    created_at=now,
                    started_at=now - timedelta(days=400, minutes=-each),
                )
            )


def test_the_list_says_of_each_where_it_is_and_how_many_get_it(story, marketer):
    come(story.house, 3, "resources")
    come(story.house, 2, "tips")
    begin(story.house)
    send(story, "guide-start-to-finish", at=story.clock.now() + timedelta(days=3), local_hour=9)
    send(story, "tips-five-questions", undo=timedelta())
    story.rounds.until_idle()
    assert marketer.open(LIST).status_code == 200
    assert set(rows(marketer.page)) == {
        (
            "A short guide to microneedling, start to finish",
            "Thursday 5 March, 9:00 each in their own time",
            "3",
        ),
        ("Spring guide", "draft", "3"),
        ("Five questions to take to a consultation", "sent 2 March", "2"),
        ("What is new", "draft", "0"),
    }
    assert names(marketer.page)[0] == "A short guide to microneedling, start to finish", (
        "the latest stands first"
    )
    assert "What is new at Example Skin Clinic" in marketer.page, "a subject is read, not its fields"
    assert "example.com" not in trees.fromstring(marketer.page).find(".//main").text_content()


def test_search_and_state_narrow_the_list_and_stay_in_the_address(story, marketer):
    begin(story.house)
    marketer.open(LIST + "?q=SPRING")
    assert names(marketer.page) == ["Spring guide"]
    assert "state=drafts" in marketer.page
    assert "q=SPRING" in marketer.page, "the other filters keep what is searched for"
    marketer.open(LIST + "?q=five+consultation")
    assert names(marketer.page) == ["Five questions to take to a consultation"]
    marketer.open(LIST + "?state=sent")
    assert rows(marketer.page) == []
    assert "No newsletter here fits under Sent." in words(marketer.page)
    assert "Show all of them" in words(marketer.page)
    marketer.open(LIST + "?q=%25&state=drafts")
    assert rows(marketer.page) == [], "a per cent sign is only a sign"


@pytest.mark.parametrize("query", ["state=gossip", "page=0", "page=99999999999", "page=-1"])
def test_an_address_that_no_link_of_ours_has_is_not_found(marketer, query):
    assert marketer.open(f"{LIST}?{query}").status_code == 404


def test_fifty_stand_on_a_page_and_the_rest_on_the_next(story, marketer):
    many(story, 60)
    marketer.open(LIST)
    assert len(rows(marketer.page)) == 50
    assert names(marketer.page)[3] == "Old 59"
    assert "Older" in words(marketer.page)
    assert "Newer" not in words(marketer.page)
    marketer.open(LIST + "?q=old&page=2")
    assert names(marketer.page) == [f"Old {each}" for each in reversed(range(10))]
    assert f"{LIST}?q=old&amp;page=1" in marketer.page


def test_the_list_costs_as_many_queries_with_sixty_newsletters_as_with_three(story, marketer):
    asked: list[str] = []
    event.listen(story.house.database.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    marketer.open(LIST)
    few = len(asked)
    many(story, 60)
    for each in range(5):
        begin(story.house, f"Draft {each}")
    asked.clear()
    marketer.open(LIST)
    assert len(rows(marketer.page)) == 50
    assert len(asked) == few


def test_where_nothing_was_written_yet_the_page_says_what_to_do(story, marketer):
    with story.house.database.writing.begin() as session:
        session.execute(delete(Broadcast))
    marketer.open(LIST)
    assert "No newsletters yet" in words(marketer.page)
    assert trees.fromstring(marketer.page).xpath("//main//a[@href='/studio/newsletters/new']")


def test_a_sequence_s_draft_is_no_newsletter(story, marketer):
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        drafting.save(session, "welcome", 0, str, roll.practice_owner(session, now), now)
    marketer.open(LIST)
    assert set(names(marketer.page)) == STARTERS
    assert marketer.open(LIST + "welcome/").status_code == 404


@both
def test_a_new_newsletter_begins_with_a_name_and_a_topic_and_goes_to_be_written(story, marketer):
    marketer.open(LIST + "new")
    for said in ("Guides longer reads", "Tips short and practical", "Clinic news what is new with us"):
        assert said in words(marketer.page)
    answer = post(marketer, LIST + "new", {"name": " Summer  guide ", "topic": "tips"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{LIST}summer-guide/write")
    marketer.open(LIST)
    assert ("Summer guide", "draft", "0") in rows(marketer.page)
    with story.house.database.reading() as session:
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.act, entry.facts) == ("newsletter_create", {"slug": "summer-guide"})


@pytest.mark.parametrize(
    ("name", "topic", "says"),
    [
        ("", "tips", "A name has 1 to 120 characters"),
        ("x" * 121, "tips", "A name has 1 to 120 characters"),
        ("Summer", "gossip", "Choose what it is about."),
        ("Summer", "", "Choose what it is about."),
    ],
    ids=["none", "long", "gossip", "no-topic"],
)
def test_what_makes_no_newsletter_is_said_at_its_field_and_nothing_typed_is_lost(
    story, marketer, name, topic, says
):
    answer = post(marketer, LIST + "new", {"name": name, "topic": topic})
    assert answer.status_code == 400
    form = trees.fromstring(marketer.page).xpath("//main//form")[0]
    assert form.fields["name"] == name
    assert says in form.xpath(".//*[@role='alert']")[0].text_content()
    with story.house.database.reading() as session:
        assert session.scalars(select(CampaignDraft).where(CampaignDraft.state == "open")).all() == []


def test_a_newsletter_called_new_has_a_page_of_its_own(story, marketer):
    slug = begin(story.house, "New")
    assert marketer.open(f"{LIST}{slug}/").status_code == 200
    assert "A New" in words(marketer.page)
    marketer.open(f"{LIST}new")
    assert "What it is about" in words(marketer.page)


def test_a_copy_has_the_words_and_the_people_and_a_name_of_its_own(story, marketer):
    slug = begin(story.house)
    marketer.open(f"{LIST}{slug}/")
    proposed = trees.fromstring(marketer.page).xpath("//input[@name='name']/@value")
    assert proposed == ["Spring guide, again"]
    answer = post(marketer, f"{LIST}{slug}/duplicate", {"name": proposed[0]})
    assert answer.headers["Location"] == f"{LIST}spring-guide-again/write"
    with story.house.database.reading() as session:
        first, second = (drafting.papers(session, each)[0] for each in (slug, "spring-guide-again"))
    assert second.bodies == first.bodies
    assert second.table == first.table | {"name": "Spring guide, again"}


def test_a_copy_without_a_name_is_refused_at_its_field(story, marketer):
    slug = begin(story.house)
    answer = post(marketer, f"{LIST}{slug}/duplicate", {"name": " "})
    assert answer.status_code == 400
    assert "A name has 1 to 120 characters" in words(marketer.page)
    assert post(marketer, f"{LIST}welcome/duplicate", {"name": "Welcome"}).status_code == 404


def test_a_draft_is_discarded_by_typing_its_name(story, marketer):
    slug = begin(story.house)
    marketer.open(f"{LIST}{slug}/discard")
    assert "Nobody has got it, and nobody will." in words(marketer.page)
    answer = marketer.press("Discard it", name="Spring")
    assert answer.status_code == 400
    assert "That is not its name." in words(marketer.page)
    assert trees.fromstring(marketer.page).xpath("//input[@name='name']/@value") == ["Spring"]
    marketer.press("Discard it", name=" spring GUIDE")
    assert "“Spring guide” is discarded. Nobody got it." in words(marketer.page)
    assert set(names(marketer.page)) == STARTERS
    assert marketer.open(f"{LIST}{slug}/").status_code == 404
    assert begin(story.house) != slug, "its name in addresses stays its own"


@both
def test_one_that_was_placed_before_leaves_the_list_and_no_start_brings_it_back(story, marketer):
    slug = "tips-five-questions"
    marketer.open(f"{LIST}{slug}/discard")
    marketer.press("Discard it", name="Five questions to take to a consultation")
    assert len(names(marketer.page)) == 2
    with story.house.database.writing.begin() as session:
        loaded = starter.load(session, story.clock.now())
    assert (loaded.added, loaded.offered) == ([], [])
    marketer.open(LIST + "?state=canceled")
    assert rows(marketer.page) == []
    marketer.open(f"{LIST}{slug}/")
    assert "Discarded before anybody got it" in words(marketer.page)
    answer = post(marketer, f"{LIST}{slug}/duplicate", {"name": "Five questions, again"})
    assert answer.status_code == 303, "its words are still there"
    assert post(marketer, f"{LIST}{slug}/send", {"when": "now"}).status_code == 400


def test_what_is_in_use_is_not_discarded_and_says_why(story, marketer):
    come(story.house, 2, "tips")
    send(story, "tips-five-questions")
    typed = {"name": "Five questions to take to a consultation"}
    assert post(marketer, f"{LIST}tips-five-questions/discard", typed).status_code == 400
    assert "is going out already, so it cannot be discarded; a draft can be." in words(marketer.page)
    story.live(minutes=3)
    assert post(marketer, f"{LIST}tips-five-questions/discard", typed).status_code == 400
    assert "is sent, so it cannot be discarded" in words(marketer.page)
    assert set(arrived(story.house, "tips-five-questions").values()) == {"sent"}


def test_discarding_a_sequence_s_draft_is_not_asked_here(story, marketer):
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        drafting.save(session, "welcome", 0, str, roll.practice_owner(session, now), now)
    assert post(marketer, f"{LIST}welcome/discard", {"name": "Welcome"}).status_code == 404
    with story.house.database.reading() as session:
        assert drafting.open_draft(session, "welcome") is not None


def test_who_only_reads_sees_the_list_and_no_button(story, sign_in):
    slug = begin(story.house)
    for role in ("viewer", "clinician"):
        visitor = sign_in(role)
        for page in (LIST, f"{LIST}{slug}/"):
            assert visitor.open(page).status_code == 200
            main = trees.fromstring(visitor.page).find(".//main")
            assert main.xpath(".//form[@method='post']") == []
            assert "New newsletter" not in main.text_content()
        for page in ("new", f"{slug}/send", f"{slug}/discard", f"{slug}/cancel"):
            assert visitor.open(LIST + page).status_code == 403
            assert post(visitor, LIST + page, {"name": "Spring guide"}).status_code == 403
        assert post(visitor, f"{LIST}{slug}/duplicate", {"name": "Mine"}).status_code == 403
