"""How much is held about one person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from newsletter.audience.models import Subscriber
from newsletter.delivery.models import Delivery
from newsletter.privacy import counting
from newsletter.privacy.counting import Held


def count(traces: Any, person: Subscriber) -> Held:
    with traces.database.reading() as session:
        return counting.count(session, session.get_one(Subscriber, person.id))


def test_everything_is_counted(traces):
    person = traces.live()
    assert count(traces, person) == Held(
        subscriber_id=person.id,
        topics=3,
        consents=2,
        breaks=1,
        sequences=1,
        emails=3,
        waiting=0,
        practice_letters=3,
        shared=False,
    )


def test_what_waits_is_counted_apart(traces):
    person = traces.live()
    number = traces.queue_failure(person, "550")
    with traces.database.writing.begin() as session:
        session.execute(update(Delivery).where(Delivery.id == number).values(state="queued"))
    assert (count(traces, person).emails, count(traces, person).waiting) == (3, 1)


def test_of_a_shared_mailbox_only_her_own_mail_is_counted(traces):
    person = traces.live()
    with traces.database.writing.begin() as session:
        now = traces.story.clock.now()
        other = Subscriber(mailbox_id=person.mailbox_id, signed_up=False, source="list", created_at=now)
        session.add(other)
        session.flush()
    assert count(traces, person).shared
    assert count(traces, person).emails == 3
    his = count(traces, other)
    assert (his.emails, his.topics, his.consents) == (0, 0, 0)
