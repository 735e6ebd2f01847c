"""A visitor asks, and from her own mailbox she confirms: every way in, and every way in twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select
from structlog.testing import capture_logs

from newsletter.audience import signup, wordings
from newsletter.audience.addresses import AddressRefused
from newsletter.audience.models import Consent, Subscriber, Subscription, Wording
from newsletter.audience.signup import ConfirmRefused
from newsletter.campaigns import leaving
from newsletter.delivery import suppression
from newsletter.delivery.models import Delivery, Mailbox
from newsletter.errors import NotFound, Refused
from newsletter.links import LinkLapsed, Purpose
from tests.audience.desk import READER, TAP, open_desk

ALL = ["news", "resources", "tips"]


def leave(desk, stop=leaving.leave):
    with desk.database.writing.begin() as session:
        stop(session, desk.person().mailbox_id, desk.clock.now(), TAP)


def count(desk, table):
    with desk.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_a_sign_up_waits_for_her_tap(desk):
    desk.ask(
        first_name="Visitor 014",
        time_zone="America/New_York",
        page="/",
        ip="198.51.100.7",
        user_agent="A phone",
    )
    card = desk.card()
    assert (card["email"], card["first_name"], card["time_zone"]) == (
        READER,
        "Visitor 014",
        "America/New_York",
    )
    assert (card["status"], card["topics"]) == ("pending", ["resources", "tips", "news"])
    (act,) = card["consents"]
    assert act == {
        "at": "2026-03-02T09:30:00+00:00",
        "act": "requested",
        "stream": "marketing",
        "topics": ALL,
        "how": "form",
        "wording": wordings.SIGN_UP.text,
        "wording_sha256": act["wording_sha256"],
        "page": "/",
        "ip": "198.51.100.7",
        "user_agent": "A phone",
    }


def test_the_letter_asks_her_to_confirm_within_seven_days(desk):
    asked = desk.ask()
    (order,) = desk.orders()
    assert (order.letter, order.stream, order.state) == ("mail:confirm", "account", "queued")
    assert (order.mailbox_id, order.person_id) == (asked.mailbox_id, desk.person().id)
    assert order.send_after == desk.clock.now()
    assert order.expires_at == desk.clock.now() + timedelta(days=7)
    assert order.fields["confirm_url"].startswith("https://letters.clinic.example/confirm/")
    assert desk.ids() == (asked.mailbox_id, desk.person().id)
    url = order.fields["confirm_url"]
    desk.clock.advance(days=7)
    with pytest.raises(LinkLapsed):
        desk.links.read(Purpose.CONFIRM, url.rpartition("/")[2], desk.clock.now())


def test_her_tap_confirms_what_waits_and_nothing_has_looked_at_it_yet(desk):
    desk.ask(topics=("tips", "news"))
    desk.clock.advance(hours=3)
    tapped = desk.tap()
    assert tapped.first_time
    assert (desk.card()["status"], desk.card()["topics"]) == ("confirmed", ["tips", "news"])
    assert desk.acts() == [("requested", ["news", "tips"]), ("confirmed", ["news", "tips"])]
    assert desk.card()["consents"][1]["wording"] == wordings.CONFIRM.text
    with desk.database.reading() as session:
        rows = session.scalars(select(Subscription)).all()
        assert {(each.confirmed_at, each.admitted_at) for each in rows} == {(desk.clock.now(), None)}
    assert desk.person().arrivals == 1


def test_a_second_tap_changes_nothing(desk):
    desk.ask()
    first = desk.tap()
    desk.clock.advance(hours=1)
    again = desk.tap()
    assert (again.subscriber_id, again.mailbox_id, again.first_time) == (
        first.subscriber_id,
        first.mailbox_id,
        False,
    )
    assert desk.person().arrivals == 1
    assert len(desk.acts()) == 2


def test_looking_at_the_confirm_page_changes_nothing(desk):
    desk.ask(topics=("tips",))
    with desk.database.reading() as session:  # on SQLite this session cannot write
        waiting = signup.look(session, desk.ids())
    assert (waiting.address, waiting.topics, waiting.done) == (READER, ("tips",), False)
    assert desk.card()["status"] == "pending"
    desk.tap()
    with desk.database.reading() as session:
        assert signup.look(session, desk.ids()).done


def test_a_second_sign_up_while_waiting_adds_topics_and_sends_the_letter_again(desk):
    desk.ask(topics=("tips",), first_name="Visitor 014")
    desk.clock.advance(minutes=5)
    desk.ask(topics=("news",), time_zone="Asia/Kathmandu")
    assert desk.letters() == ["confirm", "confirm"]
    assert (desk.card()["first_name"], desk.card()["time_zone"]) == ("Visitor 014", "Asia/Kathmandu")
    desk.tap()
    assert desk.card()["topics"] == ["tips", "news"]


def test_the_same_address_in_other_letters_is_the_same_person(desk):
    first = desk.ask("Reader@Example.com")
    assert desk.ask("reader@example.COM").mailbox_id == first.mailbox_id
    assert count(desk, Mailbox) == count(desk, Subscriber) == 1
    assert desk.card()["email"] == "Reader@example.com"


def test_after_leaving_she_waits_again_and_her_tap_brings_her_back(desk):
    desk.ask()
    desk.tap()
    with desk.database.writing.begin() as session:  # campaigns have looked
        for each in session.scalars(select(Subscription)):
            each.admitted_at = desk.clock.now()
    leave(desk)
    assert desk.card()["status"] == "unsubscribed"
    desk.clock.advance(days=2)
    desk.ask()
    assert desk.card()["status"] == "pending"
    assert desk.tap().first_time
    assert desk.card()["status"] == "confirmed"
    assert desk.person().arrivals == 2
    assert [act for act, _ in desk.acts()] == [
        "requested",
        "confirmed",
        "withdrawn",
        "requested",
        "confirmed",
    ]
    with desk.database.reading() as session:
        assert {(each.ended_at, each.admitted_at) for each in session.scalars(select(Subscription))} == {
            (None, None)
        }


def test_an_old_link_does_not_bring_back_somebody_who_left(desk):
    desk.ask()
    desk.tap()
    leave(desk)
    with pytest.raises(ConfirmRefused, match="sign up once more"):
        desk.tap()
    assert desk.card()["status"] == "unsubscribed"


def test_leaving_while_waiting_ends_the_waiting(desk):
    desk.ask()
    leave(desk)
    with pytest.raises(ConfirmRefused):
        desk.tap()


def test_another_topic_waits_while_the_confirmed_ones_stay(desk):
    desk.ask(topics=("tips",))
    desk.tap()
    with desk.database.writing.begin() as session:  # campaigns have looked
        session.scalars(select(Subscription)).one().admitted_at = desk.clock.now()
    desk.clock.advance(minutes=10)
    desk.ask(topics=("tips", "news"))
    assert desk.letters() == ["confirm", "confirm"]
    assert (desk.card()["status"], desk.card()["topics"]) == ("confirmed", ["tips"])
    assert not desk.tap().first_time
    assert desk.card()["topics"] == ["tips", "news"]
    assert desk.person().arrivals == 1
    assert desk.acts()[-1] == ("confirmed", ["news"])
    with desk.database.reading() as session:
        admitted = select(func.count()).where(Subscription.admitted_at.is_not(None))
        assert session.scalar(admitted) == 1


def test_somebody_on_the_list_is_told_so_once_a_day(desk):
    desk.ask()
    desk.tap()
    desk.clock.advance(days=2)  # so that it is not the two letters a day that hold
    for _ in range(3):
        desk.ask()
        desk.clock.advance(hours=1)
    assert desk.letters() == ["confirm", "already-subscribed"]
    desk.clock.advance(hours=23)
    desk.ask()
    assert desk.letters() == ["confirm", "already-subscribed", "already-subscribed"]
    assert desk.card()["status"] == "confirmed"


def test_a_form_changes_neither_name_nor_zone_of_somebody_who_hears_from_us(desk):
    desk.ask(first_name="Visitor 014", time_zone="Europe/London")
    desk.tap()
    desk.ask(first_name="Somebody else", time_zone="Asia/Tokyo")
    assert (desk.card()["first_name"], desk.card()["time_zone"]) == ("Visitor 014", "Europe/London")


def test_an_unknown_zone_is_the_clinic_s(desk):
    desk.ask(time_zone="Mars/Olympus")
    assert desk.card()["time_zone"] is None


def test_what_a_form_brings_is_kept_as_data(desk):
    desk.ask(
        first_name="{{ 7*7 }}\x00\u202e<b>" + "x" * 10_000,
        time_zone="\x00" * 10_000,
        form="f\x00\ud800" * 1000,
        page="/\r\nSet-Cookie: a=b" + "x" * 10_000,
        ip="\x00not an address" * 100,
        user_agent="\ud83d\x00" + "u" * 10_000,
    )
    card = desk.card()
    assert card["first_name"].startswith("{{ 7*7 }}<b>xxx")
    assert len(card["first_name"]) == 100
    (act,) = card["consents"]
    assert len(act["page"]) == 200
    assert act["page"].startswith("/ Set-Cookie")
    assert len(act["ip"]) == 45
    assert act["user_agent"] == "u" * 300


@pytest.mark.parametrize(
    ("form", "failure"),
    [
        ({"email": "reader@"}, AddressRefused),
        ({"email": "reader@example.com\r\nBcc: other@example.com"}, AddressRefused),
        ({"topics": ("tips", "gossip")}, NotFound),
        ({"topics": ("x" * 10_000,)}, NotFound),
    ],
)
def test_bad_input_is_refused_in_one_line_and_nothing_is_kept(desk, form, failure):
    with pytest.raises(failure) as refused:
        desk.ask(**form)
    assert len(refused.value.line) < 200
    assert [
        count(desk, table) for table in (Mailbox, Subscriber, Subscription, Consent, Wording, Delivery)
    ] == [0] * 6


def test_an_unknown_topic_is_answered_with_the_known_ones(desk):
    with pytest.raises(NotFound, match="there is no topic “gossip”; right would be resources, tips, news"):
        desk.ask(topics=("gossip",))


def test_without_topics_nobody_can_sign_up(database, clock):
    desk = open_desk(database, clock)
    with database.writing.begin() as session:
        for topic in signup.subscriptions.topics(session):
            session.delete(topic)
    with pytest.raises(Refused, match="newsletter migrate"):
        desk.ask()


@pytest.mark.parametrize("ids", [(1, 999), (999, 1)])
def test_a_link_to_nobody_is_refused_with_the_way_back(desk, ids):
    desk.ask()
    with desk.database.writing.begin() as session, pytest.raises(ConfirmRefused, match="sign up once more"):
        signup.confirm(session, ids, TAP, desk.clock.now())
    assert desk.card()["status"] == "pending"


def test_her_confirmed_sign_up_lifts_the_stop_that_was_hers(desk):
    desk.ask()
    desk.tap()
    leave(desk, leaving.stop_everything)
    desk.clock.advance(days=1)
    desk.ask()
    stops = open_stops(desk)
    assert stops == {"all": "asked"}, "typing an address into a form lifts nothing"
    assert suppression.forbids(stops, "account") is None, "the letter with the way back must leave"
    assert suppression.forbids(stops, "marketing") == "asked"
    desk.tap()
    assert open_stops(desk) == {}


@pytest.mark.parametrize(
    ("scope", "reason"), [("all", "hard bounce"), ("marketing", "complaint"), ("all", "erased")]
)
def test_her_confirmed_sign_up_lifts_no_other_stop(desk, scope, reason):
    asked = desk.ask()
    with desk.database.writing.begin() as session:
        suppression.suppress(session, asked.mailbox_id, scope, reason, desk.clock.now())
        suppression.suppress(session, asked.mailbox_id, "all", "asked", desk.clock.now())
    desk.tap()
    assert open_stops(desk) == {scope: reason}


def test_of_two_stops_the_one_that_is_not_hers_decides(desk):
    asked = desk.ask()
    with desk.database.writing.begin() as session:
        for reason in ("asked", "hard bounce"):
            suppression.suppress(session, asked.mailbox_id, "all", reason, desk.clock.now())
    assert suppression.forbids(open_stops(desk), "account") == "hard bounce"


def test_every_address_costs_the_same_statements(desk):
    """Who is subscribed? The answer's time does not tell: new, waiting, on the list, gone, do not mail."""
    for email in ("waiting", "listed", "gone", "stopped"):
        desk.ask(f"{email}@example.com")
    for email in ("listed", "gone"):
        desk.tap(f"{email}@example.com")
    with desk.database.writing.begin() as session:
        leaving.leave(session, desk.person("gone@example.com").mailbox_id, desk.clock.now(), TAP)
        stopped = desk.person("stopped@example.com").mailbox_id
        suppression.suppress(session, stopped, "all", "hard bounce", desk.clock.now())
    desk.clock.advance(days=2)
    seen = []
    event.listen(
        desk.database.writing.kw["bind"], "before_cursor_execute", lambda *call: seen.append(call[2])
    )
    figures = {}
    for who in ("new", "waiting", "listed", "gone", "stopped"):
        seen.clear()
        desk.ask(f"{who}@example.com", first_name="Visitor 014", time_zone="UTC", ip="198.51.100.7")
        figures[who] = [statement.split()[0] for statement in seen]
    assert len({tuple(statements) for statements in figures.values()}) == 1, figures


def test_the_log_knows_numbers_only(desk):
    with capture_logs() as lines:
        desk.ask(first_name="Visitor 014", ip="198.51.100.7")
        desk.tap()
    assert [line["event"] for line in lines] == ["sign_up.requested", "sign_up.confirmed"]
    assert not any(secret in str(lines) for secret in ("reader", "example.com", "Visitor", "198.51"))


def test_the_wording_is_kept_once_however_many_read_it(desk):
    for number in range(3):
        desk.ask(f"reader{number}@example.com")
    desk.tap("reader0@example.com")
    assert count(desk, Wording) == 2


def open_stops(desk):
    with desk.database.reading() as session:
        mailbox_id = desk.person().mailbox_id
        return suppression.stops(session, [mailbox_id]).get(mailbox_id, {})
