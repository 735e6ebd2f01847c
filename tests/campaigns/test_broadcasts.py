"""An issue to many people: now, at a moment, at each reader's own hour; taken back, paused, canceled, late."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from newsletter.audience.consent import Evidence
from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.campaigns import audience_of, broadcasts, fanning, leaving
from newsletter.campaigns.models import Broadcast
from newsletter.content.models import Version
from newsletter.delivery import mailboxes, suppression
from newsletter.delivery.models import Delivery
from newsletter.errors import NotFound, Refused
from tests.walks.story import Story

SPRING = "spring-guide"
ZONES = ("America/New_York", "Asia/Kathmandu", "Europe/London", "Pacific/Kiritimati", None)


def write(story: Story, **facts: Any) -> None:
    """An issue as a draft; its wording is the first letter's."""
    with story.house.database.writing.begin() as session:
        version = session.scalars(select(Version.id).order_by(Version.id)).first()
        row = {
            "slug": SPRING,
            "name": "Spring guide",
            "topic": "resources",
            "except_topics": [],
            "version_id": version,
            "state": "draft",
            "cursor": 0,
            "fanned_out": False,
            "settled": True,
            "created_at": story.clock.now(),
        }
        session.add(Broadcast(**(row | facts)))


def people(story: Story, count: int, *topics: str, zones: tuple[str | None, ...] = ("UTC",)) -> list[int]:
    """Confirmed readers who are in no sequence; their ids."""
    now = story.clock.now()
    made = []
    with story.house.database.writing.begin() as session:
        ids = dict(session.execute(select(Topic.slug, Topic.id)).all())
        for number in range(count):
            address = f"{'-'.join(topics)}{number}@example.com"
            box = mailboxes.find_or_add(session, address, address, now)
            person = Subscriber(
                mailbox_id=box.id,
                source="test",
                time_zone=zones[number % len(zones)],
                created_at=now,
                signed_up=True,
                arrivals=1,
            )
            session.add(person)
            session.flush()
            made.append(person.id)
            for topic in topics:
                session.add(
                    Subscription(
                        subscriber_id=person.id,
                        topic_id=ids[topic],
                        state="confirmed",
                        source="test",
                        requested_at=now,
                        confirmed_at=now,
                        admitted_at=now,
                    )
                )
    return made


def send(story: Story, **how: Any) -> Broadcast:
    with story.house.database.writing.begin() as session:
        return broadcasts.send(session, SPRING, story.clock.now(), **how)


def act(story: Story, verb: str) -> Broadcast:
    with story.house.database.writing.begin() as session:
        return getattr(broadcasts, verb)(session, SPRING)


def states(story: Story) -> Counter[str]:
    with story.house.database.reading() as session:
        return Counter(session.scalars(select(Delivery.state).where(Delivery.campaign == SPRING)))


def state(story: Story) -> str:
    with story.house.database.reading() as session:
        return session.scalars(select(Broadcast.state)).one()


def arrivals(story: Story) -> dict[int | None, datetime | None]:
    with story.house.database.reading() as session:
        rows = select(Delivery.person_id, Delivery.sent_at).where(Delivery.campaign == SPRING)
        return dict(session.execute(rows).all())


def test_it_reaches_everybody_of_its_topic_once_and_nobody_else(story: Story) -> None:
    write(story)
    wanted = people(story, 7, "resources")
    people(story, 3, "tips")
    send(story, undo=timedelta())
    story.rounds.until_idle()
    assert set(arrivals(story)) == set(wanted)
    assert (states(story), state(story)) == (Counter(sent=7), "sent")


def test_it_waits_two_minutes_in_which_it_can_be_taken_back(story: Story) -> None:
    write(story)
    people(story, 2, "resources")
    send(story)
    story.live(seconds=119)
    assert states(story) == Counter()
    act(story, "cancel")
    story.live(days=1)
    assert (states(story), state(story)) == (Counter(), "draft")
    send(story)
    story.live(minutes=2)
    assert states(story) == Counter(sent=2)


