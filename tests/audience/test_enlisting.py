"""What staff writes down as somebody's consent: who may be added, in which words, and who may not."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from newsletter.audience import enlisting, subscriptions
from newsletter.audience.addresses import AddressRefused
from newsletter.audience.enlisting import AlreadyHere, Newcomer
from newsletter.audience.models import Consent, Subscriber
from newsletter.campaigns import leaving
from newsletter.delivery import mailboxes, suppression
from newsletter.delivery.models import Mailbox
from newsletter.errors import NotFound, Refused
from newsletter.vault import Vault
from tests.audience.desk import READER, TAP, Desk

VAULT = Vault("a-pepper-of-this-test")
SAID = {"source": "At the desk", "wording": "May we?"}


def add(desk: Desk, email: str = READER, topics: tuple[str, ...] = ("tips",), **more) -> int:
    with desk.database.writing.begin() as session:
        return enlisting.add(session, Newcomer(email, topics, **SAID | more), VAULT, desk.clock.now())


def subscribe(desk: Desk, number: int, *topics: str, **more: str) -> list[str]:
    with desk.database.writing.begin() as session:
        said = SAID | more
        return enlisting.subscribe(session, number, topics, said["source"], said["wording"], desk.clock.now())


def people(desk: Desk) -> int:
    with desk.database.reading() as session:
        return len(session.scalars(select(Subscriber.id)).all())


def acts(desk: Desk) -> list[tuple[str, str, str | None, list[str]]]:
    with desk.database.reading() as session:
        return [
            (a.act, a.how, a.page, a.topics) for a in session.scalars(select(Consent).order_by(Consent.id))
        ]


def test_a_person_is_confirmed_at_once_and_waits_to_be_looked_at(desk):
    number = add(desk, first_name=" A \u202ereader ", time_zone="Europe/Berlin", tags="desk, vip")
    with desk.database.reading() as session:
        one = session.get_one(Subscriber, number)
        assert (one.first_name, one.time_zone, one.tags) == ("A reader", "Europe/Berlin", ["desk", "vip"])
        assert (one.source, one.signed_up, one.arrivals) == ("staff:At the desk", True, 1)
        [held] = subscriptions.of(session, number).values()
        assert (held.state, held.confirmed_at, held.admitted_at) == ("confirmed", desk.clock.now(), None)
    assert acts(desk) == [("confirmed", "staff", "At the desk", ["tips"])]
    assert desk.card()["consents"][0]["wording"] == "May we?"
    assert desk.orders() == [], "she told us; nobody has to be asked again"


def test_without_a_beginning_her_subscriptions_count_as_looked_at(desk):
    number = add(desk, starts=False)
    with desk.database.reading() as session:
        assert {each.admitted_at for each in subscriptions.of(session, number).values()} == {desk.clock.now()}


def test_a_zone_that_is_none_is_left_out(desk):
    add(desk, time_zone="Mars/Olympus")
    assert desk.person().time_zone is None


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"topics": ()}, "choose at least one topic"),
        ({"source": " \u200b"}, "say where she said so"),
        ({"wording": "\n"}, "write what she agreed to"),
    ],
)
def test_what_is_missing_is_refused_before_anything_is_kept(desk, more, says):
    with pytest.raises(Refused, match=says):
        add(desk, **more)
    with pytest.raises(NotFound, match="no topic"):
        add(desk, topics=("no-such-topic",))
    with pytest.raises(AddressRefused):
        add(desk, "no address")
    assert people(desk) == 0
    assert acts(desk) == []


@pytest.mark.parametrize("confirms", [False, True])
def test_who_is_here_already_is_named_by_her_number(desk, confirms):
    desk.ask()
    if confirms:
        desk.tap()
    before = acts(desk)
    with pytest.raises(AlreadyHere) as here:
        add(desk, READER.upper())
    assert here.value.subscriber_id == desk.person().id
    assert acts(desk) == before


def test_who_shares_the_mailbox_without_having_signed_up_does_not_stand_in_the_way(desk):
    with desk.database.writing.begin() as session:
        box = mailboxes.find_or_add(session, READER, READER, desk.clock.now())
        session.add(
            Subscriber(mailbox_id=box.id, signed_up=False, source="care", created_at=desk.clock.now())
        )
    add(desk)
    assert people(desk) == 2


def leave(desk: Desk) -> None:
    with desk.database.writing.begin() as session:
        leaving.leave(session, session.scalars(select(Mailbox.id)).one(), desk.clock.now(), TAP)


def stop(desk: Desk, scope: str, reason: str) -> None:
    with desk.database.writing.begin() as session:
        box = mailboxes.find_or_add(session, READER, READER, desk.clock.now())
        suppression.suppress(session, box.id, scope, reason, desk.clock.now())


def test_who_left_comes_back_by_herself_alone(desk):
    desk.ask()
    number = desk.tap().subscriber_id
    leave(desk)
    with pytest.raises(Refused, match="she left our letters"):
        add(desk)
    with pytest.raises(Refused, match="she left our letters"):
        subscribe(desk, number, "news")
    desk.ask()
    desk.tap()
    assert subscribe(desk, number, "news") == []


@pytest.mark.parametrize(
    ("scope", "reason", "says"),
    [
        ("all", "hard bounce", "address does not exist"),
        ("marketing", "complaint", "marked as spam"),
        ("all", "asked", "she asked for no e-mails at all"),
        ("marketing", "left elsewhere", "she left the list that she came from"),
    ],
)
def test_the_do_not_mail_list_is_asked_first(desk, scope, reason, says):
    stop(desk, scope, reason)
    with pytest.raises(Refused, match=says):
        add(desk)
    assert people(desk) == 0


def test_one_more_topic_is_one_more_act_and_twice_is_once(desk):
    number = add(desk)
    desk.clock.advance(days=1)
    assert subscribe(desk, number, "news", "tips", source="She phoned") == ["news"]
    assert subscribe(desk, number, "news") == []
    assert acts(desk)[1:] == [("confirmed", "staff", "She phoned", ["news"])]
    with pytest.raises(NotFound):
        subscribe(desk, number + 1, "news")


def test_who_waits_for_her_own_tap_may_be_confirmed_by_what_she_told_us(desk):
    desk.ask(topics=("tips",))
    number = desk.person().id
    assert subscribe(desk, number, "tips") == ["tips"]
    assert desk.card()["status"] == "confirmed"
    with desk.database.reading() as session:
        assert session.get_one(Subscriber, number).arrivals == 1


def test_a_stated_source_is_cut_where_its_column_ends(desk):
    add(desk, source="x" * 300)
    assert desk.person().source == f"staff:{'x' * 74}"
    assert acts(desk)[0][2] == "x" * 200
