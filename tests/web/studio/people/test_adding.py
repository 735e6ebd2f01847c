"""Somebody is added by hand, the do-not-mail list is kept, and many get the same at once."""

from __future__ import annotations

import pytest
from lxml import html as trees
from sqlalchemy import select

from newsletter.audience import several
from newsletter.audience.models import Consent, Subscriber, Subscription
from newsletter.audit import AuditEntry
from newsletter.delivery import suppression
from newsletter.delivery.models import Delivery, Suppression
from newsletter.privacy import erasing
from newsletter.web.studio.people import several as pages
from tests.web.studio.readers import come
from tests.web.visiting import READER, Visitor, both, counts, words

ADD = "/studio/people/add"
BLOCKED = "/studio/people/do-not-mail/"
SOURCE = "Told us at the desk"


def read(story, query):
    with story.house.database.reading() as session:
        return session.scalars(query).all()


def add(marketer: Visitor, address: str = "new@example.com", **more):
    marketer.open(ADD)
    return marketer.press("Add her", email=address, **{"source": SOURCE} | more)


@both
def test_a_person_is_added_with_her_consent_and_begins_as_a_new_reader(story, marketer):
    add(
        marketer,
        first_name="Reader",
        topics=["tips"],
        tags="desk",
        time_zone="Europe/Berlin",
        wording="May we?",
    )
    assert "She is on the list." in words(marketer.page)
    one = story.person("new@example.com")
    assert (one.first_name, one.tags, one.time_zone) == ("Reader", ["desk"], "Europe/Berlin")
    assert (one.source, one.arrivals) == (f"staff:{SOURCE}", 1)
    [act] = read(story, select(Consent))
    assert (act.act, act.how, act.page, act.topics) == ("confirmed", "staff", SOURCE, ["tips"])
    story.rounds.until_idle()
    assert len(story.letters("new@example.com")) == 1, "the first letter of the sequence for new readers"
    [entry] = read(story, select(AuditEntry).where(AuditEntry.act == "person_add"))
    assert entry.facts == {"person_id": one.id}


def test_who_asks_for_no_sequence_gets_none(story, marketer):
    marketer.open(ADD)
    form = trees.fromstring(marketer.page).xpath("//form[@action='/studio/people/add']")[0]
    typed = {name: value for name, value in form.form_values() if name not in {"starts", "topics"}}
    marketer.send(ADD, typed | {"email": "new@example.com", "source": SOURCE, "topics": ["tips"]})
    story.rounds.until_idle()
    assert story.person("new@example.com")
    assert read(story, select(Delivery)) == []


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(story, marketer):
    before = counts(story.house.database)
    add(marketer, "reader@example", first_name="Kept")
    assert "missing after the @" in words(marketer.page)
    add(marketer, source="", wording=" ", topics=[])
    said = words(marketer.page)
    for each in ("Choose at least one topic.", "Say where she said so", "Write what she agreed to"):
        assert each in said
    assert trees.fromstring(marketer.page).get_element_by_id("email").value == "new@example.com"
    assert counts(story.house.database) == before


@both
@pytest.mark.parametrize("who", ["here", "waits", "left", "stopped", "erased"])
def test_who_may_not_be_added_is_refused_with_the_reason(story, marketer, who):
    story.sign_up()
    if who != "waits":
        story.confirm()
    now, one = story.clock.now(), story.person()
    if who == "left":
        story.leave()
    with story.house.database.writing.begin() as session:
        if who == "stopped":
            suppression.suppress(session, one.mailbox_id, "all", "hard bounce", now)
        if who == "erased":
            erasing.erase(session, one.id, story.house.vault, now)
    before = counts(story.house.database)
    assert add(marketer, READER).status_code == 400
    says = {
        "here": "She is here already.",
        "waits": "She is here already.",
        "left": "She left our letters; only she can come back",
        "stopped": "on the do-not-mail list: address does not exist",
        "erased": "Her data was deleted; only she can come back",
    }
    assert says[who] in words(marketer.page)
    assert (f"/studio/people/{one.id}/" in marketer.page) == (who in {"here", "waits"})
    assert counts(story.house.database) == before


@both
def test_the_do_not_mail_list_is_searched_added_to_and_released_by_note(story, marketer):
    story.sign_up()
    story.confirm()
    marketer.open(BLOCKED)
    assert "Nobody is on this list" in words(marketer.page)
    marketer.press("Do not mail", email="no address", why="x", scope="all")
    assert trees.fromstring(marketer.page).xpath("//p[@id='email-wrong']")
    marketer.press("Do not mail", email="stranger@example.com", why=" ", scope="all")
    assert "Say why" in words(marketer.page)
    marketer.press("Do not mail", email=READER, why="She phoned", scope="marketing")
    marketer.press("Do not mail", email="stranger@example.com", why="A letter by post", scope="all")
    with story.house.database.writing.begin() as session:
        box = story.person().mailbox_id
        suppression.suppress(session, box, "all", suppression.ASKED, story.clock.now())

    def rows() -> list[list[str]]:
        found = trees.fromstring(marketer.page).xpath("//tbody/tr")
        return [[" ".join(cell.text_content().split()) for cell in row][:3] for row in found]

    marketer.open(BLOCKED)
    assert rows() == [
        [f"{READER}Her page", "she asked for no e-mails at all", "Everything"],
        ["stranger@example.com", "put here by handA letter by post", "Everything"],
        [f"{READER}Her page", "put here by handShe phoned", "News only"],
    ]
    marketer.open(f"{BLOCKED}?q=STRANGER")
    assert [row[0] for row in rows()] == ["stranger@example.com"]
    marketer.open(f"{BLOCKED}?reason=asked")
    assert [row[1] for row in rows()] == ["she asked for no e-mails at all"]
    marketer.open(f"{BLOCKED}{box}")
    assert "Her own word" in words(marketer.page)
    marketer.press("Release", note=" ")
    assert "Say why this address may be mailed again" in words(marketer.page)
    marketer.press("Release", note="She phoned again")
    assert {
        each.reason: each.note for each in read(story, select(Suppression)) if each.mailbox_id == box
    } == {
        "by hand": "She phoned again",
        "asked": None,
    }
    marketer.open(f"{BLOCKED}{box}")
    assert "Release" not in trees.fromstring(marketer.page).xpath("//button/text()")


