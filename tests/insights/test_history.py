"""The story of one person: every table that knows a part of it, in one order, without a gap, and nobody else's."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from newsletter import bookmarks
from newsletter.audience.models import Consent, Hold, Subscriber
from newsletter.campaigns.desk import onlookers
from newsletter.campaigns.models import Enrollment, Sequence, StepRun, TimelineVersion
from newsletter.content.models import Email, Version
from newsletter.db import Database
from newsletter.delivery import mailboxes, queue, retention, suppression
from newsletter.delivery.models import Delivery, Event, Suppression
from newsletter.delivery.queue import Order
from newsletter.insights import history, rereading
from newsletter.insights.happenings import SOURCES, Place
from newsletter.links import Links

EVERYBODY = {
    "preferences_url": "https://clinic.example/look/a-test",
    "unsubscribe_url": "https://clinic.example/look/a-test",
    "clinic_name": "Example Skin Clinic",
}


class Life:
    """One person, and what happens to her, an hour apart each time that `later` is said."""

    def __init__(self, database: Database, now: datetime) -> None:
        self.database, self.now = database, now
        self.number = self.person("reader@example.com")

    def person(self, address: str, **more) -> int:
        with self.database.writing.begin() as session:
            box = mailboxes.find_or_add(session, address, address, self.now)
            facts = {"signed_up": True, "source": "test", "created_at": self.now} | more
            one = Subscriber(mailbox_id=box.id, **facts)
            session.add(one)
            session.flush()
            return one.id

    def later(self, **span: float) -> None:
        self.now += timedelta(**span or {"hours": 1})

    def add(self, *rows) -> None:
        with self.database.writing.begin() as session:
            session.add_all(rows)

    def consent(self, act: str = "requested", who: int = 0, **more) -> None:
        facts = {"stream": "marketing", "topics": ["tips"], "how": "form", "at": self.now} | more
        self.add(Consent(subscriber_id=who or self.number, act=act, **facts))

    def hold(self, ended: datetime | None = None) -> None:
        until = self.now + timedelta(days=30)
        self.add(
            Hold(subscriber_id=self.number, kind="break", until=until, created_at=self.now, ended_at=ended)
        )

    def version(self, subject: str = "Hello {{ first_name }}", html: str = "<p>{{ first_name }}</p>") -> int:
        with self.database.writing.begin() as session:
            words = {"subject": subject, "preview_text": "", "html": html, "text": "{{ first_name }}"}
            number = len(session.scalars(select(Version.id)).all())
            email = Email(slug=f"test/{number}", kind="marketing", created_at=self.now)
            session.add(email)
            session.flush()
            made = {"number": 1, "source": {}, "source_hash": "x", "created_at": self.now}
            lists = {"links": [], "fields": [], "warnings": []}
            one = Version(email_id=email.id, **words, **made, **lists)
            session.add(one)
            session.flush()
            return one.id

    def letter(self, key: str, letter: str, state: str = "sent", **more) -> int:
        with self.database.writing.begin() as session:
            person = session.get_one(Subscriber, more.pop("who", self.number))
            facts: dict[str, Any] = {
                "stream": "marketing",
                "mailbox_id": person.mailbox_id,
                "person_id": person.id,
                "letter": letter,
                "fields": {"first_name": "Reader"},
                "send_after": self.now,
                "expires_at": self.now,
            }
            [number] = queue.put(session, [Order(key, **facts | more)], self.now)
            sent = self.now if state == "sent" else None
            session.execute(update(Delivery).where(Delivery.id == number).values(state=state, sent_at=sent))
            return number

    def story(self, before: Place | None = None, who: int = 0) -> history.Page:
        with self.database.reading() as session:
            return history.page(session, session.get_one(Subscriber, who or self.number), before)

    def kinds(self) -> list[str]:
        return [each.kind for each in self.story().happenings]


@pytest.fixture
def life(database, clock) -> Life:
    return Life(database, clock.now())


def test_a_life_without_events_is_empty(life):
    page = life.story()
    assert (page.happenings, page.older) == ((), None)


def test_each_table_tells_its_part_in_the_order_in_which_it_happened(life):
    version = f"version:{life.version()}"
    life.consent()
    life.later()
    life.letter("a", version)
    life.later()
    life.hold(ended=life.now + timedelta(minutes=30))
    life.later()
    with life.database.writing.begin() as session:
        box = session.get_one(Subscriber, life.number).mailbox_id
        suppression.suppress(session, box, "all", "hard bounce", life.now)
        suppression.release(session, box, life.now + timedelta(minutes=1), "a slip")
    life.later()
    life.letter("b", version, "queued", send_after=life.now + timedelta(days=2))
    assert life.kinds() == ["letter", "released", "stopped", "let go", "held", "letter", "consent"]
    subjects = [each.subject for each in life.story().happenings if each.kind == "letter"]
    assert subjects == ["Hello Reader", "Hello Reader"]


def test_a_sequence_tells_its_beginning_its_end_and_what_it_left_out(life):
    with life.database.writing.begin() as session:
        for slug, kind in (("welcome", "marketing"), ("after", "care")):
            facts = {"trigger": "confirmed", "topics": [], "reentry": False, "on_since": life.now}
            sequence = Sequence(slug=slug, name=slug.title(), kind=kind, created_at=life.now, **facts)
            session.add(sequence)
            session.flush()
            timeline = TimelineVersion(sequence_id=sequence.id, number=1, source_hash="x", live_at=life.now)
            session.add(timeline)
            session.flush()
            way = Enrollment(
                sequence_id=sequence.id,
                entry_key="person:1",
                subscriber_id=life.number,
                zone="Europe/Berlin",
                anchors={},
                timeline_id=timeline.id,
                state="exited",
                created_at=life.now,
                ended_at=life.now + timedelta(days=2),
            )
            session.add(way)
            session.flush()
            for each, outcome in enumerate(("queued", "skipped")):
                day = life.now + timedelta(days=1, hours=each)
                moments = {"planned_at": day, "until": day, "decided_at": day}
                session.add(StepRun(enrollment_id=way.id, step_key=f"k{each}", outcome=outcome, **moments))
    page = life.story()
    assert [each.kind for each in page.happenings] == ["ended", "not sent:welcome", "began"], (
        "care is not told"
    )
    assert page.happenings[1].subject == "k1", "its timeline knows it no more"
    assert page.campaigns == {"welcome": "Welcome", "after": "After"}


def test_only_marketing_and_account_are_told_and_only_hers(life):
    version = f"version:{life.version()}"
    other = life.person("other@example.com")
    life.consent(who=other)
    life.consent(stream="care")
    life.letter("other", version, who=other)
    for stream in ("care", "staff", "test", "account", "marketing"):
        life.letter(stream, version, stream=stream)
    life.letter("mailbox", version, person_id=None)
    told = {each.row.dedupe_key for each in life.story().happenings}
    assert told == {"account", "marketing", "mailbox"}


def test_of_a_shared_mailbox_only_what_names_her_is_hers(life):
    version = f"version:{life.version()}"
    partner = life.person("reader@example.com", signed_up=False)
    life.letter("hers", version)
    life.letter("his", version, who=partner)
    life.letter("nobody", version, person_id=None)
    assert [each.row.dedupe_key for each in life.story().happenings] == ["hers"]
    assert [each.row.dedupe_key for each in life.story(who=partner).happenings] == ["his"]


@pytest.mark.parametrize("counted", [False, True])
def test_signs_that_she_read_are_told_where_she_agreed(life, counted):
    number = life.letter("a", f"version:{life.version()}")
    life.later()
    life.add(Event(delivery_id=number, kind="opened", link=0, at=life.now))
    with life.database.writing.begin() as session:
        session.execute(update(Subscriber).values(counted=counted))
    assert life.kinds() == (["event", "letter"] if counted else ["letter"])


def test_every_page_goes_on_where_the_last_one_ended_though_all_happened_at_once(life):
    version = f"version:{life.version()}"
    for each in range(45):
        life.consent(topics=[f"topic-{each}"])
        life.letter(f"letter-{each}", version)
        life.hold(ended=life.now)
    seen: list[Place] = []
    page = life.story()
    while True:
        assert len(page.happenings) <= history.PER_PAGE
        seen += [each.place for each in page.happenings]
        if page.older is None:
            break
        page = life.story(Place.read(str(page.older)))
    assert len(seen) == len(set(seen)) == 45 * 4
    assert seen == sorted(seen, reverse=True)


def test_a_page_that_is_just_full_is_the_last(life):
    for _ in range(history.PER_PAGE):
        life.consent()
    assert life.story().older is None
    life.consent()
    page = life.story()
    assert page.older == page.happenings[-1].place
    assert len(life.story(page.older).happenings) == 1


def test_each_source_has_a_rank_of_its_own(life):
    version = f"version:{life.version()}"
    life.consent()
    life.letter("a", version)
    life.hold(ended=life.now)
    life.add(
        Suppression(
            mailbox_id=1, scope="all", reason="x", created_at=life.now, released_at=life.now, note="n"
        )
    )
    places = [each.place for each in life.story().happenings]
    assert len({place.rank for place in places}) == len(places) == 6
    assert len(SOURCES) == 10


def reread(life: Life, number: int) -> rereading.Reread:
    with life.database.reading() as session:
        return rereading.reread(session, session.get_one(Delivery, number), EVERYBODY)


def test_a_letter_is_read_again_with_what_was_filled_in_then(life):
    number = life.letter("a", f"version:{life.version()}")
    with life.database.writing.begin() as session:
        session.execute(update(Subscriber).values(first_name="Another"))
    again = reread(life, number)
    assert (again.seen.subject, again.seen.html, again.forgotten) == ("Hello Reader", "<p>Reader</p>", False)


def test_whatever_is_a_key_leads_nowhere(life):
    html = '<a href="{{ confirm_url }}">x</a><a href="{{ unsubscribe_url }}">y</a>'
    fields = {"first_name": "Reader", "confirm_url": "https://clinic.example/confirm/secret"}
    number = life.letter("a", f"version:{life.version(html=html)}", fields=fields)
    seen = reread(life, number).seen
    assert "secret" not in seen.html
    assert seen.html.count(EVERYBODY["preferences_url"]) == 2


@pytest.mark.parametrize("letter", ["version:999", "version:x", "mail:no-such-letter", "nonsense"])
def test_a_letter_that_is_not_here_any_more_cannot_be_shown(life, letter):
    assert reread(life, life.letter("a", letter)) == rereading.Reread(None, forgotten=False)


def test_what_retention_has_emptied_is_said_to_be_forgotten(life):
    kept = life.letter("a", f"version:{life.version('Same for all', '<p>Same</p>')}")
    gone = life.letter("b", f"version:{life.version()}")
    later = life.letter("c", f"version:{life.version()}")
    with life.database.writing.begin() as session:
        retention.empty(session, Delivery.id <= gone)
        session.execute(update(Version).values(text="Same"))
        bookmarks.move(session, retention.BODIES, gone)
    assert reread(life, kept).forgotten
    assert reread(life, kept).seen.subject == "Same for all"
    assert reread(life, gone) == rereading.Reread(None, forgotten=True)
    assert not reread(life, later).forgotten


def test_what_stands_for_everybody_is_what_a_test_letter_has(settings):
    links = Links(settings.base_url, settings.secret_keys)
    everybody = onlookers.everybody(settings.clinic, links)
    assert EVERYBODY.keys() <= everybody.keys()
    assert everybody["preferences_url"] == everybody["unsubscribe_url"]
