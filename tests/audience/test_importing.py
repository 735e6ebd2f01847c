from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from newsletter.audience import importing, signup
from newsletter.audience.lists.entry import Agreed, Entry
from newsletter.audience.models import Consent, Subscriber, Subscription, Topic
from newsletter.audience.signup import SignUp
from newsletter.delivery import mailboxes, queue, suppression
from newsletter.delivery.models import Delivery, Mailbox, Suppression
from newsletter.delivery.queue import Order
from tests.audience.bringing import VAULT, bring, dump, exported, reasons
from tests.audience.desk import READER, Desk

LIST = (
    "email,first_name,time_zone,topics,tags,confirmed_at,consent_source,consent_wording,plan\n"
    'Reader@example.com,Visitor 014,Asia/Kathmandu,tips,"vip, spring",2024-05-01T09:30:00Z,the desk,Yes please,gold\n'
    "visitor015@example.com,,,,,2024-05-02T09:30:00Z,,,\n"
    "nobody,,,,,,,,\n"
)
LEFT = "email,left_at,cleaned_at\n"


def stops(desk: Desk) -> list[tuple[str, ...]]:
    with desk.database.reading() as session:
        rows = select(Mailbox.address_key, Suppression.scope, Suppression.reason).join(Suppression.mailbox)
        return [tuple(row) for row in session.execute(rows.where(Suppression.released_at.is_(None)))]


def test_people_come_in_with_all_that_the_list_knows(desk):
    taken = bring(desk, LIST, fields=["plan"])
    assert taken.counts == {"new": 2}
    assert len(taken.refused) == 1
    card = desk.card()
    assert (card["email"], card["first_name"], card["time_zone"]) == (
        "Reader@example.com",
        "Visitor 014",
        "Asia/Kathmandu",
    )
    assert (card["status"], card["topics"], card["source"]) == ("confirmed", ["tips"], "import:the desk")
    (act,) = card["consents"]
    assert (act["act"], act["how"], act["page"], act["wording"]) == (
        "confirmed",
        "import",
        "the desk",
        "Yes please",
    )
    assert act["at"] == "2024-05-01T09:30:00+00:00"
    person = desk.person()
    assert (person.tags, person.fields, person.arrivals, person.signed_up) == (
        ["vip", "spring"],
        {"plan": "gold"},
        1,
        True,
    )
    assert desk.card("visitor015@example.com")["topics"] == ["resources", "tips", "news"]


def test_nobody_is_written_to_and_no_sequence_waits_for_them(desk):
    bring(desk, LIST)
    with desk.database.reading() as session:
        assert session.scalars(select(Delivery)).all() == []
        held = session.scalars(select(Subscription)).all()
        assert len(held) == 4
        assert {each.admitted_at for each in held} == {desk.clock.now()}
        assert {each.state for each in held} == {"confirmed"}


def test_without_a_moment_the_importers_word_counts_as_of_now(desk):
    bring(desk, "email\nreader@example.com\n", source="asked at the desk")
    (act,) = desk.card()["consents"]
    assert (act["page"], act["at"]) == ("asked at the desk", "2026-03-02T09:30:00+00:00")


def test_both_acts_of_another_tool_keep_their_moments_and_addresses(desk):
    bring(
        desk,
        "Email Address,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP\n"
        "reader@example.com,2,2020-02-03 04:05:06,192.0.2.7,2020-02-03 04:06:00,198.51.100.7\n",
    )
    acts = [(act["act"], act["at"], act["ip"]) for act in desk.card()["consents"]]
    assert acts == [
        ("requested", "2020-02-03T04:05:06+00:00", "192.0.2.7"),
        ("confirmed", "2020-02-03T04:06:00+00:00", "198.51.100.7"),
    ]
    with desk.database.reading() as session:
        (held, *_) = session.scalars(select(Subscription))
        assert (held.requested_at.minute, held.confirmed_at.minute) == (5, 6)


@pytest.mark.parametrize("most", [1, 100])
def test_a_second_run_changes_nothing(desk, most):
    text = LIST + "READER@example.com,again,,,,,,,\n"
    bring(desk, text, fields=["all"], most=most)
    before = dump(desk.database)
    desk.clock.advance(days=1)
    again = bring(desk, text, fields=["all"], most=most)
    assert dump(desk.database) == before
    assert again.counts == {"known": 2}
    assert [row for row, _ in reasons(again)] == [5, 4] or [row for row, _ in reasons(again)] == [4, 5]


