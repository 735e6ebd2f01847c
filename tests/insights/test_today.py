"""The day at a glance, from what people did: what needs somebody, what goes out at which hour, who came and left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, insert, select, update

from newsletter import pulse
from newsletter.audience import preferences
from newsletter.audience.consent import Evidence
from newsletter.campaigns import broadcasts
from newsletter.campaigns.desk import drafting
from newsletter.campaigns.filing import drafts, starter
from newsletter.campaigns.filing.files import read_folders
from newsletter.campaigns.models import Broadcast, Sequence
from newsletter.content.models import Version
from newsletter.delivery import queue
from newsletter.delivery.models import Attempt, Delivery
from newsletter.delivery.queue import Order
from newsletter.insights import first_run
from newsletter.insights.needs import PRESSING
from newsletter.insights.week import Pair
from newsletter.staff import roll

THURSDAY_9 = datetime(2026, 3, 5, 14, tzinfo=UTC)  # in New York


def hours(seen):
    """What goes out, a line an hour, as the page would say it."""
    return [
        f"{day.day:%a %d} {f'{hour.at:%H:%M}' if hour.at else 'now'} "
        + ", ".join(
            [f"{each.slug} {each.people}{' own' * each.own_hour}" for each in hour.issues]
            + [f"{name} {count}" for name in ("letters", "notes", "others") if (count := getattr(hour, name))]
        )
        for day in seen.days
        for hour in day.hours
    ]


def needs(seen):
    return [(need.kind, need.campaign and need.campaign.slug, need.number) for need in seen.needs]


def write(story, work):
    with story.house.database.writing.begin() as session:
        return work(session)


@pytest.fixture
def issue(story, write_issue):
    """`issue("spring-guide")`: a newsletter to everybody who hears tips, not sent yet."""

    def add(slug="spring-guide", **more):
        folder = write_issue(slug, **more)
        write(story, lambda session: starter.load(session, story.clock.now(), folder))
        return slug

    return add


@pytest.fixture
def send(story, issue):
    """`send("spring-guide", at=..., local_hour=...)`: write it, and let it go out then."""

    def go(slug="spring-guide", **when):
        issue(slug)
        return write(story, lambda session: broadcasts.send(session, slug, story.clock.now(), **when))

    return go


def readers(story, *zones):
    for number, zone in enumerate(zones, 1):
        story.sign_up(f"reader{number}@example.com", zone=zone)
        story.confirm(f"reader{number}@example.com")


def test_where_nothing_has_happened_nothing_is_said(look):
    seen = look()
    assert (seen.needs, seen.more, seen.days) == ([], 0, [])
    assert (seen.week.joined, seen.week.left, seen.week.sources) == (Pair(), Pair(), {})
    assert (seen.pulse.alive, seen.pulse.seen_at) == (False, None)


def test_a_postman_that_was_not_seen_for_a_minute_is_not_alive(story, look):
    write(story, lambda session: pulse.beat(session, "worker-1", story.clock.now()))
    seen_at = story.clock.now()
    story.clock.advance(seconds=60)
    assert look().pulse.alive
    story.clock.advance(seconds=1)
    assert (look().pulse.alive, look().pulse.seen_at) == (False, seen_at)


def test_letters_stand_at_their_hour_and_a_newsletter_beside_them(story, look, send):
    readers(story, "America/New_York", "America/New_York", "America/Los_Angeles")
    send(at=THURSDAY_9)
    assert hours(look()) == [
        "Wed 04 10:00 letters 2",
        "Wed 04 13:00 letters 1",  # 10:00 in Los Angeles
        "Thu 05 09:00 spring-guide 3",
    ]


def test_only_today_and_the_seven_days_after_are_told(story, look, send):
    readers(story, "America/New_York")
    send("in-time", at=datetime(2026, 3, 10, 3, 59, tzinfo=UTC))  # still Monday the 9th in New York
    send("too-far", at=datetime(2026, 3, 10, 4, tzinfo=UTC))
    assert [line for line in hours(look()) if "letters" not in line] == ["Mon 09 23:00 in-time 1"]


def test_an_issue_at_each_readers_own_hour_stands_at_that_hour_of_the_clinic(story, look, send):
    readers(story, "America/New_York", "Asia/Tokyo")
    send(at=datetime(2026, 3, 5, tzinfo=UTC), local_hour=9)
    assert "Thu 05 09:00 spring-guide 2 own" in hours(look())


def test_what_is_on_its_way_is_counted_from_the_queue_hour_by_hour(story, look, send):
    readers(story, "America/New_York", "America/Los_Angeles", "America/Los_Angeles")
    send(at=datetime(2026, 3, 3, tzinfo=UTC), local_hour=9)
    story.live(hours=28)  # Tuesday, 08:30 in New York
    assert hours(look())[:2] == ["Tue 03 09:00 spring-guide 1", "Tue 03 12:00 spring-guide 2"]


def test_what_is_due_already_stands_before_the_hour_in_which_we_are(story, look):
    story.sign_up()
    story.confirm(work=False)
    story.rounds.admit()
    row = {"stream": "account", "mailbox_id": 1, "letter": "mail:confirm", "fields": {}}
    soon = story.clock.now() + timedelta(minutes=10)
    order = Order(dedupe_key="one", send_after=soon, expires_at=soon + timedelta(days=1), **row)
    write(story, lambda session: queue.put(session, [order], story.clock.now()))
    assert hours(look()) == ["Mon 02 now letters 1", "Mon 02 04:00 others 1"]


def test_of_an_hour_that_comes_twice_each_has_its_own(story, look):
    story.sign_up()
    story.clock.advance(days=(datetime(2026, 10, 31, tzinfo=UTC) - story.clock.now()).days)
    for number, hour in enumerate((5, 6)):
        at = datetime(2026, 11, 1, hour, 30, tzinfo=UTC)
        order = Order(f"{number}", "care", 1, "version:1", {}, at, at + timedelta(days=1))
        write(story, lambda session, order=order: queue.put(session, [order], story.clock.now()))
    assert hours(look()) == ["Sun 01 01:00 notes 1", "Sun 01 01:00 notes 1"]


def test_a_sequence_that_is_paused_and_a_newsletter_that_is_send_nothing(story, look, send):
    readers(story, "America/New_York", "Asia/Tokyo")
    send(at=datetime(2026, 3, 3, tzinfo=UTC), local_hour=9)
    story.live(hours=14, minutes=40)  # it has begun: 24 zones lie before it
    write(story, lambda session: broadcasts.pause(session, "spring-guide"))
    write(story, lambda session: session.execute(update(Sequence).values(state="paused")))
    assert hours(look()) == []
    story.rounds.until_idle()  # what it had queued is parked where nothing ever leaves
    assert hours(look()) == []
    assert needs(look()) == [("paused", "spring-guide", 0)]


def test_an_issue_whose_time_passed_while_nothing_ran_wants_a_decision(story, look, send):
    readers(story, "America/New_York")
    send(at=THURSDAY_9)
    story.sleep(days=7)
    seen = look()
    assert needs(seen) == [("late", "spring-guide", 0)]
    assert seen.needs[0].at == THURSDAY_9
    assert seen.needs[0].campaign.is_issue


def test_remarks_on_an_issue_are_told_in_its_last_day(story, look, send):
    readers(story, "America/New_York")
    send(at=THURSDAY_9)
    remarks = update(Version).where(Version.id == select(Broadcast.version_id).scalar_subquery())
    write(
        story, lambda session: session.execute(remarks.values(warnings=["a picture says nothing", "a link"]))
    )
    assert needs(look()) == []
    story.live(days=2, hours=5)
    assert needs(look()) == [("remarks", "spring-guide", 2)]


def test_e_mails_in_trouble_are_gathered_by_what_happened_and_by_campaign(story, look):
    readers(story, *["America/New_York"] * 6)
    fates = ["unknown", "unknown", "poison", "failed", "failed", "failed"]
    verdicts = [None, None, None, "hard", "block", None]

    def trouble(session):
        letters = session.scalars(
            select(Delivery).where(Delivery.campaign == "welcome").order_by(Delivery.id)
        ).all()
        for letter, state, verdict in zip(letters, fates, verdicts, strict=True):
            letter.state, letter.reason = state, "550 no such user: reader@example.com"
            outcome = "refused" if state == "failed" else "crashed"
            values = {"epoch": 9, "at": story.clock.now(), "outcome": outcome, "said": "", "verdict": verdict}
            session.execute(insert(Attempt).values(delivery_id=letter.id, **values))

    write(story, trouble)
    seen = look()
    assert needs(seen) == [
        ("unknown", "welcome", 2),
        ("block", "welcome", 1),
        ("poison", "welcome", 1),
        ("gone", "welcome", 1),
        ("failed", "welcome", 1),
    ]
    assert not seen.needs[0].campaign.is_issue
    assert "reader@example.com" not in repr(seen), "what a server said never reaches the page"
    story.clock.advance(days=8)
    assert needs(look()) == [], "older than seven days"


def test_words_of_a_newer_release_wait_and_so_does_a_folder_but_not_what_is_being_written(
    story, look, write_folder, issue
):
    issue()
    newer, imported = (
        write_folder("welcome", head="topics = []"),
        write_folder("aftercare", head="topics = []"),
    )

    def keep(session):
        for folder, origin in ((newer, "starter"), (imported, "import")):
            drafts.keep(session, read_folders(folder)[0], origin, story.clock.now())
        owner = roll.practice_owner(session, story.clock.now())
        drafting.begin(session, "Summer guide", "tips", owner, story.clock.now())

    write(story, keep)
    assert needs(look()) == [("starter", "welcome", 0), ("import", "aftercare", 0)]
    assert [need.campaign.name for need in look().needs] == ["Welcome", "aftercare"]


def test_at_most_five_stand_there_the_most_pressing_first_and_the_others_are_counted(story, look, issue):
    for number in range(8):
        issue(f"issue-{number}")
    states = ["paused"] * 4 + ["late"] * 4

    def change(session):
        for each, state in zip(
            session.scalars(select(Broadcast).order_by(Broadcast.id)), states, strict=True
        ):
            each.state, each.starts_at = state, story.clock.now()

    write(story, change)
    seen = look()
    assert [need.kind for need in seen.needs] == ["late"] * 4 + ["paused"]
    assert seen.more == 3
    assert len(set(PRESSING)) == len(PRESSING)


def test_joined_and_left_are_people_each_once_with_the_week_before_beside_them(story, look):
    story.sign_up("before@example.com")
    story.confirm("before@example.com")
    story.live(days=8)
    for address, form in (
        ("one@example.com", "site"),
        ("two@example.com", "spa"),
        ("three@example.com", "spa"),
    ):
        story.sign_up(address, form=form)
        story.confirm(address)
    story.sign_up("pending@example.com")
    story.leave("pending@example.com")
    story.leave("one@example.com")
    week = look().week
    assert (week.joined, week.left) == (Pair(3, 1), Pair(1, 0))
    assert week.sources == {"form:spa": Pair(2, 0), "form:site": Pair(1, 1)}
    assert list(week.sources) == ["form:spa", "form:site"]


def test_one_more_topic_is_no_arrival_one_less_no_farewell_and_who_comes_back_has_joined(story, look):
    story.sign_up(topics=("tips",))
    story.confirm()
    story.live(days=15)
    person = story.person().id

    def choose(*topics):
        evidence, now = Evidence("preferences"), story.clock.advance(minutes=1)
        write(story, lambda session: preferences.choose_topics(session, person, topics, evidence, now))

    choose("tips", "news")
    choose("news")
    assert (look().week.joined, look().week.left) == (Pair(), Pair())
    story.clock.advance(minutes=1)
    story.leave()
    assert (look().week.joined, look().week.left) == (Pair(), Pair(1, 0))
    story.live(days=1)
    story.sign_up()
    story.confirm()
    assert look().week.joined == Pair(1, 0)


def test_it_asks_as_many_statements_of_a_crowded_clinic_as_of_a_quiet_one(story, look, send):
    readers(story, "America/New_York")
    send(at=THURSDAY_9)

    def count():
        asked = []

        def note(_connection, _cursor, statement, *_rest):
            asked.append(statement)

        engine = story.house.database.reading.kw["bind"]
        event.listen(engine, "before_cursor_execute", note)
        look()
        event.remove(engine, "before_cursor_execute", note)
        return [each for each in asked if each.lstrip().startswith("SELECT")]

    quiet = count()
    for number in range(2):
        send(f"issue-{number}", at=THURSDAY_9 + timedelta(hours=number))
    readers(story, "America/New_York", "Asia/Tokyo", "Europe/Paris")
    write(story, lambda session: session.execute(update(Delivery).values(state="unknown")))
    crowded = count()
    assert (len(crowded), len(set(crowded))) == (len(quiet), len(set(quiet))) == (12, 12)
    assert hours(look()) != []


def test_the_first_ten_minutes_are_ticked_from_what_really_happened(story, issue):
    def done():
        with story.house.database.reading() as session:
            found = first_run.read(session, turned=False)
        return [name for name in ("signed_up", "welcomed", "written", "sent") if getattr(found, name)]

    assert done() == []
    story.sign_up()
    assert done() == []
    story.confirm(work=False)
    assert done() == ["signed_up"]
    story.rounds.until_idle()
    assert done() == ["signed_up", "welcomed"]
    slug = issue()

    def edit(session):
        owner = roll.practice_owner(session, story.clock.now())
        drafting.save(
            session, slug, 0, lambda papers: papers.table.update(name="Summer"), owner, story.clock.now()
        )

    write(story, edit)
    assert done() == ["signed_up", "welcomed", "written"]
    write(story, lambda session: broadcasts.send(session, slug, story.clock.now()))
    assert "sent" not in done()
    story.live(minutes=3)
    assert done() == ["signed_up", "welcomed", "written", "sent"]
    with story.house.database.reading() as session:
        assert not first_run.read(session, turned=False).is_over
        assert first_run.read(session, turned=True).is_over