def test_at_a_local_hour_each_reader_gets_it_on_her_own_clock_across_daylight_saving(story: Story) -> None:
    write(story)
    people(story, 10, "resources", zones=ZONES)
    send(story, at=datetime(2026, 3, 8, tzinfo=UTC), local_hour=9)  # the night New York's clocks change
    story.live(days=8)
    with story.house.database.reading() as session:
        rows = session.execute(
            select(Subscriber.time_zone, Delivery.sent_at)
            .join(Delivery, Delivery.person_id == Subscriber.id)
            .where(Delivery.campaign == SPRING)
        ).all()
    assert len(rows) == 10
    for name, moment in rows:
        zone = ZoneInfo(name) if name else story.house.settings.clinic.zone
        assert moment is not None
        assert f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" == "2026-03-08 09:00", name


def test_without_a_day_the_local_hour_is_the_first_that_is_still_to_come_everywhere(story: Story) -> None:
    write(story)
    people(story, 5, "resources", zones=ZONES)
    send(story, local_hour=9)  # it is Monday, 09:30 UTC: in Kiribati nearly Tuesday
    story.live(days=3)
    days = {f"{moment:%d}" for moment in arrivals(story).values() if moment}
    assert len(arrivals(story)) == 5
    assert days == {"02", "03"}


def test_whose_local_hour_has_passed_gets_it_the_next_day_at_that_hour(story: Story) -> None:
    write(story)
    people(story, 2, "resources", zones=("Asia/Kathmandu", "America/New_York"))
    send(story, at=story.clock.now(), local_hour=9)  # 15:15 in Kathmandu, 4:30 in New York
    story.live(days=2)
    moments = sorted(moment for moment in arrivals(story).values() if moment)
    assert [f"{moment:%d %H:%M}" for moment in moments] == ["02 14:00", "03 03:15"]


def test_paused_in_the_middle_nothing_leaves_and_resumed_nothing_is_lost_or_repeated(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanning, "SLICE", 5)
    write(story)
    people(story, 23, "resources")
    send(story, undo=timedelta())
    for _ in range(3):  # begin, and two slices
        with story.house.database.writing.begin() as session:
            fanning.work(session, story.house.settings.clinic.zone, story.clock.now())
    story.rounds.postman.round()
    act(story, "pause")
    sent = states(story)["sent"]
    assert 0 < sent < 23
    story.live(hours=3)
    assert states(story)["sent"] == sent
    act(story, "resume")
    story.rounds.until_idle()
    assert (states(story), state(story)) == (Counter(sent=23), "sent")


def test_canceled_in_the_middle_the_rest_get_nothing_and_everybody_is_accounted_for(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fanning, "SLICE", 5)
    write(story)
    people(story, 23, "resources")
    send(story, undo=timedelta())
    for _ in range(6):  # begin, and all five slices: 20 leave in the postman's batch, 3 wait
        with story.house.database.writing.begin() as session:
            fanning.work(session, story.house.settings.clinic.zone, story.clock.now())
    story.rounds.postman.round()
    act(story, "cancel")
    story.rounds.until_idle()
    assert state(story) == "canceled"
    story.live(days=3)
    assert states(story) == Counter(sent=20, canceled=3)


def test_the_audience_is_who_was_subscribed_when_it_began(story: Story) -> None:
    write(story)
    first = people(story, 3, "resources")
    send(story, undo=timedelta())
    zone = story.house.settings.clinic.zone
    with story.house.database.writing.begin() as session:
        fanning.work(session, zone, story.clock.now())  # it begins
    story.clock.advance(seconds=1)
    late = people(story, 1, "resources", "tips")
    with story.house.database.writing.begin() as session:
        box = session.scalars(select(Subscriber.mailbox_id).where(Subscriber.id == first[0])).one()
        leaving.leave(session, box, story.clock.now(), Evidence("one-click"))
    story.rounds.until_idle()
    assert set(arrivals(story)) == set(first)
    assert late[0] not in arrivals(story)
    assert states(story) == Counter(sent=2, skipped=1)


def test_who_is_left_out_and_why_is_counted_before_it_is_sent(story: Story) -> None:
    write(story, except_topics=["news"])
    people(story, 5, "resources")
    people(story, 2, "resources", "news")
    people(story, 3, "tips")
    with story.house.database.writing.begin() as session:
        box = mailboxes.find(session, "resources0@example.com")
        suppression.suppress(session, box.id, "all", "hard bounce", story.clock.now())
        count = audience_of.count(session, broadcasts.find(session, SPRING), story.clock.now())
    assert (count.gets, count.everybody) == (4, 10)
    assert count.left_out == {"do not hear about resources": 3, "hear about news": 2, "do not mail": 1}


