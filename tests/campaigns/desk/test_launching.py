"""Two people press Send at the same moment: one of them sends it, the other is told, and everybody gets it once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from threading import Barrier

import pytest
from sqlalchemy import func, select

from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.campaigns import broadcasts
from newsletter.campaigns.audience_of import Whom
from newsletter.campaigns.desk import drafting, launching
from newsletter.campaigns.desk.drafting import Papers
from newsletter.campaigns.desk.launching import Choice
from newsletter.campaigns.filing import drafts
from newsletter.campaigns.models import Broadcast
from newsletter.content.models import Version
from newsletter.delivery import mailboxes
from newsletter.delivery.models import Delivery
from newsletter.errors import Refused
from newsletter.staff.models import Staff

SLUG, READERS, AT_ONCE = "spring-guide", 3, 4
EVERYBODY = Choice(Whom("tips", ()), archived=True)
TOLD = ("used or let go meanwhile", "going out already", "changed elsewhere meanwhile")


@pytest.fixture
def writers(story) -> list[int]:
    """As many who write letters as press at once; and a few confirmed readers."""
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        topic = session.scalars(select(Topic.id).where(Topic.slug == "tips")).one()
        for number in range(READERS):
            box = mailboxes.find_or_add(session, f"r{number}@example.com", f"r{number}@example.com", now)
            one = Subscriber(mailbox_id=box.id, signed_up=True, source="test", arrivals=1, created_at=now)
            session.add(one)
            session.flush()
            held = {"state": "confirmed", "source": "test", "requested_at": now, "confirmed_at": now}
            session.add(Subscription(subscriber_id=one.id, topic_id=topic, admitted_at=now, **held))
        staff = [
            Staff(address=f"w{number}@example.com", role="marketer", created_at=now)
            for number in range(AT_ONCE)
        ]
        session.add_all(staff)
        session.flush()
        return [each.id for each in staff]


def written(story, writer: int) -> tuple[int, int]:
    """A newsletter that lies on the desk, ready; id and revision of its draft, as a page has seen them."""
    say = partial(Papers.write, key=None, subject="A guide", preview_text="A line.", body="Some words.\n")
    with story.house.database.writing.begin() as session:
        draft = drafting.begin(session, "Spring guide", "tips", writer, story.clock.now())
        drafting.save(session, draft.slug, draft.revision, say, writer, story.clock.now())
        return draft.id, draft.revision


def press_at_once(story, writers: list[int], seen: tuple[int, int]) -> list[str]:
    """What each of them is told; "sent" for who sent it. Each has looked at the newsletter before she waits."""
    together, zone = Barrier(len(writers)), story.house.settings.clinic.zone
    thursday, on_sqlite = date(2026, 3, 5), story.house.database.on_sqlite

    def press(number: int) -> str:
        hours = Choice(EVERYBODY.whom, archived=True, kind="clinic", day=thursday, hour=9 + number)
        try:
            if on_sqlite:  # whose writers keep each other out from the beginning
                together.wait(30)
            with story.house.database.writing.begin() as session:
                if not on_sqlite:
                    kept = session.scalar(select(Broadcast).where(Broadcast.slug == SLUG))
                    assert kept is None or kept.state in {"draft", "late"}
                    together.wait(30)
                launching.launch(
                    session, SLUG, hours, seen, staff_id=writers[number], zone=zone, now=story.clock.now()
                )
        except Refused as refused:
            return refused.line
        return "sent"

    with ThreadPoolExecutor(len(writers)) as threads:
        return list(threads.map(press, range(len(writers))))


@pytest.mark.parametrize("begins", ["new", "placed", "late"])
def test_of_several_who_send_it_at_once_one_does_and_the_others_are_told(story, writers, begins) -> None:
    seen = written(story, writers[0])
    if begins != "new":
        with story.house.database.writing.begin() as session:
            drafts.use(session, SLUG, story.clock.now())
            if begins == "late":
                broadcasts.send(session, SLUG, story.clock.now())
        seen = launching.NO_DRAFT
    if begins == "late":
        story.sleep(days=1)
    told = press_at_once(story, writers, seen)
    won = told.index("sent")
    assert told.count("sent") == 1
    assert all(any(part in line for part in TOLD) for line in told if line != "sent"), told
    with story.house.database.reading() as session:
        (issue,) = session.scalars(select(Broadcast)).all()
        assert issue.state == "scheduled"
        local = issue.starts_at.astimezone(story.house.settings.clinic.zone)
        assert local.hour == 9 + won  # when the one who won has chosen, not the others
        assert session.scalar(select(func.count()).select_from(Version)) == 4
        assert drafting.open_draft(session, SLUG) is None
    story.live(days=7)
    with story.house.database.reading() as session:
        rows = session.execute(
            select(Delivery.person_id, Delivery.state).where(Delivery.campaign == SLUG)
        ).all()
    assert sorted(rows) == [(number + 1, "sent") for number in range(READERS)]
