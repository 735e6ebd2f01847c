"""Forms in the studio, and each as a visitor meets it: on our page, on another site, without scripts and on paper."""

from __future__ import annotations

import json
import re

import pypdfium2
import pytest
import zxingcpp
from lxml import html as trees
from sqlalchemy import select

from newsletter.audience import wordings
from newsletter.audience.models import Consent, Subscriber, Wording
from tests.web.studio.readers import post
from tests.web.visiting import READER, Visitor, both, words

PAGE = "/studio/settings/forms/"
HERE = "https://letters.clinic.example"


def make(marketer: Visitor, name: str = "Waiting room", **more):
    marketer.open(f"{PAGE}new")
    return marketer.press("Make this form", name=name, **more)


def came(story) -> list[tuple[str, list[str], str]]:
    """Source, topics and the words agreed to of everybody who asked."""
    rows = select(Subscriber.source, Consent.topics, Wording.text).join(
        Consent, Consent.subscriber_id == Subscriber.id
    )
    with story.house.database.reading() as session:
        found = session.execute(rows.join(Wording).order_by(Consent.id))
        return [(source, topics, text) for source, topics, text in found]


@both
def test_a_form_prints_its_own_words_and_they_are_what_people_agree_to(story, marketer, clock):
    page = make(marketer, heading="Skin, in short", button="Yes, please", about="these", topics=["tips"]).text
    assert "“Waiting room” can be used from now on." in words(page)
    assert f"{HERE}/?form=waiting-room" in words(page)
    visitor = Visitor(marketer.app, clock)
    shown = trees.fromstring(visitor.open("/?form=waiting-room").text)
    assert shown.cssselect("h1")[0].text_content() == "Skin, in short"
    assert wordings.TERMS in words(visitor.page)
    visitor.press("Yes, please", email="reader")
    assert "Skin, in short" in words(visitor.page), "a mistake shows the same form again"
    visitor.press("Yes, please", email=READER)
    assert came(story) == [
        (
            "form:waiting-room",
            ["tips"],
            f"Skin, in short\n{wordings.PROMISE}\nYes, please\n{wordings.TERMS}",
        )
    ]
    assert "1 person came by it, 0 get letters now." in words(marketer.open(f"{PAGE}waiting-room/").text)
    visitor.press("Send it there instead", email="visitor014@example.com")
    assert [row[:2] for row in came(story)] == [("form:waiting-room", ["tips"])] * 2
    assert came(story)[1][2].startswith("Skin, in short")


def test_a_form_may_ask_for_topics_and_a_name(story, marketer, clock):
    make(marketer, about="ask", topics=["tips", "news"], question="About what?", asks_name="yes")
    visitor = Visitor(marketer.app, clock)
    page = trees.fromstring(visitor.open("/?form=waiting-room").text)
    assert [each.text_content() for each in page.cssselect("main .switch .title")] == ["Tips", "Clinic news"]
    assert page.cssselect("main legend")[0].text_content() == "About what?"
    assert page.cssselect("main .switch input[checked]") == [], "nobody agrees to what was ticked for her"
    answer = visitor.press("Send me the letters", email="reader", first_name="Reader", topics=["news"])
    again = trees.fromstring(answer.text)
    assert again.cssselect("#first_name")[0].get("value") == "Reader"
    assert [each.get("value") for each in again.cssselect(".switch input[checked]")] == ["news"]
    visitor.press("Send me the letters", email=READER, topics=["news"], first_name="Reader")
    (source, chosen, text) = came(story)[0]
    assert (source, chosen) == ("form:waiting-room", ["news"])
    assert "About what?" in text.splitlines()
    assert story.person().first_name == "Reader"
    visitor.open("/?form=waiting-room")
    visitor.press("Send me the letters", email="visitor014@example.com", topics=[])
    assert came(story)[1][1] == ["news", "tips"], "none chosen: all that the form asks about"


def test_the_sign_up_page_asks_as_ever(story, marketer, visitor):
    make(marketer, about="ask", question="About what?", asks_name="yes")
    page = trees.fromstring(visitor.open("/").text)
    fields = [each.get("name") for each in page.cssselect("main form input") if each.get("type") != "hidden"]
    assert fields == ["email", "subject"]
    visitor.press("Send me the letters", email=READER)
    assert came(story) == [("form:site", ["news", "resources", "tips"], wordings.SIGN_UP.text)]


def test_the_script_for_another_site_says_and_asks_what_the_form_does(story, marketer):
    make(
        marketer,
        heading="Skin, in short",
        about="ask",
        topics=["tips"],
        question="About what?",
        asks_name="yes",
    )
    pasted = trees.fromstring(marketer.page).cssselect(".paste pre")[1].text_content()
    tag = trees.fromstring(pasted).cssselect("script")[0]
    assert tag.get("data-form") == "waiting-room"
    script = marketer.client.get(tag.get("src").removeprefix(HERE)).text
    given = json.loads(re.search(r"const given = (\{.*\});\n", script)[1])
    assert (given["says"]["heading"], given["says"]["question"]) == ("Skin, in short", "About what?")
    assert (given["asksName"], given["topics"]) == (True, [["tips", "Tips"]])
    plain = marketer.client.get("/embed.js").text
    assert "first_name" not in plain
    assert "fieldset" not in plain
    sent = {
        "email": READER,
        "form": "waiting-room",
        "opened": given["opened"],
        "topics": "",
        "first_name": "Reader",
    }
    marketer.client.post("/subscribe", data=sent, headers={"Accept": "application/json"})
    (source, topics, text) = came(story)[0]
    assert (source, topics) == ("form:waiting-room", ["tips"])
    assert text.startswith("Skin, in short\n")


