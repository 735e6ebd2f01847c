"""People from a list begin a sequence when somebody says so, counted from that moment."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy import select

from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.campaigns import enrollment
from newsletter.campaigns.models import Enrollment, Sequence
from newsletter.delivery import mailboxes

NEW_YORK = ZoneInfo("America/New_York")


def add_person(session, email, topics, now, **more):
    """Somebody from a list: confirmed long ago, and looked at already."""
    box = mailboxes.find_or_add(session, email, email, now)
    person = Subscriber(mailbox_id=box.id, source="import:the old site", arrivals=1, created_at=now, **more)
    session.add(person)
    session.flush()
    for topic in session.scalars(select(Topic).where(Topic.slug.in_(topics))):
        moments = {
            "requested_at": now.replace(year=2020),
            "confirmed_at": now.replace(year=2020),
            "admitted_at": now,
        }
        session.add(
            Subscription(
                subscriber_id=person.id, topic_id=topic.id, state="confirmed", source="import", **moments
            )
        )
    session.flush()
    return person.id


def begun(session):
    return {each.subscriber_id: each for each in session.scalars(select(Enrollment))}


def test_they_begin_now_in_their_own_zones_and_only_once(story):
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        first = add_person(session, "reader@example.com", ["tips"], now, time_zone="Asia/Kathmandu")
        second = add_person(session, "visitor014@example.com", ["news"], now)
        others = add_person(session, "visitor015@example.com", ["news"], now)
        assert enrollment.start(session, [first, second], NEW_YORK, now) == 2
        assert enrollment.start(session, [first, second], NEW_YORK, now) == 0
    with story.house.database.reading() as session:
        found = begun(session)
        assert others not in found
        assert {found[first].zone, found[second].zone} == {"Asia/Kathmandu", "America/New_York"}
        assert all(each.anchors["confirmed:0"] == now.isoformat() for each in found.values())
        assert all(each.next_due_at >= now for each in found.values())


def test_a_sequence_for_a_topic_begins_for_its_readers_only(story):
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        for sequence in session.scalars(select(Sequence)):
            sequence.topics = ["tips"]
        tips = add_person(session, "reader@example.com", ["tips", "news"], now)
        news = add_person(session, "visitor014@example.com", ["news"], now)
        assert enrollment.start(session, [tips, news], NEW_YORK, now) == 1
        assert set(begun(session)) == {tips}


def test_a_whole_page_of_people_and_more(story, monkeypatch):
    monkeypatch.setattr(enrollment, "PAGE", 3)
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        people = [add_person(session, f"visitor{n}@example.com", ["tips"], now) for n in range(8)]
        assert enrollment.start(session, people, NEW_YORK, now) == 8
        assert enrollment.start(session, [], NEW_YORK, now) == 0
        assert set(begun(session)) == set(people)
