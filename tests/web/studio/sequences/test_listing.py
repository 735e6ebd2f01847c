"""Sequences in the studio: the list, the calendar of one, its letters moved, added and taken out on a draft."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from lxml import html as trees
from sqlalchemy import event, select, update

from newsletter.audit import AuditEntry
from newsletter.campaigns import enrollment
from newsletter.campaigns.desk import drafting
from newsletter.campaigns.desk.standing import of as standing_of
from newsletter.campaigns.filing import drafts
from newsletter.campaigns.models import CampaignDraft, Sequence
from newsletter.staff.models import Staff
from tests.walks.story import Story
from tests.web.visiting import Visitor, both, counts, words

WELCOME = "/studio/sequences/welcome/"
TERMS = WELCOME + "is-one-enough/terms"
VISITORS = ("visitor012@example.com", "visitor013@example.com", "visitor014@example.com")


def cards(page: str) -> dict[str, str]:
    """Key -> what a person reads on its card, without the form."""
    found = {}
    for card in trees.fromstring(page).xpath("//li[contains(@class, 'letter')]"):
        for form in card.xpath(".//form"):
            form.drop_tree()
        found[card.get("id")] = " ".join(card.text_content().split())
    return found


def draft(story: Story) -> CampaignDraft | None:
    with story.house.database.reading() as session:
        return drafting.open_draft(session, "welcome")


def letter(story: Story, key: str) -> dict[str, object]:
    with story.house.database.reading() as session:
        return drafting.papers(session, "welcome")[0].letter(key)


def move(visitor: Visitor, key: str, when: str, revision: int = 0, **more: object) -> int:
    data = {"when": when, "revision": revision, **more}
    return visitor.send(f"{WELCOME}{key}/move", data, follow=True).status_code


@pytest.fixture
def desk_of(app, marketer: Visitor) -> Visitor:
    """The marketer, whose bare posts need no token: what forms carry is asked in tests/web."""
    app.config["WTF_CSRF_ENABLED"] = False
    return marketer


@pytest.fixture
def under_way(story: Story) -> Story:
    """Three readers a day apart: by Thursday morning two have had the second letter, and one waits for it."""
    for number, visitor in enumerate(VISITORS):
        if number:
            story.live(days=1)
        story.sign_up(visitor)
        story.confirm(visitor)
    story.live(days=1, hours=6)
    return story


def test_the_list_says_what_is_on_for_how_many_and_what_waits(under_way: Story, marketer: Visitor) -> None:
    page = words(marketer.open("/studio/sequences/").text)
    assert "Welcome on since Monday, 2 March 6 3 none" in page
    move_button = marketer.open(WELCOME)
    assert move_button.status_code == 200
    marketer.press("Letter 4 a day later")
    assert "changed, not in use yet" in words(marketer.open("/studio/sequences/").text)
    with under_way.house.database.writing.begin() as session:
        enrollment.pause(session, "welcome")
    assert "Welcome paused" in words(marketer.open("/studio/sequences/").text)


def test_the_list_asks_no_more_for_many_sequences_than_for_one(story: Story, marketer: Visitor) -> None:
    asked: list[str] = []
    event.listen(story.house.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    marketer.open("/studio/sequences/")
    one = len(asked)
    with story.house.database.writing.begin() as session:
        welcome = session.scalars(select(Sequence)).one()
        kept = {name: getattr(welcome, name) for name in ("kind", "trigger", "topics", "reentry", "on_since")}
        for number in range(5):
            copy = Sequence(slug=f"s-{number}", name=f"S {number}", created_at=welcome.created_at, **kept)
            copy.live_timeline_id = welcome.live_timeline_id
            session.add(copy)
    asked.clear()
    assert "S 4" in marketer.open("/studio/sequences/").text
    assert len(asked) == one


def test_without_a_sequence_the_list_says_how_to_begin(
    story: Story, marketer: Visitor, sign_in: Callable[[str], Visitor]
) -> None:
    with story.house.database.writing.begin() as session:
        session.execute(update(Sequence).values(kind="care"))
    page = marketer.open("/studio/sequences/").text
    assert "No sequence yet" in words(page)
    assert trees.fromstring(page).xpath("//main//a/@href") == ["/studio/sequences/new"]
    viewer = sign_in("viewer").open("/studio/sequences/").text
    assert trees.fromstring(viewer).xpath("//main//a/@href") == []


@both
def test_a_sequence_is_begun_written_and_used_and_the_next_sign_up_gets_it(
    story: Story, marketer: Visitor
) -> None:
    marketer.open("/studio/sequences/new")
    marketer.press("Write its letters", name="After the winter", topics=["tips"], reentry="yes")
    assert marketer.at == "/studio/sequences/after-the-winter/"
    page = words(marketer.page)
    assert "It is a draft: nobody gets it before you use it." in page
    assert cards(marketer.page) == {"first-letter": "1Day 0, 2 hours after No subject yet not in use yet"}
    assert "a letter without a subject" in page
    assert "“subject” is empty or no text" not in page
    assert "After the winter not in use yet 1 0 nothing but a draft" in words(
        marketer.open("/studio/sequences/").text
    )
    marketer.open("/studio/sequences/after-the-winter/")
    marketer.press("Add letter", subject="Sun again")
    assert cards(marketer.page)["sun-again"] == "2Day 2, 10:00 Sun again not in use yet"
    with story.house.database.writing.begin() as session:
        saved = drafting.open_draft(session, "after-the-winter")
        assert saved is not None
        assert saved.edited_by is not None
        drafting.save(session, saved.slug, saved.revision, write_both, saved.edited_by, story.clock.now())
    marketer.open("/studio/sequences/after-the-winter/use")
    assert "Nobody yet: it is new." in words(marketer.page)
    assert "Keep for new people only" not in words(marketer.page)
    marketer.press("Use")
    assert "It is on: whoever signs up from now gets these letters." in words(marketer.page)
    story.sign_up()
    story.confirm()
    story.live(days=1)
    assert "The winter is over" in story.subjects()
    with story.house.database.reading() as session:
        acts = session.execute(select(AuditEntry.act, AuditEntry.facts)).all()
        begun = session.scalars(select(Sequence).where(Sequence.slug == "after-the-winter")).one()
    assert acts[0] == ("sequence_create", {"slug": "after-the-winter"})
    assert (begun.topics, begun.reentry) == (["tips"], True)


def write_both(papers: drafting.Papers) -> None:
    papers.write("first-letter", subject="The winter is over", preview_text="At last.", body="Dear reader.\n")
    papers.write("sun-again", subject="Sun again", preview_text="Mind your skin.", body="Dear reader.\n")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"name": " "}, "A name has 1 to 120 characters; right would be one like “Spring guide”."),
        ({"topics": ["tips", "weather"]}, "This topic is not there any more. Choose among these."),
    ],
)
def test_what_a_new_one_lacks_stands_at_its_field_and_what_was_typed_stays(
    story: Story, desk_of: Visitor, typed: dict[str, object], says: str
) -> None:
    form = {"name": "Autumn", "topics": ["tips"], "reentry": "yes"} | typed
    assert desk_of.send("/studio/sequences/new", form).status_code == 400
    tree = trees.fromstring(desk_of.page)
    (alert,) = tree.xpath("//main//*[@role='alert']")
    assert alert.text_content().strip() == says
    described = tree.xpath(f"//*[contains(@aria-describedby, '{alert.get('id')}')]")
    assert [each.tag for each in described] == ["input" if "name" in typed else "fieldset"]
    assert tree.get_element_by_id("name").get("value") == form["name"]
    assert tree.xpath("//input[@checked]/@value") == ["tips", "yes"]
    with story.house.database.reading() as session:
        assert drafts.waiting(session) == []


def test_a_copy_is_a_draft_of_its_own(story: Story, marketer: Visitor) -> None:
    marketer.open(WELCOME)
    assert marketer.press("Duplicate", name="").status_code == 400
    tree = trees.fromstring(marketer.page)
    assert tree.get_element_by_id("name").get("aria-invalid") == "true"
    assert tree.xpath("//details[@open]/summary/text()") == ["One more like this"]
    marketer.press("Duplicate", name="Welcome, in autumn")
    assert marketer.at == "/studio/sequences/welcome-in-autumn/"
    assert "This is a copy: a draft of its own, and nobody is in it." in words(marketer.page)
    assert list(cards(marketer.page).values())[1] == (
        "2Day 2, 10:00 Is one microneedling session enough? not in use yet"
    )
    assert "The whole sequence goes, with all that was written for it" in words(marketer.page)
    marketer.press("Let the draft go")
    assert marketer.at == "/studio/sequences/"
    assert "The draft is gone. What people get has not changed." in words(marketer.page)
    assert "in autumn" not in words(marketer.page)
    with story.house.database.reading() as session:
        acts = session.execute(select(AuditEntry.act, AuditEntry.facts)).all()
    assert acts[0] == ("sequence_duplicate", {"slug": "welcome", "copy": "welcome-in-autumn"})


@both
def test_the_calendar_shows_each_letter_at_its_day_and_who_waits_before_it(
    under_way: Story, marketer: Visitor
) -> None:
    page = marketer.open(WELCOME).text
    assert "on new sign-ups since Monday, 2 March · 3 people in it" in words(page)
    assert list(cards(page).values()) == [
        "1Day 0, at once Welcome: your first letter, and what comes next live",
        "2Day 2, 10:00 Is one microneedling session enough? live 1 waits before it",
        "3Day 5, 10:00 What happens under the skin live 2 wait before it",
        "4Day 9, 10:00 Right away, and over the weeks live",
        "5Day 14, 10:00 Why sessions build on each other live",
        "6Day 21, 10:00 A plan that fits your skin live Monday to Friday only",
    ]
    tree = trees.fromstring(page)
    assert tree.xpath("//section[contains(@class, 'week')]/ol/@start") == ["1", "4", "5", "6"]
    assert len(tree.xpath("//ol/li/h3")) == 6
    columns = {each.get("id"): each.get("class").split()[-1] for each in tree.xpath("//ol/li")}
    assert (columns["welcome"], columns["over-the-weeks"]) == ("at-1", "at-3")


def test_typing_a_moment_moves_the_letter_on_a_draft_and_nothing_that_people_get(
    story: Story, marketer: Visitor
) -> None:
    marketer.open(WELCOME)
    marketer.press("Letter 2 a day later")
    assert "“Is one microneedling session enough?” comes on day 3 at 10:00. Not in use yet." in words(
        marketer.page
    )
    assert "moves from day 2 at 10:00" in cards(marketer.page)["is-one-enough"]
    marketer.press("Move letter 4", when="12 days 4 hours after")
    assert (letter(story, "over-the-weeks")["after"], draft(story).revision) == ("12d 4h", 2)
    live = cards(marketer.open(WELCOME + "?show=live").text)
    assert live["is-one-enough"] == "2Day 2, 10:00 Is one microneedling session enough? live"
    assert "/move" not in marketer.page
    with story.house.database.reading() as session:
        acts = session.execute(select(AuditEntry.act, AuditEntry.facts)).all()
    assert [act for act, _ in acts] == ["move_letter", "move_letter"]
    assert acts[0].facts == {"slug": "welcome", "key": "is-one-enough"}


def test_letters_are_listed_in_the_order_in_which_they_come(story: Story, desk_of: Visitor) -> None:
    assert move(desk_of, "a-plan-that-fits", "day 1 at 10") == 200
    assert list(cards(desk_of.page)) == [
        "welcome",
        "a-plan-that-fits",
        "is-one-enough",
        "under-the-skin",
        "over-the-weeks",
        "why-sessions-build",
    ]
    assert "“Why sessions build on each other” comes last now, and stays worth sending for 7 days." in words(
        desk_of.page
    )
    with story.house.database.reading() as session:
        draft = drafting.open_draft(session, "welcome")
        assert draft is not None
        assert drafting.mistakes(session, draft) == ()


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("day nine", "“day nine” names no day; right would be “day 9 at 10:00”"),
        (
            "day 30 at 10",
            "its end would be over before it comes; right would be an earlier moment, or a later end",
        ),
    ],
)
def test_what_cannot_be_meant_leaves_the_draft_and_stays_in_its_field(
    story: Story, desk_of: Visitor, typed: str, says: str
) -> None:
    if typed.startswith("day 30"):
        form = {"when": "day 2 at 10", "until": "day 4 at 10", "weekdays": [*range(7)], "only_if": ""}
        assert desk_of.send(TERMS, form).status_code == 303
    before = draft(story)
    assert move(desk_of, "is-one-enough", typed, before.revision if before else 0) == 400
    field = trees.fromstring(desk_of.page).get_element_by_id("when-is-one-enough")
    assert (field.get("value"), field.get("aria-invalid")) == (typed, "true")
    alert = trees.fromstring(desk_of.page).get_element_by_id(field.get("aria-describedby"))
    assert (alert.get("role"), alert.text_content().strip()) == ("alert", says)
    after = draft(story)
    assert (after and after.files) == (before and before.files)


def test_the_first_day_has_nothing_earlier(story: Story, desk_of: Visitor) -> None:
    assert move(desk_of, "welcome", "", days=-1) == 400
    assert "it cannot come a day earlier than that" in words(desk_of.page)
    button = trees.fromstring(desk_of.page).xpath("//li[@id='welcome']//button[@value='-1']")[0]
    assert button.get("disabled") is not None
    assert draft(story) is None


def test_two_at_one_sequence_see_each_other_and_lose_nothing(story: Story, desk_of: Visitor) -> None:
    assert move(desk_of, "over-the-weeks", "day 10 at 9") == 200
    with story.house.database.writing.begin() as session:
        session.execute(update(Staff).values(name="The desk"))
    assert move(desk_of, "over-the-weeks", "day 11 at 9") == 409
    page = words(desk_of.page)
    assert "The desk changed this sequence at 04:30, while your page was open." in page
    field = trees.fromstring(desk_of.page).get_element_by_id("when-over-the-weeks")
    assert field.get("value") == "day 11 at 9"
    assert letter(story, "over-the-weeks")["day"] == 10
    desk_of.press("Move letter 4")
    assert letter(story, "over-the-weeks")["day"] == 11


def test_a_draft_that_was_let_go_meanwhile_is_said_with_what_was_typed(
    story: Story, desk_of: Visitor
) -> None:
    assert move(desk_of, "welcome", "2h", revision=4) == 409
    assert "This draft was used or let go meanwhile" in words(desk_of.page)
    assert 'value="2h"' in desk_of.page


def test_a_letter_s_terms_are_kept_as_they_are_typed(story: Story, marketer: Visitor) -> None:
    marketer.open(TERMS)
    form = trees.fromstring(marketer.page).forms[-2]
    assert (form.fields["when"], form.fields["until"]) == ("day 2 at 10:00", "the next letter")
    marketer.press(
        "Save",
        when="day 3 at 9",
        until="2 days",
        only_if='"tips" in topics',
        weekdays=["0", "1", "2", "3", "4"],
    )
    assert "Saved: “Is one microneedling session enough?”. Not in use yet." in words(marketer.page)
    kept = letter(story, "is-one-enough")
    assert [kept[key] for key in ("day", "at", "until", "weekdays", "only_if")] == [
        3,
        "09:00",
        "2d",
        "mon-fri",
        '"tips" in topics',
    ]
    card = cards(marketer.page)["is-one-enough"]
    assert "moves from day 2 at 10:00 changed, not in use yet" in card
    assert 'Monday to Friday only; only if "tips" in topics' in card


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"when": "soon"}, "“soon” says no moment; right would be “day 9 at 10:00”"),
        ({"until": "soon"}, "“soon” says no end; right would be “the next letter”"),
        ({"until": "day 1 at 9"}, "“until” is not later than the step's own moment"),
        ({"weekdays": []}, "it needs a day on which it may come"),
        ({"only_if": "frist_name"}, "there is no field “frist_name” (did you mean “first_name”?)"),
        ({"only_if": "1 +"}, "only_if"),
        ({"when": "day 40 at 10"}, "no letter comes after this one; right would be “7 days”"),
    ],
)
def test_a_mistake_in_the_terms_stands_at_its_field_and_nothing_is_kept(
    story: Story, desk_of: Visitor, typed: dict[str, object], says: str
) -> None:
    form = {
        "when": "day 2 at 10",
        "until": "the next letter",
        "weekdays": ["1"],
        "only_if": "",
        "revision": 0,
    }
    assert desk_of.send(TERMS, form | typed).status_code == 400
    alerts = trees.fromstring(desk_of.page).xpath("//*[@role='alert']")
    assert any(says in alert.text_content() for alert in alerts)
    held = trees.fromstring(desk_of.page).forms[-2].fields
    assert held["when"] == typed.get("when", form["when"])
    assert draft(story) is None


def test_terms_that_somebody_else_changed_are_shown_beside_what_was_typed(
    story: Story, desk_of: Visitor
) -> None:
    move(desk_of, "is-one-enough", "day 4 at 9")
    form = {
        "when": "day 3 at 10",
        "until": "the next letter",
        "weekdays": ["1"],
        "only_if": "",
        "revision": 0,
    }
    assert desk_of.send(TERMS, form).status_code == 409
    page = words(desk_of.page)
    assert "The marketer changed this sequence at 04:30" in page
    assert "Now it stands at day 4 at 09:00." in page
    desk_of.press("Save")
    assert letter(story, "is-one-enough")["day"] == 3


def test_a_letter_is_added_two_days_after_the_last_and_says_what_it_lacks(
    story: Story, marketer: Visitor
) -> None:
    marketer.open(WELCOME)
    marketer.press("Add letter", subject="How was it?")
    assert cards(marketer.page)["how-was-it"] == "7Day 23, 10:00 How was it? new, not in use yet"
    mend = trees.fromstring(marketer.page).xpath("//section[contains(@class, 'mend')]//li")
    assert "How was it?: It has no words yet" in " ".join(mend[0].text_content().split())
    marketer.press("Add letter", subject="How was it?")
    assert "how-was-it-2" in cards(marketer.page)
    assert draft(story).revision == 2


def test_a_letter_without_a_subject_is_refused(story: Story, marketer: Visitor) -> None:
    marketer.open(WELCOME)
    assert marketer.press("Add letter", subject=" ").status_code == 400
    assert "A letter needs a subject" in words(marketer.page)
    assert draft(story) is None


def test_taking_a_letter_out_says_how_many_will_miss_it(under_way: Story, marketer: Visitor) -> None:
    page = words(marketer.open(TERMS).text)
    assert "1 person has not come to it yet and will not get it, once these changes are used." in page
    marketer.press("Take it out of the draft")
    assert "is-one-enough" not in cards(marketer.page)
    assert "Taken out in this draft Is one microneedling session enough?" in words(marketer.page)
    assert "02-is-one-enough.md" not in draft(under_way).files
    assert marketer.open(TERMS).status_code == 404


def test_the_last_letter_of_a_sequence_stays(story: Story, desk_of: Visitor) -> None:
    keys = [*cards(desk_of.open(WELCOME).text)]
    for revision, key in enumerate(keys[1:]):
        assert desk_of.send(f"{WELCOME}{key}/remove", {"revision": revision}).status_code == 303
    assert desk_of.send(f"{WELCOME}{keys[0]}/remove", {"revision": 5}).status_code == 409
    assert "A sequence has at least one letter" in words(desk_of.page)
    assert "Take this letter out" not in words(desk_of.open(f"{WELCOME}welcome/terms").text)


def test_who_only_reads_sees_the_calendar_and_no_form(
    under_way: Story, sign_in: Callable[[str], Visitor]
) -> None:
    viewer = sign_in("viewer")
    page = viewer.open(WELCOME).text
    assert len(cards(page)) == 6
    assert "@example.com" not in page.replace("the-viewer@example.com", "")
    assert trees.fromstring(page).xpath("//main//form") == []
    assert viewer.open(TERMS).status_code == 403


@pytest.mark.parametrize(
    "path", [WELCOME.replace("welcome", "nothing"), "/studio/sequences/news-what-is-new/"]
)
def test_what_is_no_sequence_is_not_found(marketer: Visitor, path: str) -> None:
    assert marketer.open(path).status_code == 404


def test_a_sequence_that_is_only_a_draft_says_so(story: Story, marketer: Visitor) -> None:
    with story.house.database.writing.begin() as session:
        papers = drafting.papers(session, "welcome")[0]
        papers.table["name"] = "Autumn"
        files = papers.files
        row = CampaignDraft(
            slug="autumn", origin="import", files=files, digest="", created_at=story.clock.now()
        )
        session.add(row)
    assert "Autumn not in use yet 6 0 nothing but a draft" in words(marketer.open("/studio/sequences/").text)
    page = words(marketer.open("/studio/sequences/autumn/").text)
    assert "not in use yet nobody gets these letters before you say so" in page
    assert "Use this sequence" in page


def test_days_far_apart_are_no_wall_of_empty_weeks(story: Story, desk_of: Visitor) -> None:
    assert move(desk_of, "a-plan-that-fits", "day 70 at 10") == 200
    assert "7 weeks without a letter" in words(desk_of.page)


def test_looking_changes_nothing(under_way: Story, marketer: Visitor) -> None:
    before = counts(under_way.house.database)
    for path in ("/studio/sequences/", WELCOME, TERMS):
        assert marketer.open(path).status_code == 200
    assert counts(under_way.house.database) == before


def test_standing_says_what_differs(story: Story, desk_of: Visitor) -> None:
    move(desk_of, "over-the-weeks", "day 10 at 9")
    with story.house.database.reading() as session:
        found = standing_of(session, "welcome")
        assert {key: each.what for key, each in found.changes.items()} == {"over-the-weeks": ("moved",)}
        assert found.revision == 1
    with story.house.database.writing.begin() as session:
        drafts.discard(session, "welcome", story.clock.now() + timedelta(1))
    with story.house.database.reading() as session:
        assert standing_of(session, "welcome").changes == {}