def test_an_issue_whose_moment_passed_while_nobody_was_here_asks_instead_of_leaving(story: Story) -> None:
    write(story)
    people(story, 2, "resources")
    send(story, at=story.clock.now() + timedelta(hours=1))
    story.sleep(hours=8)
    assert (states(story), state(story)) == (Counter(), "late")
    send(story, undo=timedelta())
    story.rounds.until_idle()
    assert states(story) == Counter(sent=2)


@pytest.mark.parametrize(
    ("how", "says"),
    [
        ({"at": datetime(2026, 3, 1, tzinfo=UTC)}, "is past"),
        ({"at": datetime(2026, 2, 1, tzinfo=UTC), "local_hour": 9}, "past everywhere"),
        ({"local_hour": 24}, "not an hour"),
        ({"topic": "gossip"}, "there is no topic “gossip”; there is: resources, tips, news"),
        ({"topic": "news"}, "nobody would get"),
    ],
)
def test_what_cannot_be_sent_is_refused_and_stays_a_draft(
    story: Story, how: dict[str, object], says: str
) -> None:
    write(story)
    people(story, 1, "resources")
    with pytest.raises(Refused, match=says):
        send(story, **how)
    assert state(story) == "draft"


def test_sending_twice_pausing_a_draft_and_unknown_names_are_refused(story: Story) -> None:
    write(story)
    people(story, 1, "resources")
    with pytest.raises(Refused, match="is a draft, so it cannot be paused"):
        act(story, "pause")
    send(story)
    with pytest.raises(Refused, match="is going out already, so it cannot be sent"):
        send(story)
    with (
        pytest.raises(NotFound, match=f"there is no newsletter “autumn”; there is: {SPRING}"),
        story.house.database.writing.begin() as session,
    ):
        broadcasts.send(session, "autumn", story.clock.now())


def test_a_letter_of_a_sequence_yields_to_an_issue_and_says_so(story: Story) -> None:
    write(story)
    story.sign_up()
    story.confirm()
    story.live(days=1, hours=20)  # Wednesday morning in New York; letter 2 is due at ten
    send(story, undo=timedelta())
    story.live(days=10)
    assert story.inbox()[1:] == [
        "Mon 02 Mar 04:30  The letter hello",
        "Wed 04 Mar 00:30  The letter hello",  # the issue borrows its wording
        "Fri 06 Mar 10:00  The letter second",
        "Sun 08 Mar 10:00  The letter third",
    ]
    assert any("spring-guide" in run for run in story.runs() if run.startswith("second"))


def test_a_worker_that_looks_late_costs_the_first_zone_no_day(story: Story) -> None:
    write(story)
    people(story, 2, "resources", zones=("Pacific/Kiritimati", "America/New_York"))
    send(story, at=datetime(2026, 3, 5, tzinfo=UTC), local_hour=9)
    story.sleep(days=2, hours=10)  # nine o’clock on Kiritimati was half an hour ago
    story.live(days=2)
    assert sorted(f"{moment:%d %H:%M}" for moment in arrivals(story).values() if moment) == [
        "04 19:30",
        "05 14:00",
    ]


def test_an_hour_that_the_clocks_skip_is_the_moment_after_the_gap(story: Story) -> None:
    write(story)
    people(story, 2, "resources", zones=("America/New_York", "Europe/London"))
    send(story, at=datetime(2026, 3, 8, tzinfo=UTC), local_hour=2)  # New York has no two o'clock that night
    story.live(days=8)
    assert sorted(f"{moment:%d %H:%M}" for moment in arrivals(story).values() if moment) == [
        "08 02:00",
        "08 07:00",
    ]


def test_a_topic_that_vanished_is_named_and_nobody_gets_anything(story: Story) -> None:
    write(story, topic="autumn")
    people(story, 1, "resources")
    with pytest.raises(NotFound, match="there is no topic “autumn”; there is: resources, tips, news"):
        send(story)
    assert (state(story), states(story)) == ("draft", Counter())
