"""The postman's round: what leaves, what stays, and what is written down of it."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

from newsletter.content.merging import MissingField
from newsletter.delivery import mail, suppression
from newsletter.delivery.sending import BATCH, LOOK_AGAIN, Postman, Verdict
from newsletter.delivery.transports import Outcome
from tests.delivery.office import (
    ACCEPTED,
    DEFERRED,
    DOWN,
    NOBODY,
    READER,
    SILENT,
    Answering,
    Office,
    plain,
)


def refused(kind: Any, reason: str):
    """A gate that stays shut for everybody."""
    return lambda _session, deliveries, _now: {each.id: Verdict(kind, reason) for each in deliveries}


def test_a_due_letter_leaves_once_and_the_row_says_what_left(office: Office):
    out, number = Answering(), office.put(fields={"first_name": "Visitor 014"})
    postman = office.postman(out)
    assert (postman.round(), postman.round()) == (1, 0)
    ((envelope, message),) = out.handed
    assert (envelope.sender, envelope.recipient) == ("letters@clinic.example", READER)
    assert envelope.stream == "marketing"
    row = office.row(number)
    assert (row.state, row.tries, row.sent_at) == ("sent", 1, office.clock.now())
    assert row.message_id == f"<d.{number}@clinic.example>"
    assert f"Message-ID: {row.message_id}".encode() in message
    assert row.digest == mail.digest(message)


def test_what_is_not_due_stays(office: Office):
    out = Answering()
    office.put(send_after=office.clock.now() + timedelta(minutes=1))
    postman = office.postman(out)
    assert postman.round() == 0
    assert out.handed == []
    office.clock.advance(minutes=1)
    assert postman.round() == 1


def test_an_idle_round_writes_nothing(office: Office):
    postman, said = office.postman(), []

    @event.listens_for(Engine, "before_cursor_execute")
    def listen(_connection, _cursor, statement, *_more) -> None:
        said.append(statement.split()[0])

    try:
        assert postman.round() == 0
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    assert set(said) <= {"BEGIN", "SELECT"}


def test_urgent_letters_leave_before_newsletters_also_in_the_middle_of_a_batch(office: Office):
    def another_comes() -> Outcome:
        office.put("urgent@example.com", stream="account")
        return ACCEPTED

    out = Answering([another_comes, ACCEPTED])
    for number in range(3):
        office.put(f"reader-{number}@example.com")
    postman = office.postman(out)
    assert postman.round() == 1
    assert (postman.round(), postman.round()) == (1, 2)
    assert out.recipients == [
        "reader-0@example.com", "urgent@example.com", "reader-1@example.com", "reader-2@example.com"
    ]  # fmt: skip


def test_a_letter_past_its_until_is_not_sent(office: Office):
    out, number = Answering(), office.put(expires_at=office.clock.now() + timedelta(hours=1))
    office.clock.advance(hours=1)
    office.postman(out).round()
    assert out.handed == []
    assert (office.row(number).state, office.row(number).reason) == ("expired", "too late to be useful")


def test_what_the_gate_says_is_done(office: Office):
    out = Answering()
    for kind in ("skipped", "canceled", "expired"):
        number = office.put()
        office.postman(out, gate=refused(kind, "not now")).round()
        row = office.row(number)
        assert (row.state, row.reason, row.tries, row.lease_until) == (kind, "not now", 0, None)
    assert out.handed == []


def test_a_letter_that_has_to_wait_is_looked_at_again_and_leaves_when_it_may(office: Office):
    out, number = Answering(), office.put()
    office.postman(out, gate=refused("wait", "paused")).round()
    row = office.row(number)
    assert (row.state, row.reason, row.tries) == ("queued", "paused", 0)
    assert row.next_try_at == office.clock.now() + LOOK_AGAIN
    postman = office.postman(out)
    assert postman.round() == 0
    office.clock.advance(minutes=10)
    assert postman.round() == 1
    assert office.row(number).state == "sent"


def test_a_stop_written_by_hand_is_seen_at_the_gate(office: Office):
    number = office.put()
    with office.database.writing.begin() as session:
        suppression.suppress(
            session, office.row(number).mailbox_id, "marketing", "complaint", office.clock.now()
        )
    office.force(number, state="queued")  # as if it had been put a moment after the stop
    out = Answering()
    office.postman(out).round()
    assert out.handed == []
    assert (office.row(number).state, office.row(number).reason) == ("skipped", "do not mail: complaint")


def test_a_sender_that_was_thought_dead_sends_nothing_when_it_comes_back(office: Office):
    number, late, other = office.put(), Answering(), Answering()

    def render(letter: str, fields):
        office.force(number, lease_until=office.clock.machine())
        assert office.postman(other, name="two").round() == 2  # taken from the dead, and sent
        return plain(letter, fields)

    office.postman(late, render=render).round()
    assert (len(late.handed), len(other.handed)) == (0, 1)
    row = office.row(number)
    assert (row.state, row.crashes, row.tries, row.epoch) == ("sent", 1, 1, 2)


def test_an_acceptance_that_comes_after_the_lease_lapsed_is_believed(office: Office):
    number = office.put()

    def at_last() -> Outcome:
        office.force(number, lease_until=office.clock.machine())
        assert office.reclaim() == 1
        assert office.row(number).state == "unknown"
        return ACCEPTED

    office.postman(Answering([at_last])).round()
    assert office.row(number).state == "sent"


def test_a_deferred_letter_is_tried_again_with_the_same_message_id_until_it_leaves(office: Office):
    number, out = office.put(), Answering([DEFERRED, DEFERRED, ACCEPTED])
    postman = office.postman(out)
    postman.round()
    assert office.row(number).next_try_at == office.clock.now() + timedelta(minutes=5)
    office.clock.advance(minutes=5)
    postman.round()
    assert office.row(number).next_try_at == office.clock.now() + timedelta(minutes=15)
    office.clock.advance(minutes=15)
    postman.round()
    row = office.row(number)
    assert (row.state, row.tries, row.reason) == ("sent", 3, None)
    assert office.attempts(number) == ["deferred", "deferred", "accepted"]
    assert all(row.message_id.encode() in message for _, message in out.handed)


def test_an_address_that_does_not_exist_gets_nothing_more(office: Office):
    first, second, note = office.put(), office.put(), office.put(stream="care", send_after=_tomorrow(office))
    out = Answering([NOBODY])
    postman = office.postman(out)
    while postman.round():
        pass
    assert office.states([first, second, note]) == ["failed", "canceled", "canceled"]
    assert len(out.handed) == 1
    late = office.put()
    postman.round()
    assert office.row(late).state == "skipped"


def test_a_lost_answer_is_unknown_and_nobody_sends_it_again(office: Office):
    number, out = office.put(), Answering([SILENT])
    postman = office.postman(out)
    postman.round()
    office.clock.advance(days=2)
    assert postman.round() == 0
    assert len(out.handed) == 1
    assert office.row(number).state == "unknown"


def test_a_way_out_that_breaks_its_promise_leaves_an_honest_unknown(office: Office):
    number = office.put()

    def breaks() -> Outcome:
        raise RuntimeError("a bug")

    office.postman(Answering([breaks])).round()
    assert office.row(number).state == "unknown"
    assert office.attempts(number) == ["unknown"]


def test_a_missing_field_is_named_on_the_row(office: Office):
    number, out = office.put(), Answering()

    def render(_letter: str, _fields):
        raise MissingField("first_name")

    office.postman(out, render=render).round()
    assert out.handed == []
    row = office.row(number)
    assert (row.state, row.reason) == ("failed", "missing first_name")


def test_a_letter_that_cannot_be_written_fails_alone(office: Office):
    broken, fine = office.put(letter="version:1"), office.put(letter="version:2")

    def render(letter: str, fields):
        if letter == "version:1":
            raise ZeroDivisionError
        return plain(letter, fields)

    assert office.postman(render=render).round() == 2
    assert office.states([broken, fine]) == ["failed", "sent"]
    assert office.row(broken).reason == "the letter could not be written: the log says why"


def test_a_header_that_must_not_leave_fails_the_letter(office: Office):
    number = office.put("not one address@example.com")
    office.postman().round()
    row = office.row(number)
    assert (row.state, row.tries) == ("failed", 0)
    assert row.reason.startswith("To: ")


def test_a_database_that_blinks_while_a_letter_is_written_ends_no_letter(office: Office):
    numbers = [office.put() for _ in range(3)]

    def render(_letter: str, _fields):
        raise OperationalError("SELECT", {}, Exception("the database went away"))

    with pytest.raises(OperationalError):
        office.postman(render=render).round()
    assert office.states(numbers) == ["claimed", "queued", "queued"]
    office.clock.advance(minutes=1)
    out = Answering()
    postman = office.postman(out)
    while postman.round():
        pass
    assert office.states(numbers) == ["sent"] * 3
    assert [office.row(number).crashes for number in numbers] == [1, 0, 0]


def test_a_bug_that_strikes_one_letter_makes_it_poison_and_hurts_no_other(office: Office):
    suspect, others = office.put("bad@example.com"), [office.put() for _ in range(3)]

    def gate(_session, deliveries, _now):
        if deliveries[0].id == suspect:
            raise ZeroDivisionError
        return {}

    postman = office.postman(gate=gate)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            postman.round()
        office.clock.advance(minutes=1)
    while postman.round():
        pass
    assert office.row(suspect).state == "poison"
    assert office.attempts(suspect) == ["crashed"] * 3
    assert office.states(others) == ["sent"] * 3
    assert [office.row(number).crashes for number in others] == [0, 0, 0]


def test_a_server_that_is_down_costs_one_letter_a_wait_and_no_letter_a_try(office: Office):
    numbers = [office.put(f"reader-{number}@example.com") for number in range(3)]
    out = Answering([DOWN, DOWN, ACCEPTED])
    postman = office.postman(out)
    assert postman.round() == 1
    assert (postman.round(), len(out.handed)) == (0, 1)  # it rests for a second
    office.clock.advance(seconds=1)
    assert postman.round() == 1
    office.clock.advance(seconds=1)
    assert (postman.round(), len(out.handed)) == (0, 2)  # now for two
    office.clock.advance(seconds=1)
    assert postman.round() == 1
    assert [office.row(number).tries for number in numbers] == [0, 0, 1]
    assert office.states(numbers) == ["queued", "queued", "sent"]
    office.clock.advance(minutes=5)
    assert postman.round() == 2
    assert office.states(numbers) == ["sent"] * 3


def test_the_rest_after_failures_has_an_end(office: Office):
    out = Answering([DOWN])
    for number in range(10):
        office.put(f"reader-{number}@example.com")
    postman, waits = office.postman(out), []
    for _ in range(9):
        postman.round()
        rests_until = postman._rests_until or office.clock.at
        waits.append((rests_until - office.clock.at).total_seconds())
        office.clock.at = rests_until
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_refusal_of_one_person_is_no_reason_to_rest(office: Office):
    for number in range(2):
        office.put(f"reader-{number}@example.com")
    assert office.postman(Answering([NOBODY, ACCEPTED])).round() == 2


def test_the_dead_are_buried_while_the_postman_rests(office: Office):
    postman = office.postman(Answering([DOWN]))
    office.put("first@example.com")
    postman.round()
    number = office.put()
    office.claim("dead", lease=0)
    assert postman.round() == 1
    assert office.row(number).state == "queued"


def test_a_gate_that_was_open_too_long_ago_is_not_walked_through(office: Office):
    number, out = office.put(), Answering()

    @event.listens_for(office.database.engine, "commit")
    def slow_disk(_connection) -> None:
        if slow.is_set():
            office.clock.advance(seconds=6)
            slow.clear()

    slow = threading.Event()

    def gate(_session, _deliveries, _now):
        slow.set()  # the gate's own commit takes six seconds
        return {}

    office.postman(out, gate=gate).round()
    assert out.handed == []
    row = office.row(number)
    assert (row.state, row.tries, row.crashes) == ("queued", 0, 0)
    assert office.attempts(number) == ["unwritten"]


def test_a_postman_told_to_stop_finishes_what_is_in_hand_and_gives_back_the_rest(office: Office):
    numbers = [office.put() for _ in range(3)]

    def told_to_stop() -> Outcome:
        postman.stopping.set()
        return ACCEPTED

    postman = office.postman(Answering([told_to_stop]))
    assert postman.round() == 1
    assert office.states(numbers) == ["sent", "queued", "queued"]
    assert [office.row(number).crashes for number in numbers] == [0, 0, 0]


def test_a_round_takes_one_batch(office: Office):
    numbers = [office.put() for _ in range(BATCH + 1)]
    assert office.postman().round() == BATCH
    assert office.states(numbers).count("queued") == 1


def test_two_postmen_on_one_database_deliver_every_letter_once(office: Office):
    numbers = [office.put(f"reader-{number}@example.com") for number in range(60)]
    outs = [Answering(), Answering()]
    postmen = [office.postman(out, name=str(number)) for number, out in enumerate(outs)]
    together = threading.Barrier(2)

    def work(postman: Postman) -> None:
        together.wait()
        while postman.round():
            pass

    threads = [threading.Thread(target=work, args=(postman,)) for postman in postmen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(office.states(numbers)) == {"sent"}
    assert sorted(outs[0].recipients + outs[1].recipients) == sorted(
        f"reader-{number}@example.com" for number in range(60)
    )


def test_an_acceptance_is_written_down_when_the_database_is_back(office: Office):
    number, lost = office.put(), [3]

    @event.listens_for(office.database.engine, "before_cursor_execute")
    def gone(_connection, _cursor, statement, *_more) -> None:
        if lost[0] and handed.is_set() and statement.startswith(("UPDATE", "INSERT")):
            lost[0] -= 1
            raise OperationalError(statement, {}, Exception("the database went away"))

    handed = threading.Event()

    def accept() -> Outcome:
        handed.set()
        return ACCEPTED

    office.postman(Answering([accept])).round()
    assert lost == [0]
    assert office.row(number).state == "sent"
    assert office.attempts(number) == ["accepted"]


def _tomorrow(office: Office) -> datetime:
    return office.clock.now() + timedelta(days=1)


def test_who_agreed_to_be_counted_is_asked_at_once_and_for_newsletters_only(office):
    asked, seen = [], {}

    def agreed(_session, people):
        asked.append(list(people))
        return {7}

    def render(letter, fields):
        seen[letter] = "opened_url" in fields
        return plain(letter, fields)

    for person, stream in ((7, "marketing"), (8, "marketing"), (None, "marketing"), (7, "account")):
        office.put(person_id=person, stream=stream, letter=f"{stream}:{person}")
    sender = office.postman(render=render, agreed=agreed)
    while sender.round():
        pass
    assert asked == [[7, 8]]
    assert seen == {
        "account:7": False,
        "marketing:7": True,
        "marketing:8": False,
        "marketing:None": False,
    }
