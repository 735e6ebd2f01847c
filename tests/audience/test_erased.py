"""No list brings an erased person back; her own confirmed sign-up does."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, select

from newsletter.audience import erased
from newsletter.delivery import mailboxes, suppression
from newsletter.delivery.models import Mailbox, Suppression
from newsletter.errors import Refused
from newsletter.vault import Vault

READER = "reader@example.com"
VAULT = Vault("a pepper that never rotates")


def bury(desk: Any, address: str = READER, *stops: tuple[str, str]) -> int:
    """A mailbox whose owner was erased, with these stops from before."""
    now = desk.clock.now()
    with desk.database.writing.begin() as session:
        box = mailboxes.find_or_add(session, address, address, now)
        for scope, reason in (*stops, ("all", suppression.ERASED)):
            suppression.suppress(session, box.id, scope, reason, now)
        mailboxes.bury(session, box.id, VAULT.fingerprint(address))
        return box.id


def known(desk: Any, *keys: str) -> set[str]:
    with desk.database.reading() as session:
        return erased.erased(session, VAULT, keys)


def come_back(desk: Any, address: str = READER) -> bool:
    """She signs up, and presses the button in her own mailbox."""
    desk.ask(address)
    confirmed = desk.tap(address)
    with desk.database.writing.begin() as session:
        return erased.welcome_back(session, confirmed.mailbox_id, VAULT, desk.clock.now())


def open_stops(desk: Any, address: str = READER) -> dict[str, str]:
    with desk.database.reading() as session:
        box = session.scalars(select(Mailbox).where(Mailbox.address == address)).one()
        return suppression.stops(session, [box.id]).get(box.id, {})


def test_of_many_addresses_the_erased_ones_are_known(desk):
    bury(desk)
    bury(desk, "other@example.com")
    many = [f"visitor-{number}@example.com" for number in range(2_000)]
    assert known(desk, READER, "somebody@example.com", "other@example.com", *many) == {
        READER,
        "other@example.com",
    }
    assert known(desk) == set()


def test_an_installation_that_erased_nobody_is_asked_once_and_needs_no_pepper(desk):
    desk.ask()
    asked: list[str] = []

    def note(*act: Any) -> None:
        asked.append(act[2])

    engine = desk.database.reading.kw["bind"]
    event.listen(engine, "before_cursor_execute", note)
    try:
        with desk.database.reading() as session:
            assert erased.erased(session, Vault(""), [READER] * 1_000) == set()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len([statement for statement in asked if statement.startswith("SELECT")]) == 1


def test_with_somebody_erased_and_no_pepper_it_refuses_rather_than_let_her_in(desk):
    bury(desk)
    with pytest.raises(Refused, match="NEWSLETTER_PEPPER"), desk.database.reading() as session:
        erased.erased(session, Vault(""), [READER])


def test_with_another_pepper_she_is_not_recognized(desk):
    bury(desk)
    with desk.database.reading() as session:
        assert erased.erased(session, Vault("another pepper"), [READER]) == set()


def test_her_own_confirmed_sign_up_brings_her_back(desk):
    stone = bury(desk)
    desk.ask()
    assert known(desk, READER) == {READER}, "asking is not confirming: anybody may type her address"
    assert come_back(desk)
    assert known(desk, READER) == set()
    with desk.database.reading() as session:
        stop = session.scalars(select(Suppression).where(Suppression.mailbox_id == stone)).one()
    assert stop.released_at == desk.clock.now()
    assert stop.note == "she confirmed a new sign-up"
    assert desk.card()["status"] == "confirmed"


def test_somebody_who_never_left_is_not_welcomed_back(desk):
    bury(desk, "other@example.com")
    assert not come_back(desk)
    assert known(desk, "other@example.com") == {"other@example.com"}


def test_erased_twice_she_comes_back_once(desk):
    bury(desk)
    bury(desk)
    assert come_back(desk)
    assert known(desk, READER) == set()
    assert not come_back(desk)


def test_what_staff_and_complaints_said_holds_for_her_new_row(desk):
    """Coming back by a deletion must not be a way around a stop that is not hers to lift."""
    bury(desk, READER, ("marketing", "complaint"), ("all", "by hand"))
    assert come_back(desk)
    assert open_stops(desk) == {"marketing": "complaint", "all": "by hand"}


def test_what_the_letter_has_disproved_or_she_has_taken_back_does_not_hold(desk):
    bury(desk, READER, ("all", "hard bounce"), ("marketing", "soft bounces"), ("all", suppression.ASKED))
    assert come_back(desk)
    assert open_stops(desk) == {}


def test_a_stop_that_was_lifted_before_stays_lifted(desk):
    now = desk.clock.now()
    with desk.database.writing.begin() as session:
        box = mailboxes.find_or_add(session, READER, READER, now)
        suppression.suppress(session, box.id, "marketing", "complaint", now)
        suppression.release(session, box.id, now, "a mistake")
    bury(desk)
    assert come_back(desk)
    assert open_stops(desk) == {}


def test_staff_cannot_even_name_her(desk):
    """The row has no address any more, so nothing that goes by an address finds it."""
    bury(desk)
    with desk.database.reading() as session:
        assert mailboxes.find(session, READER) is None
        assert mailboxes.find(session, "") is None
