"""The link that is mailed first: one hour, once, for one deed, and two letters a day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import delete, update

from newsletter import limits
from newsletter.audience import datalinks
from newsletter.audience.datalinks import Asked, Deed, LinkUsed
from newsletter.audience.models import Consent, Subscriber, Subscription
from newsletter.delivery import mailboxes
from newsletter.errors import NotFound
from newsletter.links import LinkDamaged, LinkLapsed, Purpose
from tests.audience.desk import open_desk

HOUR = timedelta(hours=1)


@pytest.fixture
def reader(desk):
    desk.ask()
    desk.tap()
    desk.clock.advance(days=1)
    return desk.person()


def ask(desk, person, deed=Deed.SHOW):
    with desk.database.writing.begin() as session:
        return datalinks.ask(session, person.id, deed, desk.links, desk.clock.now())


def look(desk, token):
    with desk.database.reading() as session:
        return datalinks.look(session, token, desk.links, desk.clock.now())


def use(desk, token):
    with desk.database.writing.begin() as session:
        return datalinks.use(session, token, desk.links, desk.clock.now())


def letters(desk):
    return [each for each in desk.orders() if each.letter == "mail:data-link"]


def token(desk):
    return letters(desk)[-1].fields["data_url"].rpartition("/")[2]


@pytest.mark.parametrize(
    ("deed", "words"),
    [
        (Deed.SHOW, "see what we hold about you"),
        (Deed.DELETE, "delete your data"),
        (Deed.MOVE, "change your e-mail address"),
    ],
)
def test_the_link_goes_to_her_own_mailbox_and_says_what_it_is_for(desk, reader, deed, words):
    assert ask(desk, reader, deed)
    (letter,) = letters(desk)
    assert (letter.stream, letter.mailbox_id, letter.person_id) == ("account", reader.mailbox_id, reader.id)
    assert letter.fields["deed"] == words
    assert letter.fields["data_url"].startswith("https://letters.clinic.example/data/")
    assert letter.expires_at == desk.clock.now() + HOUR
    assert look(desk, token(desk)) == Asked(reader.mailbox_id, reader.id, deed)


def test_looking_never_uses_it_up(desk, reader):
    ask(desk, reader)
    for _ in range(5):
        look(desk, token(desk))
    assert use(desk, token(desk)).deed is Deed.SHOW


def test_it_works_once(desk, reader):
    ask(desk, reader)
    use(desk, token(desk))
    for again in (look, use):
        with pytest.raises(LinkUsed, match="works once"):
            again(desk, token(desk))


def test_a_use_that_came_to_nothing_leaves_it_good(desk, reader):
    ask(desk, reader)
    with desk.database.writing() as session:
        datalinks.use(session, token(desk), desk.links, desk.clock.now())
        session.rollback()
    assert use(desk, token(desk))


def test_of_two_at_once_one_wins(desk, reader):
    ask(desk, reader)
    start = Barrier(4)

    def press(_number):
        start.wait()
        try:
            use(desk, token(desk))
        except LinkUsed:
            return "used"
        return "won"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(press, range(4))) == ["used"] * 3 + ["won"]


def test_after_an_hour_it_is_over_used_or_not(desk, reader):
    ask(desk, reader)
    link = token(desk)
    desk.clock.advance(minutes=59)
    assert look(desk, link)
    desk.clock.advance(minutes=2)
    for late in (look, use):
        with pytest.raises(LinkLapsed):
            late(desk, link)


def test_what_was_used_stays_used_for_as_long_as_the_link_is_good(desk, reader):
    ask(desk, reader)
    use(desk, token(desk))
    desk.clock.advance(minutes=59, seconds=59)
    with desk.database.writing.begin() as session:
        limits.tidy(session, desk.clock.now())
    with pytest.raises(LinkUsed):
        look(desk, token(desk))


def test_two_links_differ_and_one_does_not_use_up_the_other(desk, reader):
    ask(desk, reader, Deed.DELETE)
    first = token(desk)
    desk.clock.advance(minutes=2)
    ask(desk, reader, Deed.DELETE)
    assert token(desk) != first
    use(desk, first)
    assert use(desk, token(desk)).deed is Deed.DELETE


def test_a_thousand_asks_are_two_letters_a_day(sqlite_database, clock):
    desk = open_desk(sqlite_database, clock)
    desk.ask("visitor014@example.com")
    desk.tap("visitor014@example.com")
    person = desk.person("visitor014@example.com")
    sent = [ask(desk, person, Deed(1 + number % 3)) for number in range(1000)]
    assert sum(sent) == 1
    desk.clock.advance(minutes=2)
    assert [ask(desk, person) for _ in range(3)] == [True, False, False]
    desk.clock.advance(hours=23)
    assert not ask(desk, person)
    desk.clock.advance(hours=1)
    assert ask(desk, person)


def test_her_links_and_the_letters_of_a_sign_up_do_not_use_up_each_other(desk, reader):
    assert ask(desk, reader)
    desk.ask()
    assert desk.letters()[-2:] == ["data-link", "already-subscribed"]


def test_two_people_with_one_mailbox_have_a_link_each(desk, reader):
    with desk.database.writing.begin() as session:
        other = Subscriber(
            mailbox_id=reader.mailbox_id, signed_up=False, source="staff", created_at=desk.clock.now()
        )
        session.add(other)
        session.flush()
    assert ask(desk, reader)
    assert ask(desk, other)
    assert look(desk, token(desk)).subscriber_id == other.id


def test_once_she_has_moved_the_link_in_the_old_mailbox_is_over(desk, reader):
    ask(desk, reader, Deed.DELETE)
    link = token(desk)
    with desk.database.writing.begin() as session:
        box = mailboxes.find_or_add(session, "new@example.com", "new@example.com", desk.clock.now())
        session.execute(update(Subscriber).values(mailbox_id=box.id))
    for over in (look, use):
        with pytest.raises(LinkUsed):
            over(desk, link)


def test_of_somebody_who_is_gone_it_says_what_a_used_link_says(desk, reader):
    ask(desk, reader)
    link = token(desk)
    with desk.database.writing.begin() as session:
        for table in (Subscription, Consent, Subscriber):
            session.execute(delete(table))
    for over in (look, use):
        with pytest.raises(LinkUsed) as gone:
            over(desk, link)
        assert gone.value.line == LinkUsed().line
    with pytest.raises(NotFound):
        ask(desk, reader)


@pytest.mark.parametrize("ids", [(1, 1), (1, 1, 1), (1, 1, 9, 0), (1, 1, 0, 0), (1, 1, 1, 0, 0)])
def test_a_signed_link_of_another_shape_is_damaged(desk, reader, ids):
    link = desk.links.sign(Purpose.DATA, *ids, until=desk.clock.now() + HOUR)
    with pytest.raises(LinkDamaged):
        look(desk, link)


@pytest.mark.parametrize("purpose", [Purpose.PREFERENCES, Purpose.CONFIRM, Purpose.NEW_ADDRESS])
def test_no_other_link_of_ours_opens_her_data(desk, reader, purpose):
    link = desk.links.sign(purpose, reader.mailbox_id, reader.id, 1, 0)
    with pytest.raises(LinkDamaged):
        look(desk, link)


def test_a_token_fits_on_a_line(desk, reader):
    ask(desk, reader)
    assert len(token(desk)) <= 40
