"""Topics in the studio: their words on every page, their order, and how one ends that something is about."""

from __future__ import annotations

import pytest
from lxml import html as trees
from sqlalchemy import select, update

from newsletter.audience.models import Consent
from newsletter.audit import AuditEntry
from newsletter.campaigns.models import Broadcast, Sequence
from tests.web.studio.readers import post
from tests.web.visiting import Visitor, both, words

PAGE = "/studio/settings/topics/"


def listed(page: str) -> list[str]:
    return [" ".join(each.text_content().split()) for each in trees.fromstring(page).cssselect("tbody th")]


def let_everything_end(story) -> None:
    """No newsletter and no sequence is about anything any more."""
    with story.house.database.writing.begin() as session:
        session.execute(update(Broadcast).values(state="sent"))
        session.execute(update(Sequence).values(topics=[]))


def switches(visitor: Visitor) -> list[str]:
    return [each.text_content() for each in trees.fromstring(visitor.page).cssselect(".switch .title")]


@both
def test_a_topic_that_is_added_moved_and_renamed_stands_so_on_the_readers_page(
    story, marketer, clock, newest_link
):
    marketer.open(PAGE)
    page = marketer.press("Add", name="Offers", hint="now and then").text
    assert "“Offers” can be chosen from now on." in words(page)
    assert listed(page) == ["Guides", "Tips", "Clinic news", "Offers"]
    post(marketer, f"{PAGE}offers/move", {"way": "up"})
    marketer.open(f"{PAGE}tips/")
    assert "“Short tips” from now on." in words(
        marketer.press("Save", name="Short tips", hint="a minute each").text
    )
    reader = Visitor(marketer.app, clock)
    reader.sign_up()
    reader.open(newest_link("confirm"))
    reader.press("Yes, send me the letters")
    assert switches(reader)[:4] == ["Guides", "Short tips", "Offers", "Clinic news"]
    assert "a minute each" in words(reader.page)
    with story.house.database.reading() as session:
        acts = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(each.act, each.facts) for each in acts if each.act.startswith("topic")] == [
        ("topic_add", {"slug": "offers"}),
        ("topic_move", {"slug": "offers"}),
        ("topic_save", {"slug": "tips"}),
    ]


@pytest.mark.parametrize(("where", "button"), [(PAGE, "Add"), (f"{PAGE}tips/", "Save")])
def test_a_name_that_is_none_is_said_at_the_field_and_what_was_typed_stays(story, marketer, where, button):
    marketer.open(where)
    for name, says in (("", "1 to 80 characters"), ("guides", "There is a topic “guides” already.")):
        answer = marketer.press(button, name=name, hint="a hint of hers")
        assert answer.status_code == 400
        assert says in trees.fromstring(answer.text).cssselect("[role=alert]")[0].text_content()
        assert 'value="a hint of hers"' in answer.text


def test_the_first_cannot_go_up_and_the_last_cannot_go_down(marketer):
    buttons = trees.fromstring(marketer.open(PAGE).text).cssselect(".arrow")
    still = [each.text_content() for each in buttons if each.get("disabled") is not None]
    assert still == ["Guides one place up", "Clinic news one place down"]


def test_what_is_about_a_topic_keeps_it_and_is_named_with_its_page(story, marketer):
    with story.house.database.writing.begin() as session:
        session.execute(update(Sequence).values(topics=["tips"]))
    page = trees.fromstring(marketer.open(f"{PAGE}tips/").text)
    used = {each.text_content(): each.get("href") for each in page.cssselect(".uses a")}
    assert used["Welcome"] == "/studio/sequences/welcome/"
    assert "/studio/newsletters/tips-five-questions/" in used.values()
    for link in used.values():
        assert marketer.client.get(link).status_code == 200
    assert "Retire it" not in words(marketer.page)
    answer = post(marketer, f"{PAGE}tips/retire")
    assert answer.status_code == 400
    assert "First give these another topic, or let them end." in words(answer.text)


def test_a_form_that_is_for_it_keeps_it_too(story, marketer):
    let_everything_end(story)
    marketer.open("/studio/settings/forms/new")
    marketer.press("Make this form", name="Footer", about="these", topics=["tips"])
    page = trees.fromstring(marketer.open(f"{PAGE}tips/").text)
    assert [each.get("href") for each in page.cssselect(".uses a")] == ["/studio/settings/forms/footer/"]
    assert post(marketer, f"{PAGE}tips/retire").status_code == 400


def test_a_retired_topic_leaves_every_picker_and_stays_with_who_has_it(story, marketer, confirmed, sign_in):
    marketer = sign_in("owner")
    let_everything_end(story)
    marketer.open(f"{PAGE}tips/")
    assert "Who has it keeps it: 1 person." in words(marketer.page)
    page = marketer.press("Retire it").text
    assert "Nobody can choose “Tips” any more. Who has it keeps it." in words(page)
    assert "Tips retired" in listed(page)
    for picker in ("/studio/newsletters/new", "/studio/sequences/new", "/studio/settings/forms/new"):
        assert "Clinic news" in marketer.open(picker).text, picker
        assert ">Tips<" not in marketer.page.replace("> Tips<", ">Tips<"), picker
    confirmed.open(confirmed.at)
    assert "Tips" in switches(confirmed)
    story.sign_up("visitor014@example.com")
    with story.house.database.reading() as session:
        theirs = select(Consent.topics).order_by(Consent.id.desc()).limit(1)
        assert session.scalar(theirs) == ["news", "resources"]
    marketer.open(f"{PAGE}tips/")
    assert "“Tips” can be chosen again." in words(marketer.press("Let people choose it again").text)


def test_what_nobody_had_and_nothing_is_about_can_go_for_good(story, marketer):
    marketer.open(PAGE)
    marketer.press("Add", name="A slip")
    marketer.open(f"{PAGE}a-slip/")
    assert "“A slip” is gone. Nobody ever had it." in words(marketer.press("Delete it").text)
    assert listed(marketer.page) == ["Guides", "Tips", "Clinic news"]
    assert marketer.open(f"{PAGE}a-slip/").status_code == 404
    assert "Delete it" not in words(marketer.open(f"{PAGE}tips/").text)
    answer = post(marketer, f"{PAGE}tips/delete")
    assert answer.status_code == 400
    assert "retire it instead" in words(answer.text)


def test_the_last_topic_stays(story, marketer):
    let_everything_end(story)
    for slug in ("tips", "news"):
        post(marketer, f"{PAGE}{slug}/retire")
    answer = post(marketer, f"{PAGE}resources/retire")
    assert answer.status_code == 400
    assert "the only topic that can be chosen, and a sign-up needs one" in words(answer.text)
