"""Readers by the dozen, and a newsletter about to be sent to them."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from newsletter.audience.models import Subscriber, Subscription, Topic
from newsletter.campaigns.desk import drafting
from newsletter.campaigns.desk.drafting import Papers
from newsletter.campaigns.models import CampaignDraft
from newsletter.delivery import mailboxes
from newsletter.delivery.models import Delivery
from newsletter.house import House
from newsletter.staff import roll, visits
from newsletter.staff.models import Staff
from tests.web.visiting import Visitor

WORDS = "Dear reader, spring is here and this letter says little of it.\n"


def come(house: House, number: int, *topics: str, zone: str = "America/New_York") -> None:
    """So many confirmed readers of these topics, who are in no sequence."""
    now = house.clock.now()
    with house.database.writing.begin() as session:
        ids = dict(session.execute(select(Topic.slug, Topic.id)).all())
        for each in range(number):
            address = f"{'-'.join(topics)}{each}@example.com"
            box = mailboxes.find_or_add(session, address, address, now)
            facts = {"source": "test", "time_zone": zone, "created_at": now, "signed_up": True, "arrivals": 1}
            reader = Subscriber(mailbox_id=box.id, **facts)
            session.add(reader)
            session.flush()
            held = {"state": "confirmed", "source": "test", "requested_at": now, "confirmed_at": now}
            for topic in topics:
                session.add(
                    Subscription(subscriber_id=reader.id, topic_id=ids[topic], admitted_at=now, **held)
                )


def begin(house: House, name: str = "Spring guide", topic: str = "resources", *, words: str = WORDS) -> str:
    """A newsletter on the desk, written; returns its name in addresses. Without `words` it has none yet."""
    now = house.clock.now()
    with house.database.writing.begin() as session:
        writer = roll.practice_owner(session, now)
        draft = drafting.begin(session, name, topic, writer, now)
        if words:
            say = partial(
                Papers.write, key=None, subject=f"A {name}", preview_text="Says little.", body=words
            )
            drafting.save(session, draft.slug, draft.revision, say, writer, now)
        return draft.slug


def rewrite(house: House, slug: str, words: str) -> None:
    """Somebody else saves other words."""
    now = house.clock.now()
    with house.database.writing.begin() as session:
        draft = drafting.open_draft(session, slug)
        assert isinstance(draft, CampaignDraft)
        say = partial(Papers.write, key=None, subject="Other", preview_text="Other words.", body=words)
        drafting.save(session, slug, draft.revision, say, roll.practice_owner(session, now), now)


def arrived(house: House, slug: str) -> dict[int | None, str]:
    """Reader -> the state of her e-mail of this newsletter."""
    with house.database.reading() as session:
        rows = select(Delivery.person_id, Delivery.state).where(Delivery.campaign == slug)
        found = session.execute(rows).all()
    assert len(found) == len({person for person, _ in found}), "somebody gets it twice"
    return dict(found)


def post(visitor: Visitor, path: str, data: dict[str, Any] | None = None) -> TestResponse:
    """What a page that was left open sends: with a good token, and not asking whether its time is over."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', visitor.client.get("/studio/newsletters/").text)
    assert token
    return visitor.send(path, {"csrf_token": token[1]} | (data or {}))


def come_back(house: House, visitor: Visitor) -> None:
    """Days have passed, and a visit ends within hours: the marketer signs in again."""
    with house.database.writing.begin() as session:
        marketer = session.scalars(select(Staff.id).where(Staff.role == "marketer")).one()
        key = visits.begin(session, marketer, house.clock.machine())
    with visitor.client.session_transaction() as visit:
        visit["staff"] = key
