"""What was maybe sent and what failed, decided by a person: it goes out once more and no more, or it has arrived."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select, update

from newsletter.delivery import mailboxes, recording, retention, reviving
from newsletter.delivery.leases import Claimed
from newsletter.delivery.models import Delivery
from newsletter.delivery.reviving import Resent
from newsletter.errors import NotFound
from tests.delivery.office import ACCEPTED, NOBODY, READER, SILENT, Answering, Office

TURNS = 4


def put(office: Office, **facts: Any) -> int:
    of: dict[str, Any] = {"person_id": 1, "campaign": "spring-guide"}
    return office.put(**of | facts)


@pytest.fixture
def lost(office: Office) -> Callable[..., int]:
    """`lost()`: an e-mail that was maybe sent; its number."""

    def lose(**facts: Any) -> int:
        number = put(office, **facts)
        office.postman(Answering([SILENT])).round()
        assert office.row(number).state == "unknown"
        return number

    return lose


def again(office: Office, *numbers: int) -> int:
    with office.database.writing.begin() as session:
        return reviving.send_again(session, numbers, office.clock.now())


def resend(office: Office, campaign: str = "spring-guide") -> Resent:
    with office.database.writing.begin() as session:
        return reviving.resend_unknown(session, campaign, office.clock.now())


def settle(office: Office, *numbers: int) -> int:
    with office.database.writing.begin() as session:
        return reviving.settle(session, numbers, office.clock.now())


def test_what_was_maybe_sent_goes_out_once_more_under_the_same_name(office, lost) -> None:
    number = lost()
    first = office.row(number).message_id
    office.clock.advance(hours=1)
    assert resend(office) == Resent(1, 0)
    way = Answering()
    office.postman(way).round()
    row = office.row(number)
    assert (row.state, row.tries, row.reason) == ("sent", 2, None)
    assert row.message_id == first  # a mail program may know it again
    assert way.recipients == [READER]
    assert resend(office) == Resent(0, 0)
    assert again(office, number) == 0


def test_what_is_too_late_and_whose_reader_is_gone_stay_as_they_are(office, lost) -> None:
    late, gone, staff = lost(), lost(), lost(stream="staff", person_id=None, campaign=None)
    other = lost(campaign="summer-guide")
    office.force(late, expires_at=office.clock.now())
    with office.database.writing.begin() as session:
        retention.empty(session, Delivery.id == gone, nobody=True)
    assert resend(office) == Resent(0, 2)
    assert again(office, late, gone, staff) == 1
    assert office.states([late, gone, staff, other]) == ["unknown", "unknown", "queued", "unknown"]


def test_a_campaign_of_which_nothing_was_ever_queued_is_not_found(office, lost) -> None:
    lost()
    with pytest.raises(NotFound, match="no e-mail of “spring-gide” was ever queued"):
        resend(office, "spring-gide")


@pytest.mark.parametrize("state", ["queued", "claimed", "handoff", "sent", "skipped", "canceled", "expired"])
def test_only_what_ended_badly_is_touched(office, state) -> None:
    number = put(office)
    office.force(number, state=state, lease_until=office.clock.machine() + timedelta(minutes=1))
    before = vars(office.row(number))
    assert again(office, number) == settle(office, number) == 0
    after = vars(office.row(number))
    assert {name: after[name] for name in before if name[0] != "_"} == {
        name: value for name, value in before.items() if name[0] != "_"
    }


def test_what_was_refused_is_tried_again_only_by_hand(office) -> None:
    number = put(office)
    office.postman(Answering([replace(NOBODY, enhanced="5.7.1", text="refused by policy")])).round()
    assert office.row(number).state == "failed"
    assert office.postman().round() == 0
    assert again(office, number) == 1
    office.postman().round()
    assert office.row(number).state == "sent"


def test_what_killed_its_senders_is_claimed_alone_and_has_two_lives_left(office) -> None:
    number = put(office)

    def die() -> str:
        assert [each.id for each in office.claim()] == [number]
        office.clock.advance(minutes=2)
        office.reclaim()
        return office.row(number).state

    assert [die() for _ in range(3)] == ["queued", "queued", "poison"]
    assert again(office, number) == 1
    put(office)
    assert [die(), die()] == ["queued", "poison"]


def test_what_arrived_is_sent_at_the_moment_of_its_conversation(office, lost) -> None:
    number, handed_over = lost(), office.clock.now()
    office.clock.advance(days=1)
    failed = put(office)
    office.force(failed, state="failed")
    assert settle(office, number, failed) == 1
    row = office.row(number)
    assert (row.state, row.sent_at, row.reason) == ("sent", handed_over, reviving.ARRIVED)
    assert office.row(failed).state == "failed"
    assert settle(office, number) == resend(office).again == 0


def test_many_go_in_slices(office, monkeypatch) -> None:
    monkeypatch.setattr(reviving, "SLICE", 2)
    numbers = [put(office, address=f"reader{each}@example.com") for each in range(5)]
    with office.database.writing.begin() as session:
        session.execute(update(Delivery).values(state="unknown"))
    assert resend(office) == Resent(5, 0)
    assert set(office.states(numbers)) == {"queued"}
    with office.database.writing.begin() as session:
        session.execute(update(Delivery).values(state="unknown"))
    assert settle(office, *numbers) == 5


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all of them in the same moment; what each returned."""
    together = Barrier(len(acts))

    def act(one: Callable[[], Any]) -> Any:
        together.wait(30)
        return one()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(act, acts))


def test_an_answer_that_comes_late_and_a_colleague_who_sends_again_never_both_win(office, lost) -> None:
    for _ in range(TURNS):
        number = lost()
        row = office.row(number)
        held = Claimed(
            **{name: getattr(row, name) for name in Claimed.__dataclass_fields__ if hasattr(row, name)},
            address=READER,
        )

        def answer(held: Claimed = held) -> str:
            with office.database.writing.begin() as session:
                return recording.record(session, held, ACCEPTED, office.clock.now(), jitter=0)

        recorded, queued = at_once(answer, partial(again, office, number))
        assert (recorded, queued, office.row(number).state) in {
            ("sent", 0, "sent"),
            ("taken away", 1, "queued"),
        }
        office.cancel(number)


def test_two_colleagues_and_two_senders_at_once_make_one_second_copy(office, lost) -> None:
    numbers = [lost() for _ in range(3)]
    ways = [Answering(), Answering()]

    def work(number: int) -> int:
        postman = office.postman(ways[number], name=f"sender {number}")
        return sum(postman.round() for _ in range(8))

    first, second, *_ = at_once(
        lambda: resend(office), lambda: resend(office), lambda: work(0), lambda: work(1)
    )
    assert first.again + second.again == 3
    office.postman(ways[0]).round()
    assert office.states(numbers) == ["sent"] * 3
    assert len(ways[0].handed) + len(ways[1].handed) == 3


def test_while_her_data_is_being_deleted_nothing_goes_out_again(office, lost) -> None:
    number = lost()
    holds, box = Barrier(2), office.mailbox()

    def delete() -> None:
        with office.database.writing.begin() as session:
            mailboxes.lock(session, [box])
            holds.wait(30)
            retention.empty(session, Delivery.person_id == 1, nobody=True)

    def send() -> int:
        holds.wait(30)
        return again(office, number)

    with ThreadPoolExecutor(2) as threads:
        gone, sent = threads.submit(delete), threads.submit(send)
        gone.result(30)
        assert sent.result(30) == 0
    with office.database.reading() as session:
        (row,) = session.execute(select(Delivery.state, Delivery.person_id)).all()
    assert row == ("unknown", None)