def test_of_somebody_who_hears_from_us_only_what_is_empty_is_filled(desk):
    desk.ask(topics=("tips",), time_zone="Europe/London")
    desk.tap()
    taken = bring(desk, LIST, fields=["plan"])
    assert taken.counts == {"known": 1, "new": 1}
    card, person = desk.card(), desk.person()
    assert (card["first_name"], card["time_zone"], card["topics"]) == (
        "Visitor 014",
        "Europe/London",
        ["tips"],
    )
    assert (person.tags, person.fields) == (["vip", "spring"], {"plan": "gold"})
    assert len(card["consents"]) == 2
    assert "already here" in taken.remarks[0].reason


def test_who_asked_here_is_confirmed_by_proof_and_not_by_a_word(desk):
    desk.ask(topics=("news",))
    word = bring(desk, "email\nreader@example.com\n")
    assert word.counts == {"known": 1}
    assert "we wait for her" in word.remarks[0].reason
    assert desk.card()["status"] == "pending"
    proof = bring(desk, "email,confirmed_at\nreader@example.com,2024-05-01\n")
    assert proof.counts == {"confirmed": 1}
    assert proof.arrived == [desk.person().id]
    assert (desk.card()["status"], desk.card()["topics"]) == ("confirmed", ["news"])
    assert desk.acts() == [("requested", ["news"]), ("confirmed", ["news"])]
    with desk.database.reading() as session:
        assert session.scalars(select(Subscription.admitted_at)).all() == [desk.clock.now()]


def test_who_left_here_stays_away(desk):
    desk.ask()
    desk.tap()
    with desk.database.writing.begin() as session:
        for held in session.scalars(select(Subscription)):
            held.state, held.ended_at = "unsubscribed", desk.clock.now()
    before = dump(desk.database)
    taken = bring(desk, "email,confirmed_at\nreader@example.com,2026-03-01\n")
    assert reasons(taken) == [(2, "she left our letters; only she can come back, by signing up herself")]
    assert dump(desk.database) == before


def test_who_is_on_the_do_not_mail_list_stays_there(desk):
    with desk.database.writing.begin() as session:
        box = mailboxes.find_or_add(session, READER, READER, desk.clock.now())
        suppression.suppress(session, box.id, "all", "hard bounce", desk.clock.now())
    taken = bring(desk, "email\nreader@example.com\n")
    assert reasons(taken) == [(2, "on the do-not-mail list: hard bounce")]
    with desk.database.reading() as session:
        assert session.scalars(select(Subscriber)).all() == []


def test_whose_data_was_deleted_is_not_brought_back(desk):
    with desk.database.writing.begin() as session:
        box = mailboxes.find_or_add(session, READER, READER, desk.clock.now())
        mailboxes.bury(session, box.id, VAULT.fingerprint(READER))
        suppression.suppress(session, box.id, "all", suppression.ERASED, desk.clock.now())
    for text in ("email\nreader@example.com\n", LEFT + "reader@example.com,2024-05-01,\n"):
        taken = bring(desk, text)
        assert reasons(taken) == [(2, importing.DELETED)]
    with desk.database.reading() as session:
        assert session.scalars(select(Mailbox.address)).all() == [""]


def test_leavers_become_do_not_mail_and_never_subscribers(desk):
    taken = bring(
        desk, LEFT + "reader@example.com,2024-05-01,\nvisitor014@example.com,,2024-05-02\n", source=None
    )
    assert taken.counts == {"stopped": 2}
    assert stops(desk) == [
        ("reader@example.com", "marketing", "left elsewhere"),
        ("visitor014@example.com", "all", "cleaned elsewhere"),
    ]
    again = bring(desk, "email\nreader@example.com\n")
    assert reasons(again) == [(2, "on the do-not-mail list: left elsewhere")]
    with desk.database.reading() as session:
        assert session.scalars(select(Subscriber)).all() == []


def test_who_hears_from_us_and_left_elsewhere_is_stopped_with_what_waits(desk):
    desk.ask()
    desk.tap()
    desk.clock.advance(days=2)
    person, now = desk.person(), desk.clock.now()
    with desk.database.writing.begin() as session:
        letter = Order(
            "issue:1", "marketing", person.mailbox_id, "version:1", {}, now, now.replace(year=2027)
        )
        queue.put(session, [letter], now)
    assert bring(desk, LEFT + "reader@example.com,2026-03-03,\n").counts == {"stopped": 1}
    assert [(each.state, each.reason) for each in desk.orders() if each.stream == "marketing"] == [
        ("canceled", "do not mail: left elsewhere")
    ]


