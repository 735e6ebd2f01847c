"""What stands around every page of the studio: the rail, who is signed in, the practice banner, the parts of a form."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import render_template_string
from lxml import html as trees

from newsletter.web import create_app
from newsletter.web.studio import rail
from newsletter.web.studio.entry.arriving import own_page
from tests.web.visiting import Visitor, words

AT_HOME = "127.0.0.1"
PARTS = '{% from "studio/_parts.html" import csrf, field, area, choice %}'


@pytest.fixture
def show(app):
    """`show("{{ field('subject', 'Subject') }}")`: what a template makes of the parts."""

    def rendered(template, **values):
        with app.test_request_context("/studio/"):
            return trees.fromstring(f"<main>{render_template_string(PARTS + template, **values)}</main>")

    return rendered


def entries(page):
    """The rail's lines, the current one in brackets."""
    return [
        f"[{words_of(link)}]" if link.get("aria-current") == "page" else words_of(link)
        for link in trees.fromstring(page).cssselect("nav[aria-label=Studio] a")
    ]


def words_of(element):
    return " ".join(element.text_content().split())


def test_the_rail_shows_an_owner_everything_and_where_she_is(sign_in):
    owner = sign_in("owner")
    owner.open("/studio/")
    shown = entries(owner.page)
    assert shown[0] == "[Today]"
    assert shown[-1] == "Sign-up page"
    known = ["[Today]", *(each.label for each in rail.ENTRIES[1:]), "Sign-up page"]
    assert shown == [each for each in known if each in shown]
    owner.open("/studio/inbox/")
    assert [each for each in entries(owner.page) if each.startswith("[")] == ["[Practice inbox]"]


def test_a_page_below_an_entry_belongs_to_it(app, sign_in):
    owner = sign_in("owner")
    owner.open("/studio/inbox/?before=9")
    assert "[Practice inbox]" in entries(owner.page)
    for entry in rail.ENTRIES[1:]:
        with app.test_request_context(f"{entry.under}something"):
            assert [each.label for each in rail.ENTRIES if rail.is_here(each)] == [entry.label]


def test_nobody_is_shown_a_page_that_she_may_not_open(sign_in):
    viewer, marketer = sign_in("viewer"), sign_in("marketer")
    for visitor in (viewer, marketer):
        visitor.open("/studio/")
        for link in trees.fromstring(visitor.page).cssselect("nav[aria-label=Studio] a"):
            assert visitor.client.get(link.get("href")).status_code == 200, link.get("href")
    assert "Practice inbox" not in entries(viewer.open("/studio/").text)
    assert "Settings" in entries(marketer.page)
    assert "Settings" not in entries(viewer.page)


def test_where_real_mail_leaves_there_is_no_practice(story, sign_in, clock):
    settings = replace(story.house.settings, mail_url="smtp://127.0.0.1:1")
    owner = sign_in("owner")
    live = Visitor(create_app(house=replace(story.house, settings=settings)), clock)
    with owner.client.session_transaction() as hers, live.client.session_transaction() as visit:
        visit["staff"] = hers["staff"]
    page = live.open("/studio/").text
    assert "Practice" not in words(page)
    assert "first ten minutes" not in page


def test_who_is_signed_in_stands_at_the_foot_with_her_role(sign_in):
    clinician = sign_in("clinician")
    foot = trees.fromstring(clinician.open("/studio/").text).cssselect(".who")[0]
    assert "the-clinician@example.com Care team" in words_of(foot)


@pytest.fixture
def at_home(app, clock):
    """Whoever sits at the computer that practice runs on."""
    visitor = Visitor(app, clock, place=AT_HOME)
    visitor.open("/studio/inbox/")
    return visitor


def test_at_this_computer_practice_can_be_looked_at_and_entered_without_signing_in(at_home):
    assert entries(at_home.page) == ["[Practice inbox]", "Sign-up page"]
    at_home.press("Enter the studio")
    assert at_home.at.endswith("/studio/")
    assert "You Owner" in words(at_home.page)