def test_the_form_without_scripts_works_as_pasted(story, marketer, clock):
    make(marketer, heading="Skin, in short", about="these", topics=["tips"])
    pasted = trees.fromstring(marketer.page).cssselect(".paste pre")[2].text_content()
    form = trees.fromstring(pasted)
    assert form.cssselect("h2")[0].text == "Skin, in short"
    sent = dict(form.form_values()) | {"email": READER}
    assert Visitor(marketer.app, clock).send(form.get("action"), sent).status_code == 303
    (source, topics, text) = came(story)[0]
    assert (source, topics) == ("form:waiting-room", ["tips"])
    assert text.startswith("The form stood on another page"), "without our mark its words are not claimed"


@pytest.mark.parametrize(("size", "points"), [("a4", (595, 842)), ("a5", (421, 595))])
def test_its_poster_has_its_heading_and_leads_to_it(marketer, size, points):
    make(
        marketer,
        heading="A heading of so many words that it would never stand above the code as large as ours does",
    )
    answer = marketer.client.get(f"{PAGE}waiting-room/poster.pdf?size={size}")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="poster-waiting-room-{size}.pdf"'
    with pypdfium2.PdfDocument(answer.data) as document:
        assert tuple(round(side) for side in document[0].get_size()) == points
        text = " ".join(document[0].get_textpage().get_text_range().split())
        picture = document[0].render(scale=2).to_pil()
    assert "A heading of so many words" in text
    assert wordings.TERMS in text
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [f"{HERE}/?form=waiting-room"]
    assert marketer.client.get(f"{PAGE}waiting-room/poster.svg").mimetype == "image/svg+xml"
    for wrong in ("poster.png", "poster.pdf?size=a0"):
        assert marketer.client.get(f"{PAGE}waiting-room/{wrong}").status_code == 404


def test_a_mistake_stands_at_its_field_and_nothing_typed_is_lost(story, marketer):
    answer = make(marketer, name="", heading="Skin", about="these", topics=["tips"], asks_name="yes")
    assert answer.status_code == 400
    page = trees.fromstring(answer.text)
    assert page.cssselect("#name-wrong")[0].text_content().strip() == "A name has 1 to 80 characters."
    assert page.cssselect("#heading")[0].get("value") == "Skin"
    checked = {(each.get("name"), each.get("value")) for each in page.cssselect("input[checked]")}
    assert checked == {("about", "these"), ("topics", "tips"), ("asks_name", "yes")}


def test_a_form_changes_while_it_is_in_use(story, marketer, visitor):
    make(marketer, heading="Skin, in short", about="ask", question="About what?")
    visitor.open("/?form=waiting-room")
    marketer.open(f"{PAGE}waiting-room/")
    page = marketer.press("Save", name="At the desk", heading="", about="all").text
    assert "Saved. Everybody who opens it from now on sees it like this." in words(page)
    visitor.press("Send me the letters", email=READER)
    assert came(story)[0][2].startswith("Skin, in short\n"), "she had it open, and agreed to what it said"
    assert wordings.HEADING in words(visitor.open("/?form=waiting-room").text)
    assert trees.fromstring(visitor.page).cssselect("main fieldset") == []


def test_the_list_says_who_came_by_which(story, marketer):
    make(marketer)
    for number, form in enumerate(("waiting-room", "site", "a-snippet", "embed")):
        story.sign_up(f"reader{number}@example.com", form=form)
    story.confirm("reader1@example.com")
    rows = trees.fromstring(marketer.open(PAGE).text).cssselect("tbody tr")
    said = [[" ".join(cell.text_content().split()) for cell in row] for row in rows]
    assert [(row[0], row[2], row[3]) for row in said] == [
        ("Sign-up page", "1", "1"),
        ("Waiting room", "1", "0"),
        ("a-snippet", "1", "0"),
    ]
    assert "It is a name in an address or a snippet" in said[2][1]


def test_a_retired_form_goes_on_working_where_it_hangs(story, marketer, visitor):
    make(marketer, heading="Skin, in short")
    page = words(marketer.press("Retire it").text)
    assert "“Waiting room” is in use no more. Its address goes on working." in page
    assert "Waiting room not in use" in page
    assert "Skin, in short" in words(visitor.open("/?form=waiting-room").text)
    marketer.open(f"{PAGE}waiting-room/")
    assert "“Waiting room” is in use." in words(marketer.press("Use it again").text)


def test_where_only_this_computer_opens_it_that_is_said(story, marketer):
    make(marketer)
    assert "opens on this computer only" not in words(marketer.page)
    assert post(marketer, f"{PAGE}nowhere/retire").status_code == 404
    assert marketer.open(f"{PAGE}nowhere/").status_code == 404
