"""The do-not-mail list in the hands of staff: by hand onto it, by a note off it, and never past her own word."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from newsletter.audience import blocking
from newsletter.audience.addresses import AddressRefused
from newsletter.delivery import mailboxes, queue, suppression
from newsletter.delivery.models import Delivery, Mailbox, Suppression
from newsletter.delivery.queue import Order
from newsletter.errors import NotFound, Refused
from tests.audience.desk import READER, Desk


def add(desk: Desk, email: str = READER, scope: str = "all", why: str = "She phoned") -> bool:
    with desk.database.writing.begin() as session:
        return blocking.add(session, email, scope, why, desk.clock.now())


def suppress(desk: Desk, reason: str, email: str = READER, scope: str = "all") -> int:
    with desk.database.writing.begin() as session:
        box = mailboxes.find_or_add(session, email, email, desk.clock.now())
        suppression.suppress(session, box.id, scope, reason, desk.clock.now())
        return box.id


def release(desk: Desk, number: int, note: str = "A slip") -> int:
    with desk.database.writing.begin() as session:
        return blocking.release(session, number, note, desk.clock.now())


def open_reasons(desk: Desk, number: int) -> list[str]:
    with desk.database.reading() as session:
        return [each.reason for each in blocking.standing(session, number)]


def listed(desk: Desk, *given, **more) -> list[str]:
    with desk.database.reading() as session:
        return [stop.mailbox.address for stop in blocking.page(session, *given, **more).stops]


def test_an_address_that_nobody_knew_is_stopped_once(desk):
    assert add(desk)
    assert not add(desk, READER.upper(), why="Once more")
    with desk.database.reading() as session:
        [stop] = session.scalars(select(Suppression)).all()
        assert (stop.scope, stop.reason, stop.evidence) == ("all", "by hand", "She phoned")
        assert stop.created_at == desk.clock.now()


def test_what_waits_is_canceled(desk):
    desk.ask()
    add(desk)
    assert [each.state for each in desk.orders()] == ["canceled"]


def test_news_alone_may_be_stopped(desk):
    desk.ask()
    number = desk.person().mailbox_id
    order = Order("x", "marketing", number, "version:1", {}, desk.clock.now(), desk.clock.now())
    with desk.database.writing.begin() as session:
        queue.put(session, [order], desk.clock.now())
    add(desk, scope="marketing")
    with desk.database.reading() as session:
        states = dict(session.execute(select(Delivery.stream, Delivery.state)).all())
    assert states == {"account": "queued", "marketing": "canceled"}


@pytest.mark.parametrize(
    ("email", "scope", "why", "says"),
    [
        ("no address", "all", "x", "."),
        (READER, "some", "x", "choose which letters stop"),
        (READER, "all", " \u200b ", "say why"),
    ],
)
def test_what_is_missing_is_refused_and_nothing_is_kept(desk, email, scope, why, says):
    with pytest.raises((Refused, AddressRefused), match=says):
        add(desk, email, scope, why)
    with desk.database.reading() as session:
        assert session.scalars(select(Mailbox.id)).all() == []


def test_a_release_lifts_what_is_not_hers_and_keeps_the_note(desk):
    number = suppress(desk, "hard bounce")
    suppress(desk, "complaint", scope="marketing")
    suppress(desk, suppression.ASKED)
    assert release(desk, number, "  The mailbox\nis back ") == 2
    assert open_reasons(desk, number) == [suppression.ASKED]
    with desk.database.reading() as session:
        notes = {each.reason: each.note for each in session.scalars(select(Suppression))}
    assert notes == {"hard bounce": "The mailbox is back", "complaint": "The mailbox is back", "asked": None}


@pytest.mark.parametrize("reason", blocking.HERS)
def test_her_own_word_is_not_lifted_by_any_note(desk, reason):
    number = suppress(desk, reason)
    with pytest.raises(Refused, match="she did this herself"):
        release(desk, number)
    assert open_reasons(desk, number) == [reason]
    assert blocking.is_hers(reason)


def test_a_release_needs_a_note_and_something_to_lift(desk):
    number = suppress(desk, "hard bounce")
    with pytest.raises(Refused, match="say why this address may be mailed again"):
        release(desk, number, " ")
    assert release(desk, number) == 1
    with pytest.raises(NotFound):
        release(desk, number)
    assert add(desk), "what was lifted may be set again"


def test_the_list_is_newest_first_and_found_by_address_and_reason(desk):
    for reason, email in (("hard bounce", "a_1@example.com"), ("complaint", "a%2@example.com")):
        suppress(desk, reason, email)
    add(desk, "b@example.com")
    assert listed(desk) == ["b@example.com", "a%2@example.com", "a_1@example.com"]
    assert listed(desk, "A") == ["a%2@example.com", "a_1@example.com"]
    assert listed(desk, "a_") == ["a_1@example.com"]
    assert listed(desk, "a%") == ["a%2@example.com"]
    assert listed(desk, reason="complaint") == ["a%2@example.com"]
    assert listed(desk, "b", "complaint") == []
    with desk.database.reading() as session:
        assert blocking.reasons(session) == ["by hand", "complaint", "hard bounce"]


def test_pages_meet_and_name_who_has_the_address(desk, monkeypatch):
    monkeypatch.setattr(blocking, "PER_PAGE", 2)
    desk.ask("c3@example.com")
    for each in range(5):
        suppress(desk, "hard bounce", f"c{each}@example.com")
    with desk.database.reading() as session:
        first = blocking.page(session)
        second = blocking.page(session, before=first.stops[-1].id)
        third = blocking.page(session, before=second.stops[-1].id)
    assert [page.more for page in (first, second, third)] == [True, True, False]
    seen = [stop.mailbox.address for page in (first, second, third) for stop in page.stops]
    assert seen == [f"c{each}@example.com" for each in (4, 3, 2, 1, 0)]
    person = desk.person("c3@example.com")
    assert first.people == {person.mailbox_id: person.id}


@pytest.mark.parametrize("reason", ["asked", "erased", "by hand", "hard bounce", "complaint", "soft bounces"])
def test_every_reason_of_ours_has_words(reason):
    assert blocking.said(reason) != reason
    assert blocking.said("a reason of tomorrow") == "a reason of tomorrow"
