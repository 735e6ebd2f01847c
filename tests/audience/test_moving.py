"""A new address: asked for from the old mailbox, confirmed from the new one."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from newsletter.audience import datalinks, letters, moving
from newsletter.audience.addresses import AddressRefused
from newsletter.audience.consent import Evidence
from newsletter.audience.datalinks import Deed, LinkUsed
from newsletter.audience.models import Consent, Subscriber, Subscription
from newsletter.audience.moving import MoveRefused
from newsletter.campaigns import leaving
from newsletter.delivery import mailboxes, queue, suppression
from newsletter.delivery.models import Delivery, Suppression
from newsletter.delivery.queue import Order
from newsletter.errors import NotFound
from newsletter.links import LinkDamaged, LinkLapsed, Purpose
from newsletter.vault import Vault
from tests.audience.desk import READER, TAP
from tests.audience.test_at_once import together

NEW = "new@example.com"
VAULT = Vault("a-pepper-of-these-tests")
HOW = Evidence("address-change", "/move", "198.51.100.7", "A reader's phone")


@pytest.fixture
def reader(desk):
    desk.ask(topics=("tips", "news"))
    desk.tap()
    desk.clock.advance(days=1)
    return desk.person()


def data_link(desk, reader):
    with desk.database.writing.begin() as session:
        assert datalinks.ask(session, reader.id, Deed.MOVE, desk.links, desk.clock.now())
    urls = [each.fields["data_url"] for each in desk.orders() if each.letter == "mail:data-link"]
    return urls[-1].rpartition("/")[2]


def ask(desk, token, typed=NEW):
    now = desk.clock.now()
    with desk.database.writing.begin() as session:
        address = moving.judge(session, datalinks.look(session, token, desk.links, now), typed)
        return moving.request(session, token, address, desk.links, now)


def link(desk, reader, typed=NEW):
    """Ask for a move, and open the letter that came to the new address."""
    assert ask(desk, data_link(desk, reader), typed)
    url = [each for each in desk.orders(typed) if each.letter == "mail:new-address"][-1].fields["confirm_url"]
    return url.rpartition("/")[2]


def look(desk, token):
    with desk.database.reading() as session:
        return moving.look(session, moving.read(token, desk.links, desk.clock.now()))


def follow(desk, token):
    now = desk.clock.now()
    with desk.database.writing.begin() as session:
        return moving.follow(session, moving.read(token, desk.links, now), VAULT, HOW, now)


def box(desk, reader):
    with desk.database.reading() as session:
        return session.get_one(Subscriber, reader.id).mailbox_id


def test_the_new_mailbox_is_asked_and_until_then_nothing_changes(desk, reader):
    token = link(desk, reader)
    (letter,) = desk.orders(NEW)
    assert (letter.letter, letter.stream, letter.person_id) == ("mail:new-address", "account", reader.id)
    assert box(desk, reader) == reader.mailbox_id
    assert (look(desk, token).address, look(desk, token).done) == (NEW, False)


def test_her_tap_moves_her_with_topics_name_and_history(desk, reader):
    token = link(desk, reader)
    before = desk.card()
    assert follow(desk, token)
    after = desk.card(NEW)
    assert (after["topics"], after["status"]) == (before["topics"], "confirmed")
    assert after["consents"][:-1] == before["consents"]
    carried = after["consents"][-1]
    assert (carried["act"], carried["how"], carried["topics"]) == (
        "confirmed",
        "address-change",
        ["news", "tips"],
    )
    assert "Move my letters here" in carried["wording"]
    assert look(desk, token).done


def test_she_does_not_arrive_anew(desk, reader):
    follow(desk, link(desk, reader))
    assert desk.person(NEW).arrivals == 1
    with desk.database.reading() as session:
        stamps = session.scalars(select(Subscription.confirmed_at).where(Subscription.state == "confirmed"))
        assert all(stamp < desk.clock.now() for stamp in stamps)


def test_a_second_tap_is_none(desk, reader):
    token = link(desk, reader)
    assert [follow(desk, token), follow(desk, token)] == [True, False]
    assert len(desk.card(NEW)["consents"]) == 3


def test_many_taps_at_once_are_one_move(desk, reader):
    token = link(desk, reader)
    assert sorted(together(lambda _: follow(desk, token), 4)) == [False, False, False, True]


def test_what_waits_goes_along_and_what_is_being_handed_over_stays(desk, reader):
    token = link(desk, reader)
    now = desk.clock.now()
    states = {"queued": "queued", "claimed": "claimed", "in handoff": "handoff", "came": "sent"}
    with desk.database.writing.begin() as session:
        for key, state in states.items():
            order = Order(key, "marketing", reader.mailbox_id, "version:1", {}, now, now, person_id=reader.id)
            queue.put(session, [order], now)
            session.execute(update(Delivery).where(Delivery.dedupe_key == key).values(state=state))
        other = Order("nobody", "marketing", reader.mailbox_id, "version:1", {}, now, now)
        queue.put(session, [other], now)
    follow(desk, token)
    moved = {each.dedupe_key for each in desk.orders(NEW)}
    assert {"queued", "claimed"} <= moved
    assert not moved & {"in handoff", "came", "nobody"}
    assert {each.letter for each in desk.orders() if each.stream == "account"} >= {
        "mail:confirm",
        "mail:data-link",
    }


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("new@", "missing after the @"),
        ("", "Please type"),
        ("new example.com", "no spaces"),
        (READER, "to this address already"),
        ("READER@Example.COM", "to this address already"),
        ("x" * 10_000, "too long"),
        ("new\x00@example.com", "hidden character"),
    ],
)
def test_an_address_that_cannot_be_uses_nothing_up(desk, reader, typed, words):
    token = data_link(desk, reader)
    with pytest.raises(AddressRefused, match=words):
        ask(desk, token, typed)
    assert ask(desk, token)


def test_a_typing_slip_is_kept_as_a_suggestion(desk, reader):
    token = data_link(desk, reader)
    with desk.database.reading() as session:
        asked = datalinks.look(session, token, desk.links, desk.clock.now())
        assert moving.judge(session, asked, "new@gmial.com").suggestion == "new@gmail.com"


def test_the_data_link_works_once(desk, reader):
    token = data_link(desk, reader)
    ask(desk, token)
    with pytest.raises(LinkUsed):
        ask(desk, token, "another@example.com")
    assert desk.orders("another@example.com") == []


def test_a_mailbox_gets_two_such_letters_a_day_together_with_those_of_a_sign_up(desk, reader):
    token = data_link(desk, reader)
    desk.ask(NEW)
    assert not ask(desk, token)  # within two minutes
    desk.clock.advance(minutes=2)
    assert ask(desk, data_link(desk, reader))
    desk.clock.advance(minutes=2)
    desk.ask(NEW)
    assert desk.letters(NEW) == ["confirm", "new-address"]


def test_a_move_counts_against_who_asked(desk, reader, monkeypatch):
    monkeypatch.setattr(letters, "PER_VISITOR", letters.Limit("sign-up-visitor", 1, letters.PER_DAY[1]))
    desk.ask("visitor014@example.com", ip="198.51.100.7")
    token, now = data_link(desk, reader), desk.clock.now()
    with desk.database.writing.begin() as session:
        address = moving.judge(session, datalinks.look(session, token, desk.links, now), NEW)
        assert not moving.request(session, token, address, desk.links, now, "198.51.100.7")


def test_a_stranger_s_mailbox_is_only_asked(desk, reader):
    desk.ask("visitor014@example.com")
    desk.tap("visitor014@example.com")
    before = desk.card("visitor014@example.com")
    desk.clock.advance(hours=1)
    token = link(desk, reader, "visitor014@example.com")
    assert desk.card("visitor014@example.com") == before
    for refused in (look, follow):
        with pytest.raises(MoveRefused, match="on our list by itself"):
            refused(desk, token)
    assert box(desk, reader) == reader.mailbox_id


def test_a_mailbox_of_somebody_who_never_signed_up_may_be_shared(desk, reader):
    token, now = link(desk, reader), desk.clock.now()
    with desk.database.writing.begin() as session:
        theirs = mailboxes.find(session, NEW)
        session.add(Subscriber(mailbox_id=theirs.id, signed_up=False, source="staff", created_at=now))
    assert follow(desk, token)


@pytest.mark.parametrize("reason", ["hard bounce", "complaint", "disabled mailbox"])
def test_an_address_on_the_do_not_mail_list_is_refused(desk, reader, reason):
    token = link(desk, reader)
    with desk.database.writing.begin() as session:
        suppression.suppress(session, mailboxes.find(session, NEW).id, "all", reason, desk.clock.now())
    for refused in (look, follow):
        with pytest.raises(MoveRefused, match="may not write to this address"):
            refused(desk, token)


def test_no_e_mails_at_all_is_taken_back_by_the_tap_in_that_mailbox(desk, reader):
    token = link(desk, reader)
    with desk.database.writing.begin() as session:
        leaving.stop_everything(session, mailboxes.find(session, NEW).id, desk.clock.now(), TAP)
    assert follow(desk, token)
    with desk.database.reading() as session:
        assert session.scalars(select(Suppression.released_at)).one() == desk.clock.now()


def test_who_has_left_meanwhile_is_told_to_sign_up(desk, reader):
    token = link(desk, reader)
    desk.clock.advance(minutes=2)
    unused = data_link(desk, reader)
    with desk.database.writing.begin() as session:
        leaving.leave(session, reader.mailbox_id, desk.clock.now(), TAP)
    for refused in (look, follow):
        with pytest.raises(MoveRefused, match="sign up with it"):
            refused(desk, token)
    with pytest.raises(MoveRefused, match="sign up with it"):
        ask(desk, unused, "another@example.com")


def test_of_two_moves_the_first_tap_counts(desk, reader):
    first = link(desk, reader)
    desk.clock.advance(minutes=2)
    second = link(desk, reader, "newer@example.com")
    follow(desk, second)
    for refused in (look, follow):
        with pytest.raises(MoveRefused, match="another address by now"):
            refused(desk, first)
    assert desk.card("newer@example.com")["status"] == "confirmed"


def test_after_an_erasure_the_link_leads_to_nobody(desk, reader):
    token = link(desk, reader)
    with desk.database.writing.begin() as session:
        for table in (Subscription, Consent, Subscriber):
            session.execute(delete(table))
    for over in (look, follow):
        with pytest.raises(NotFound, match="on our list any more"):
            over(desk, token)


def test_there_and_back_again(desk, reader):
    follow(desk, link(desk, reader))
    desk.clock.advance(days=1)
    moved = desk.person(NEW)
    with desk.database.writing.begin() as session:
        assert datalinks.ask(session, moved.id, Deed.MOVE, desk.links, desk.clock.now())
    url = [each.fields["data_url"] for each in desk.orders(NEW) if each.letter == "mail:data-link"][-1]
    assert ask(desk, url.rpartition("/")[2], READER)
    back = [each for each in desk.orders() if each.letter == "mail:new-address"][-1].fields["confirm_url"]
    assert follow(desk, back.rpartition("/")[2])
    assert box(desk, reader) == reader.mailbox_id


def test_two_who_trade_addresses_at_once_both_keep_theirs(desk, reader):
    desk.ask(NEW)
    desk.tap(NEW)
    desk.clock.advance(days=1)
    other = desk.person(NEW)
    theirs = desk.links.sign(Purpose.NEW_ADDRESS, other.id, other.mailbox_id, reader.mailbox_id)
    mine = desk.links.sign(Purpose.NEW_ADDRESS, reader.id, reader.mailbox_id, other.mailbox_id)

    def press(number):
        with pytest.raises(MoveRefused):
            follow(desk, (mine, theirs)[number % 2])

    together(press, 4)
    assert (box(desk, reader), box(desk, other)) == (reader.mailbox_id, other.mailbox_id)


def test_the_link_is_good_for_seven_days(desk, reader):
    token = link(desk, reader)
    desk.clock.advance(days=6, hours=23)
    assert not look(desk, token).done
    desk.clock.advance(hours=2)
    with pytest.raises(LinkLapsed):
        look(desk, token)


def test_a_link_of_another_kind_moves_nobody(desk, reader):
    for token in (
        desk.links.sign(Purpose.CONFIRM, reader.id, reader.mailbox_id, 2),
        desk.links.sign(Purpose.NEW_ADDRESS, reader.id, reader.mailbox_id),
    ):
        with pytest.raises(LinkDamaged):
            look(desk, token)
