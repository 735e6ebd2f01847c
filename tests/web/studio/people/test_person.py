"""One person's page: her story, her letters as she read them, why, and what can be done for her."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from lxml import html as trees
from sqlalchemy import event, select, update

from newsletter import bookmarks
from newsletter.audience import blocking
from newsletter.audience.models import Consent, Hold, Subscriber, Subscription
from newsletter.audit import AuditEntry
from newsletter.campaigns import broadcasts
from newsletter.delivery import queue, retention, suppression
from newsletter.delivery.models import Delivery, Event, Mailbox, Suppression
from newsletter.delivery.queue import Order
from tests.web.studio.readers import come, come_back
from tests.web.visiting import READER, both, counts, words

SOURCE = "Told us at the desk, 3 March"


@pytest.fixture
def reader(story):
    """One who signed up and confirmed; her welcome letter has arrived."""
    story.sign_up()
    story.confirm()
    return story.person()


def at(person, more: str = "") -> str:
    return f"/studio/people/{person.id}/{more}"


def write(story, work):
    with story.house.database.writing.begin() as session:
        return work(session)


def read(story, query):
    with story.house.database.reading() as session:
        return session.scalars(query).all()


def told(page: str) -> list[str]:
    """The story: each entry's title, chip and lines."""
    entries = trees.fromstring(page).xpath("//section[@class='story']/ol/li/div")
    return [
        " | ".join(
            " ".join(part.text_content().split()) for part in entry if part.get("class") in {"what", "line"}
        )
        for entry in entries
    ]


def facts(page: str) -> dict[str, str]:
    rows = trees.fromstring(page).xpath("//section[@aria-labelledby='who']//dl/div")
    return {row.find("dt").text: " ".join(row.find("dd").text_content().split()) for row in rows}


@both
def test_the_story_tells_everything_newest_first(story, marketer, reader):
    story.live(days=4)
    now = story.clock.now()
    write(story, lambda session: suppression.suppress(session, reader.mailbox_id, "all", "hard bounce", now))
    write(story, lambda session: suppression.release(session, reader.mailbox_id, now, "it was a slip"))
    story.leave()
    come_back(story.house, marketer)
    marketer.open(at(reader))
    seen = told(marketer.page)
    assert seen[:5] == [
        "Left Clinic news, Guides, Tips | By one tap in her mail program",
        "Everything may be mailed again | Was stopped: address does not exist | it was a slip",
        "Do not mail: address does not exist | Everything stopped",
        "Left the sequence Welcome | She left the letters",
        "“Is one microneedling session enough?” sent | Welcome",
    ]
    assert seen[5:] == [
        "Agreed to Clinic news, Guides, Tips | By the button behind the link that we mailed her",
        "Asked for Clinic news, Guides, Tips | On the sign-up form",
        "“Welcome: your first letter, and what comes next” sent | Welcome",
        "“Please confirm your e-mail address” sent | Account letter",
        "Began Welcome | Times follow America/New_York",
    ]