def test_a_newer_yes_here_counts_more_than_an_older_leaving_there(desk):
    desk.ask()
    desk.tap()
    taken = bring(desk, LEFT + "reader@example.com,2024-05-01,\n")
    assert (taken.counts, stops(desk)) == ({"known": 1}, [])
    assert "her newer word counts" in taken.remarks[0].reason
    assert bring(desk, LEFT + "reader@example.com,,2024-05-01\n").counts == {"stopped": 1}


def test_her_own_sign_up_lifts_a_leaving_that_a_list_told(desk):
    bring(desk, LEFT + "reader@example.com,2024-05-01,\n")
    desk.ask()
    desk.tap()
    assert (stops(desk), desk.card()["status"]) == ([], "confirmed")
    again = bring(desk, LEFT + "reader@example.com,2024-05-01,\n")
    assert (again.counts, stops(desk)) == ({"known": 1}, [])


def test_a_stop_that_was_lifted_is_not_set_again(desk):
    text = LEFT + "reader@example.com,2024-05-01,\n"
    bring(desk, text)
    with desk.database.writing.begin() as session:
        (box,) = session.scalars(select(Mailbox))
        suppression.release(session, box.id, desk.clock.now(), "she asked at the desk")
    assert bring(desk, text).counts == {"known": 1}
    assert stops(desk) == []
    assert bring(desk, "email\nreader@example.com\n").counts == {"new": 1}


def test_a_patient_who_shares_the_mailbox_is_somebody_else(desk):
    now = desk.clock.now()
    with desk.database.writing.begin() as session:
        box = mailboxes.find_or_add(session, READER, READER, now)
        session.add(Subscriber(mailbox_id=box.id, signed_up=False, source="desk", arrivals=0, created_at=now))
    assert bring(desk, "email\nreader@example.com\n").counts == {"new": 1}
    with desk.database.reading() as session:
        assert sorted(session.scalars(select(Subscriber.signed_up))) == [False, True]


def test_many_words_and_sources_are_kept_once_each(desk):
    rows = "".join(f"visitor{n}@example.com,text {n % 3},desk {n % 2}\n" for n in range(30))
    bring(desk, "email,consent_wording,consent_source\n" + rows, most=7)
    with desk.database.reading() as session:
        acts = session.scalars(select(Consent)).all()
        assert len(acts) == 30
        assert len({act.wording_id for act in acts}) == 3
        assert {act.page for act in acts} == {"desk 0", "desk 1"}


def test_a_slice_that_fails_leaves_nothing_behind(desk):
    now = desk.clock.now()
    entry = Entry(2, READER, READER, topics=("tips",), agreed=Agreed("the old site"))
    with pytest.raises(KeyError), desk.database.writing.begin() as session:
        importing.take(session, [entry], {"news": 1}, VAULT, now)
    assert dump(desk.database)["mailboxes"] == []


def test_two_imports_and_sign_ups_at_once_make_everybody_once(desk):
    names = [f"visitor{n:03}@example.com" for n in range(120)]
    failures: list[BaseException] = []

    def guarded(act, *arguments):
        try:
            act(*arguments)
        except BaseException as failure:
            failures.append(failure)

    def sign_up_all():
        for name in names[::3]:
            with desk.database.writing.begin() as session:
                signup.request(session, SignUp(name), desk.links, desk.clock.now())

    forward, backward = ("email\n" + "\n".join(order) + "\n" for order in (names, names[::-1]))
    acts = [(bring, desk, forward), (bring, desk, backward), (sign_up_all,)]
    threads = [threading.Thread(target=guarded, args=act) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with desk.database.reading() as session:
        assert sorted(session.scalars(select(Mailbox.address_key))) == names
        assert len(session.scalars(select(Subscriber.id)).all()) == len(names)
        topics = len(session.scalars(select(Topic.id)).all())
        assert len(session.scalars(select(Subscription.id)).all()) == len(names) * topics
    assert len(exported(desk.database)) + len(exported(desk.database, "pending")) - 2 == len(names)