def chosen(marketer: Visitor, deed: str, *ids: int, filters: str = ""):
    whom = "chosen" if ids else "all"
    query = "&".join(f"chosen={each}" for each in ids)
    return marketer.open(f"/studio/people/several?deed={deed}&whom={whom}&{query}&filters={filters}")


@both
def test_the_chosen_rows_are_tagged_and_untagged(story, marketer):
    come(story.house, 4, "tips")
    ids = read(story, select(Subscriber.id).order_by(Subscriber.id))
    chosen(marketer, "tag", ids[0], ids[2])
    assert "Tag 2 people?" in words(marketer.page)
    marketer.press("Tag them", tag="a, b")
    assert "Name one tag." in words(marketer.page)
    marketer.press("Tag them", tag="vip", chosen=[ids[0], ids[2]])  # the visitor of tests holds one of a name
    assert "Done for 2 people." in words(marketer.page)

    def tagged() -> list[int]:
        return [
            each.id for each in read(story, select(Subscriber).order_by(Subscriber.id)) if "vip" in each.tags
        ]

    assert tagged() == [ids[0], ids[2]]
    chosen(marketer, "untag", filters="tag%3Dvip")
    assert "Take a tag away from 2 people?" in words(marketer.page)
    marketer.press("Take it away", tag="vip")
    assert tagged() == []
    entries = read(story, select(AuditEntry).where(AuditEntry.act == "bulk_do").order_by(AuditEntry.id))
    assert [entry.facts for entry in entries] == [
        {"deed": "tag", "people": 2},
        {"deed": "untag", "people": 2},
    ]


@both
def test_a_whole_list_is_subscribed_in_slices_and_who_may_not_is_left_out(story, marketer, monkeypatch):
    for module in (several, pages):
        monkeypatch.setattr(module, "SLICE", 3)
    come(story.house, 7, "tips")
    come(story.house, 1, "resources")
    story.sign_up()
    story.confirm()
    story.leave()
    with story.house.database.writing.begin() as session:
        stopped = story.person("tips0@example.com").mailbox_id
        suppression.suppress(session, stopped, "all", "hard bounce", story.clock.now())
    chosen(marketer, "subscribe")
    assert "Subscribe 9 people?" in words(marketer.page)
    come(story.house, 1, "news")  # who comes after the question is not meant
    marketer.press("Subscribe them", topic="resources", source="")
    assert "Say where she said so" in words(marketer.page)
    marketer.press("Subscribe them", topic="resources", source="The open day")
    presses = 0
    while "people so far" in words(marketer.page):
        marketer.press("Go on")
        presses += 1
    assert presses == 3
    said = words(marketer.page)
    assert "Done for 6 people. For 1 person it was so already. 2 people left out" in said
    states = read(
        story, select(Subscription).join(Subscription.topic).where(Subscription.state == "confirmed")
    )
    assert len(states) == 7 + 1 + 6 + 1
    acts = read(story, select(Consent).where(Consent.how == "staff"))
    assert {(act.page, tuple(act.topics)) for act in acts} == {("The open day", ("resources",))}
    assert len(acts) == 6
    assert len(read(story, select(AuditEntry).where(AuditEntry.act == "bulk_do"))) == 1


def test_many_at_once_are_not_mailed_any_more(story, marketer):
    come(story.house, 3, "tips")
    chosen(marketer, "block", filters="topic%3Dtips")
    assert "Stop mail to 3 people?" in words(marketer.page)
    marketer.press("Do not mail them", why="", scope="all")
    assert "Say why" in words(marketer.page)
    marketer.press("Do not mail them", why="A list we should not have", scope="all")
    assert {each.evidence for each in read(story, select(Suppression))} == {"A list we should not have"}
    assert len(read(story, select(Suppression))) == 3


def test_with_scripts_the_next_slice_is_asked_for_and_the_list_is_opened_at_the_end(
    story, marketer, monkeypatch
):
    for module in (several, pages):
        monkeypatch.setattr(module, "SLICE", 2)
    come(story.house, 3, "tips")
    chosen(marketer, "tag", filters="q%3Dtips")
    form = dict(trees.fromstring(marketer.page).forms[-1].form_values()) | {"tag": "vip"}
    scripted = {"HX-Request": "true"}
    first = marketer.client.post("/studio/people/several", data=form, headers=scripted)
    held = dict(trees.fromstring(first.text).form_values())
    second = marketer.client.post("/studio/people/several", data=held, headers=scripted)
    assert second.headers["HX-Redirect"] == "/studio/people/?q=tips"
    assert all(each.tags == ["vip"] for each in read(story, select(Subscriber)))


def test_nobody_chosen_and_no_such_deed(story, marketer):
    come(story.house, 1, "tips")
    assert chosen(marketer, "tag", filters="q%3Dnobody").status_code == 303
    assert chosen(marketer, "sing").status_code == 404
    with pytest.raises(Exception, match="is none of tag, untag, subscribe, block"):
        several.check(several.Wish("sing"))