@both
def test_pages_of_a_story_meet_without_a_gap_and_without_repeating(story, marketer, reader):
    """Many things happen at one instant: the place in the story tells them apart."""
    now = story.clock.now()

    def crowd(session):
        for each in range(40):
            moment = now + timedelta(minutes=each // 20)
            session.add(
                Hold(subscriber_id=reader.id, kind="break", until=moment, created_at=moment, ended_at=moment)
            )
        for each in range(40):
            session.add(
                Consent(
                    subscriber_id=reader.id,
                    act="requested",
                    stream="marketing",
                    topics=[f"topic-{each}"],
                    how="form",
                    at=now,
                )
            )

    write(story, crowd)
    marketer.open(at(reader))
    seen = told(marketer.page)
    pages = 1
    while older := trees.fromstring(marketer.page).xpath(
        "//section[@class='story']//a[text()='Older']/@href"
    ):
        marketer.open(older[0].partition("#")[0])
        seen += told(marketer.page)
        pages += 1
    assert pages == 5
    assert len(seen) == 40 + 40 + 40 + 5
    topics = [re.search(r"topic-\d+", line) for line in seen]
    assert len({found[0] for found in topics if found}) == 40
    assert marketer.open(at(reader, "?before=nonsense")).status_code == 200


def test_a_longer_story_costs_as_many_statements(story, marketer, reader):
    asked: list[str] = []
    for engine in (story.house.database.engine, story.house.database.reading.kw["bind"]):
        event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    marketer.open(at(reader))
    asked.clear()
    marketer.open(at(reader))
    few = len(asked)

    def more(session):
        now = story.clock.now()
        version = session.scalar(select(Delivery.letter).where(Delivery.letter.startswith("version:")))
        facts = {"mailbox_id": reader.mailbox_id, "person_id": reader.id, "letter": version, "fields": {}}
        queue.put(
            session,
            [
                Order(
                    f"more:{each}", "marketing", send_after=now, expires_at=now, campaign=f"c-{each}", **facts
                )
                for each in range(60)
            ],
            now,
        )

    write(story, more)
    asked.clear()
    marketer.open(at(reader))
    assert len(told(marketer.page)) == 30
    assert 0 < len(asked) == few


def test_consents_show_the_words_and_letters_never_sent_the_reason(story, marketer, reader):
    story.live(days=1)
    story.sleep(days=40)
    come_back(story.house, marketer)
    marketer.open(at(reader))
    assert "“A plan that fits your skin” not sent | Too late to be useful | Welcome" in told(marketer.page)
    wording = trees.fromstring(marketer.page).xpath("//blockquote")[0].text_content()
    assert wording.startswith("Yes, send me the letters")


def test_what_she_opened_is_told_only_where_she_agreed_to_be_counted(story, marketer, reader):
    def opened(session):
        sent = session.scalars(select(Delivery.id).where(Delivery.stream == "marketing")).first()
        session.add(Event(delivery_id=sent, kind="opened", link=0, times=3, at=story.clock.now()))
        session.add(Event(delivery_id=sent, kind="clicked", link=2, by_machine=True, at=story.clock.now()))

    write(story, opened)
    marketer.open(at(reader))
    assert not any("Opened" in line or "Followed" in line for line in told(marketer.page))
    assert facts(marketer.page)["Opens and clicks"] == "not counted"
    write(story, lambda session: session.execute(update(Subscriber).values(counted=True)))
    marketer.open(at(reader))
    assert "Opened “Welcome" in " ".join(told(marketer.page))
    assert "3 times, first then" in " ".join(told(marketer.page))
    assert "perhaps only a program of her mail server" in " ".join(told(marketer.page))


def test_a_sent_letter_opens_as_she_read_it_and_its_keys_lead_nowhere(story, marketer, reader):
    write(story, lambda session: session.execute(update(Subscriber).values(first_name="Reader")))
    story.live(days=4)
    come_back(story.house, marketer)
    marketer.open(at(reader))
    link = trees.fromstring(marketer.page).xpath(
        "//section[@class='story']//a[contains(@href, '/letters/')]/@href"
    )[0]
    page = marketer.open(link).text
    [frame] = trees.fromstring(page).xpath("//iframe")
    assert "allow-scripts" not in frame.get("sandbox")
    assert "As she read it" in words(page)
    seen = marketer.open(frame.get("src"))
    assert "sandbox" in seen.headers["Content-Security-Policy"]
    arrived = story.letters()[-1]
    assert arrived["Subject"] in words(page)
    body = arrived.get_body(("html",)).get_content()
    assert "/preferences/" in body
    assert "/preferences/" not in seen.text
    assert "/u/" not in seen.text
    assert "/look/a-test" in seen.text
    assert "Read" in marketer.open(f"{link}?view=text").text
    assert marketer.open(f"{link}?view=upside-down").status_code == 404


def test_a_confirmation_is_shown_without_the_link_that_confirms(story, marketer, reader):
    [number] = read(story, select(Delivery.id).where(Delivery.letter == "mail:confirm"))
    assert "Please confirm" in words(marketer.open(at(reader, f"letters/{number}")).text)
    assert "/confirm/" not in marketer.open(at(reader, f"letters/{number}/html")).text
    come(story.house, 1, "tips")
    other = story.person("tips0@example.com")
    assert marketer.open(at(other, f"letters/{number}")).status_code == 404, "it is not hers"


def test_a_letter_whose_body_was_forgotten_says_so(story, marketer, reader):
    def forget(session):
        last = session.scalars(select(Delivery.id).order_by(Delivery.id.desc())).first()
        retention.empty(session, Delivery.id <= last)
        bookmarks.move(session, retention.BODIES, last)
        return last

    number = write(story, forget)
    page = words(marketer.open(at(reader, f"letters/{number}")).text)
    assert "is forgotten after 12 months" in page
    [confirm] = read(story, select(Delivery.id).where(Delivery.letter == "mail:confirm"))
    page = words(marketer.open(at(reader, f"letters/{confirm}")).text)
    assert "It cannot be shown any more." in page, "its link was all it said"


def test_why_is_answered_on_the_page_for_sequences_and_newsletters(story, marketer, reader):
    with story.house.database.writing.begin() as session:
        broadcasts.send(session, "news-what-is-new", story.clock.now(), undo=timedelta())
    story.rounds.until_idle()
    for slug, says in (("welcome", "In the sequence since"), ("news-what-is-new", "Hers: planned for")):
        page = marketer.open(at(reader, f"?why={slug}")).text
        lines = [line.text_content() for line in trees.fromstring(page).xpath("//ol[@class='because']/li")]
        assert any(line.startswith(says) for line in lines), lines
    assert marketer.open(at(reader, "?why=no-such-thing")).status_code == 404


def test_next_letters_stand_with_her_hours(story, marketer, reader):
    marketer.open(at(reader))
    coming = trees.fromstring(marketer.page).xpath("//ol[@class='coming']/li")
    assert len(coming) == 5
    assert coming[0].find("time").text == "Wed 4 Mar, 10:00"


def test_who_is_here_for_care_alone_has_no_page(story, marketer, reader):
    def patient(session):
        one = Subscriber(
            mailbox_id=reader.mailbox_id, signed_up=False, source="care", created_at=story.clock.now()
        )
        session.add(one)
        session.flush()
        return one

    hidden = write(story, patient)
    assert marketer.open(at(hidden)).status_code == 404
    assert marketer.open(at(reader)).status_code == 200
    assert facts(marketer.page)["Same mailbox"] == "1 other person has this address too"
    assert marketer.open("/studio/people/999/").status_code == 404


@both
def test_name_tags_and_clock_are_kept_and_her_letters_follow_the_clock(story, marketer, reader):
    marketer.open(at(reader))
    marketer.press("Save", first_name=" Reader\u202e ", tags='vip, "a, b", vip', time_zone="Europe/Berlin")
    assert "Saved." in words(marketer.page)
    assert facts(marketer.page)["First name"] == "Reader"
    assert facts(marketer.page)["Times follow"] == "Berlin"
    kept = story.person()
    assert (kept.first_name, kept.tags, kept.time_zone) == ("Reader", ["vip", "a, b"], "Europe/Berlin")
    coming = trees.fromstring(marketer.page).xpath("//ol[@class='coming']/li/time")
    assert coming[0].get("datetime") == "2026-03-04T10:00+01:00"
    marketer.press("Save", time_zone="Mars/Olympus", first_name="Kept here")
    assert "is not a time zone" in words(marketer.page)
    assert trees.fromstring(marketer.page).get_element_by_id("first_name").value == "Kept here"
    assert story.person().first_name == "Reader"


@both
def test_a_topic_needs_a_source_and_words_and_becomes_a_consent(story, marketer):
    come(story.house, 1, "tips")
    one = story.person("tips0@example.com")
    marketer.open(at(one))
    before = counts(story.house.database)
    marketer.press("Subscribe her", topic="resources", source=" ")
    assert "Say where she said so" in words(marketer.page)
    assert counts(story.house.database) == before
    marketer.press("Subscribe her", topic="resources", source=SOURCE, wording="May we?\r\nYes.")
    assert facts(marketer.page)["Hears about"] == "Guides, Tips"
    [act] = read(story, select(Consent).where(Consent.subscriber_id == one.id))
    assert (act.act, act.how, act.page, act.topics) == ("confirmed", "staff", SOURCE, ["resources"])
    [newest, *_] = told(marketer.page)
    assert newest == f"Agreed to Guides | Told to the staff, stated source: {SOURCE}"
    assert trees.fromstring(marketer.page).xpath("//blockquote")[0].text_content() == "May we?\nYes."


@both
def test_who_left_cannot_be_subscribed_by_staff(story, marketer, reader):
    marketer.open(at(reader))
    page = marketer.page
    story.leave()
    before = counts(story.house.database)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    answer = marketer.send(
        at(reader, "subscribe"), {"csrf_token": token, "topic": "tips", "source": SOURCE, "wording": "x"}
    )
    assert answer.status_code == 400
    assert "She left our letters; only she can come back" in words(answer.text)
    assert counts(story.house.database) == before


@both
def test_her_letters_end_with_the_source_kept(story, marketer, reader):
    marketer.open(at(reader))
    marketer.press("End her letters", source="")
    assert "Say where she asked for it" in words(marketer.page)
    marketer.press("End her letters", source="She phoned")
    assert facts(marketer.page)["Hears about"] == "nothing"
    assert {each.state for each in read(story, select(Subscription))} == {"unsubscribed"}
    act = read(story, select(Consent).order_by(Consent.id.desc()))[0]
    assert (act.act, act.how, act.page) == ("withdrawn", "staff", "She phoned")
    story.live(days=30)
    assert len(story.subjects()) == 1


def test_a_break_begins_and_ends(story, marketer, reader):
    marketer.open(at(reader))
    marketer.press("1 month")
    assert "No letters until 2 April, then as before." in words(marketer.page)
    assert facts(marketer.page)["Held back"] == "on a break until 2 April"
    assert told(marketer.page)[0] == "On a break until 2 April 2026"
    marketer.press("End her break")
    assert "Her break is over" in words(marketer.page)
    assert "Held back" not in facts(marketer.page)


@both
def test_do_not_mail_takes_a_reason_and_a_release_takes_a_note(story, marketer, reader):
    marketer.open(at(reader))
    marketer.press("Do not mail", why="", scope="all")
    assert "Say why" in words(marketer.page)
    marketer.press("Do not mail", why="Wrong person, she told us", scope="all")
    assert "Wrong person, she told us" in facts(marketer.page)["Do not mail"]
    marketer.press("Release", note="")
    assert "Say why this address may be mailed again" in words(marketer.page)
    marketer.press("Release", note="She asked us to go on")
    assert "Do not mail" not in facts(marketer.page)
    [stop] = read(story, select(Suppression))
    assert (stop.reason, stop.evidence, stop.note) == (
        "by hand",
        "Wrong person, she told us",
        "She asked us to go on",
    )


@both
def test_no_note_lifts_what_she_did_herself(story, marketer, reader):
    now = story.clock.now()

    def stops(session):
        suppression.suppress(session, reader.mailbox_id, "all", suppression.ASKED, now)
        suppression.suppress(session, reader.mailbox_id, "all", "hard bounce", now)

    write(story, stops)
    marketer.open(at(reader))
    marketer.press("Release", note="the mailbox is back")
    assert {each.reason: each.released_at for each in read(story, select(Suppression))} == {
        "asked": None,
        "hard bounce": now + timedelta(seconds=5),
    }
    assert "She did this herself" in words(marketer.page)
    with story.house.database.writing() as session, pytest.raises(Exception, match="she did this herself"):
        blocking.release(session, reader.mailbox_id, "please", now)


def test_the_link_to_her_data_goes_to_her_own_mailbox(story, marketer, reader):
    marketer.open(at(reader))
    marketer.press("Mail her the link")
    assert "on its way to her mailbox" in words(marketer.page)
    story.rounds.until_idle()
    assert "/data/" in story.letters()[-1].get_body(("plain",)).get_content()
    assert "/data/" not in marketer.page
    marketer.press("Mail her the link")
    assert "No link was sent" in words(marketer.page)


@both
def test_only_an_owner_erases_and_only_by_typing_the_address(story, sign_in, reader):
    assert sign_in("marketer").open(at(reader, "erase")).status_code == 403
    owner = sign_in("owner")
    owner.open(at(reader))
    owner.open(trees.fromstring(owner.page).xpath("//a[text()='Erase her data']/@href")[0])
    assert "3 topics, 2 acts of consent" in words(owner.page)
    owner.press("Erase her data", address="another@example.com")
    assert "That is not her address" in words(owner.page)
    assert story.person()
    owner.press("Erase her data", address=READER.upper())
    assert "Her data is erased." in words(owner.page)
    assert read(story, select(Subscriber)) == []
    assert [box.address for box in read(story, select(Mailbox)) if box.fingerprint] == [""]
    [entry] = read(story, select(AuditEntry).where(AuditEntry.act == "person_erased"))
    assert entry.facts == {"person_id": reader.id}


def test_one_more_tap_in_her_own_mailbox_still_lifts_her_own_stop(story, marketer, reader):
    """What staff must not lift, she can: the page has not taken that away."""
    write(
        story,
        lambda session: suppression.suppress(session, reader.mailbox_id, "all", "asked", story.clock.now()),
    )
    story.leave()
    story.sign_up()
    story.confirm()
    assert read(story, select(Suppression.released_at)) != [None]
    marketer.open(at(reader))
    assert "Do not mail" not in facts(marketer.page)