def test_a_button_of_the_banner_turns_the_clock_and_comes_back_to_the_same_page(story, at_home):
    at_home.press("Enter the studio")
    before = story.clock.now()
    at_home.press("+1 day", seconds=0)
    assert (story.clock.now() - before).days == 1
    assert at_home.at.endswith("/studio/")
    assert "It is Tuesday, 3 March here." in words(at_home.page)
    assert entries(at_home.page)[0] == "[Today]"
    at_home.open("/studio/inbox/")
    at_home.press("+1 week")
    assert at_home.at.endswith("/studio/inbox/")


@pytest.mark.parametrize(
    "elsewhere",
    [
        "",
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/studio//elsewhere.example",
        "/u/damaged",
        "/studio/../u/damaged",
        "/studio/\\elsewhere.example",
        "/studio\nx",
        "/studio@elsewhere.example",
    ],
)
def test_the_clock_comes_back_to_no_page_but_the_studio_s(marketer, elsewhere):
    marketer.open("/studio/inbox/")
    answer = marketer.send(
        "/studio/inbox/clock", {"span": "1m", "back": elsewhere, "csrf_token": token(marketer.page)}
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, "/studio/inbox/")


def token(page):
    return trees.fromstring(page).cssselect("[name=csrf_token]")[0].get("value")


def test_a_path_of_the_studio_is_known_by_its_letters():
    for path in (
        "/studio/",
        "/studio/newsletters/spring-guide/",
        "/studio/sequences/welcome/is-one-enough/terms",
    ):
        assert own_page(path) == path


def test_every_page_carries_htmx_and_tells_it_to_run_nothing_that_is_text(sign_in):
    page = trees.fromstring(sign_in("owner").open("/studio/").text)
    assert page.cssselect("script[src*='built/htmx.js'][defer]")
    told = page.cssselect("meta[name=htmx-config]")[0].get("content")
    assert '"allowEval":false' in told
    assert '"allowScriptTags":false' in told
    assert '"includeIndicatorStyles":false' in told


def test_a_field_with_something_wrong_says_so_under_itself_and_has_the_focus(show):
    page = show(
        '{{ field("subject", "Subject", "<b>", wrong="It is empty.", hint="Up to 60.", required=true) }}'
    )
    field = page.cssselect("input#subject.field")[0]
    assert field.get("value") == "<b>"
    assert (field.get("aria-invalid"), field.get("type")) == ("true", "text")
    assert {"autofocus", "required"} <= set(field.keys())
    described = [words_of(page.get_element_by_id(each)) for each in field.get("aria-describedby").split()]
    assert described == ["It is empty.", "Up to 60."]
    assert page.cssselect("p.wrong[role=alert] svg.icon")
    assert words_of(page.cssselect("label.name[for=subject]")[0]) == "Subject"


def test_a_field_in_order_is_quiet_and_takes_what_else_it_is_given(show):
    page = show(
        '{{ field("code", "Code", type="password", id="first", class="short", hx_get="/x", disabled=false, size=none) }}'
    )
    field = page.cssselect("input")[0]
    assert dict(field.attrib) == {
        "class": "field short",
        "id": "first",
        "name": "code",
        "hx-get": "/x",
        "type": "password",
        "value": "",
    }
    assert page.cssselect("label")[0].get("for") == "first"
    assert not page.cssselect(".wrong, .hint")


def test_several_lines_keep_every_line_that_was_typed(show):
    typed = "\nDear reader,\n\n</textarea><script>alert(1)</script>"
    page = show('{{ area("words", "Words", typed, wrong="Too long.", rows=9) }}', typed=typed)
    area = page.cssselect("textarea")[0]
    assert area.text_content().removeprefix("\n") == typed
    assert (area.get("rows"), area.get("aria-describedby")) == ("9", "words-wrong")
    assert not page.cssselect("script")


def test_a_choice_shows_what_was_chosen(show):
    given = {"tips": "Tips", "news": "Clinic <news>"}
    for options in (given, list(given.items())):
        page = show('{{ choice("topic", "Topic", options, "news", hint="One.") }}', options=options)
        chosen = page.cssselect("select#topic option[selected]")
        assert [(each.get("value"), each.text) for each in chosen] == [("news", "Clinic <news>")]
        assert page.cssselect("select")[0].get("aria-describedby") == "topic-hint"


def test_a_form_brings_the_token_that_its_page_was_given(show):
    hidden = show("<form>{{ csrf() }}</form>").cssselect("input[type=hidden][name=csrf_token]")
    assert len(hidden[0].get("value")) > 20
