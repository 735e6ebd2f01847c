from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from newsletter.audit import AuditEntry, note
from newsletter.delivery.models import Delivery
from newsletter.staff import roll
from newsletter.staff.models import Staff
from newsletter.web.access import place_of
from newsletter.web.studio.settings import log
from tests.web.studio.keys import OWNER, in_earnest, is_in, link, mailed_link, put
from tests.web.visiting import Visitor, both, words

ROLL = "/studio/settings/staff/"


@pytest.fixture
def owner(sign_in) -> Visitor:
    return sign_in("owner")


def number(story, address: str) -> int:
    with story.house.database.reading() as session:
        return roll.get(session, address).id


@both
def test_somebody_new_gets_a_link_that_is_shown_once(story, owner, clock):
    owner.open(ROLL)
    page = owner.press("Add", email="X@example.com", name="Visitor 014", role="viewer").text
    shown = re.search(r'value="https://\S+?(/studio/enter/[\w-]+)"', page)
    assert shown
    assert "A way in for Visitor 014" in words(page)
    assert "Visitor 014x@example.com Read only" in words(owner.open(ROLL).text)
    assert "/studio/enter/" not in owner.page
    newcomer = Visitor(owner.app, clock)
    newcomer.open(shown[1])
    newcomer.press("Open the studio")
    assert is_in(story.house, newcomer) == "x@example.com"
    with story.house.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "staff_add")).one()
        assert session.scalars(select(Delivery)).all() == [], "in practice it is handed over"
    assert entry.facts == {"staff_id": number(story, "x@example.com"), "role": "viewer"}


def test_outside_practice_the_link_is_mailed_too_and_is_good_for_a_day(story, clock):
    visitor = Visitor(in_earnest(story), clock)
    visitor.open(link(story.house, put(story.house)))
    visitor.press("Open the studio")
    visitor.open(ROLL)
    page = words(visitor.press("Add", email="x@example.com", role="marketer").text)
    assert "A link is on its way to x@example.com." in page
    path = mailed_link(story, "x@example.com")
    assert "within 24 hours" in story.letters("x@example.com")[0].get_body(("plain",)).get_content()
    clock.advance(hours=23)
    newcomer = Visitor(visitor.app, clock)
    newcomer.open(path)
    newcomer.press("Open the studio")
    assert is_in(story.house, newcomer) == "x@example.com"


@pytest.mark.parametrize(
    ("typed", "line"), [("x", "is no e-mail address"), ("the-owner@example.com", "works here already")]
)
def test_what_cannot_be_added_is_said_at_the_field_with_all_that_was_typed(owner, typed, line):
    owner.open(ROLL)
    answer = owner.press("Add", email=typed, name="Visitor 014", role="viewer")
    assert answer.status_code == 400
    assert line in words(answer.text)
    for kept in (f'value="{typed}"', 'value="Visitor 014"', '<option value="viewer" selected>'):
        assert kept in answer.text


def test_another_role_is_announced_given_and_ends_her_visits(story, owner, sign_in):
    marketer = sign_in("marketer")
    one = number(story, "the-marketer@example.com")
    assert "the-marketer@example.com is signed out everywhere" in words(owner.open(f"{ROLL}{one}/").text)
    page = words(owner.press("Give this role", role="viewer").text)
    assert "the-marketer@example.com is now: Read only." in page
    assert marketer.open("/studio/").status_code == 401


def test_whoever_is_removed_is_out_at_once_and_stays_in_the_log(story, owner, sign_in):
    marketer = sign_in("marketer")
    one = number(story, "the-marketer@example.com")
    owner.open(f"{ROLL}{one}/")
    page = words(owner.press("Remove the-marketer@example.com").text)
    assert "the-marketer@example.com works here no more." in page
    assert marketer.open("/studio/").status_code == 401
    assert owner.open(f"{ROLL}{one}/").status_code == 404
    assert "took somebody off the roll the-marketer@example.com" in words(
        owner.open("/studio/settings/log/").text
    )


def test_the_last_owner_is_told_why_she_stays(story, owner):
    one = number(story, OWNER)
    for button, typed in (("Give this role", {"role": "viewer"}), ("Remove myself", {})):
        owner.open(f"{ROLL}{one}/")
        answer = owner.press(button, **typed)
        assert answer.status_code == 400
        assert "The last owner stays one: make somebody else an owner first." in words(answer.text)
    assert is_in(story.house, owner) == OWNER


def test_a_new_way_in_is_for_her_alone_and_ends_nothing(story, owner, sign_in, clock):
    viewer = sign_in("viewer")
    one = number(story, "the-viewer@example.com")
    owner.open(f"{ROLL}{one}/")
    page = owner.press("New link").text
    shown = re.search(r"(/studio/enter/[\w-]+)", page)
    assert shown
    other = Visitor(owner.app, clock)
    other.open(shown[1])
    other.press("Open the studio")
    assert is_in(story.house, other) == "the-viewer@example.com"
    assert viewer.open("/studio/").status_code == 200


@both
def test_the_log_says_who_did_what_newest_first_page_by_page(story, owner):
    at = story.clock.machine()
    with story.house.database.writing.begin() as session:
        one = session.scalars(select(Staff.id)).one()
        for act, facts in (
            ("use_sequence", {"slug": "welcome", "draft": 3}),
            ("newsletter_send", {"slug": "spring-guide", "people": 1812}),
            ("sign_in", {"by": "link", "step": "recovery"}),
        ):
            note(session, one, act, facts, at)
    page = words(owner.open("/studio/settings/log/").text)
    lines = [
        "the-owner@example.com came in by a link, with a recovery code",
        "the-owner@example.com sent a newsletter on its way spring-guide, 1,812 people",
        "the-owner@example.com put changes of a sequence in use welcome",
    ]
    assert [page.index(each) for each in lines] == sorted(page.index(each) for each in lines)
    with story.house.database.writing.begin() as session:
        for _ in range(60):
            note(session, one, "account_name", {}, at)
    assert lines[0] not in words(owner.open("/studio/settings/log/").text)
    older = re.search(r'href="(/studio/settings/log/\?before=\d+)">Older', owner.page)
    assert older
    assert lines[0] in words(owner.open(older[1]).text)


def test_an_empty_log_says_what_will_stand_there(owner):
    assert "Nothing yet" in words(owner.open("/studio/settings/log/").text)


def test_every_act_has_its_words(app):
    acts = {
        rule.endpoint.removeprefix("studio.")
        for rule in app.url_map.iter_rules()
        if (place := place_of(app.view_functions[rule.endpoint])) and place.writes and not place.practice
    }
    assert acts - set(log.WORDS) == set(), "say it in newsletter/web/studio/log.py, as a person reads it"
    assert set(log.WORDS) - acts == {"sign_in", "sign_out"}
