"""What a conversation does to a letter: one table, every outcome, every state."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from newsletter.delivery import recording
from newsletter.delivery.leases import Claimed
from newsletter.delivery.models import ENDED, OPEN
from newsletter.delivery.transports import Outcome
from tests.delivery.office import ACCEPTED, DEFERRED, DOWN, NOBODY, SILENT, Office

FULL = Outcome("refused", 552, "5.2.2", "mailbox full", "recipient", "rcpt")
SPAM = Outcome("refused", 554, "5.7.1", "looks like spam", "sender", "dot")
OURS = Outcome("refused", 550, "5.1.1", "sender address unknown", "sender", "mail")
TOO_BIG = Outcome("refused", None, None, "the letter has 9 bytes; the server takes 8", "sender", "mail")
SOON, NEXT = timedelta(minutes=5), timedelta(minutes=15)


@dataclass(frozen=True)
class Case:
    outcome: Outcome
    state: str
    tries: int
    waits: timedelta | None = None
    suppresses: bool = False
    before: int = 0
    useful_for: timedelta = timedelta(days=3)


CASES = {
    "accepted": Case(ACCEPTED, "sent", 1),
    "deferred: five minutes": Case(DEFERRED, "queued", 1, SOON),
    "deferred again: fifteen": Case(DEFERRED, "queued", 2, NEXT, before=1),
    "deferred until it is useless": Case(DEFERRED, "expired", 1, useful_for=SOON),
    "never written: no try is counted": Case(DOWN, "queued", 0, SOON),
    "never written, and it was tried before": Case(DOWN, "queued", 1, SOON, before=1),
    "no answer": Case(SILENT, "unknown", 1),
    "nobody lives there": Case(NOBODY, "failed", 1, suppresses=True),
    "the mailbox is full": Case(FULL, "failed", 1),
    "they do not like us": Case(SPAM, "failed", 1),
    "a hard code about the sender": Case(OURS, "failed", 1),
    "refused without a word of the server": Case(TOO_BIG, "failed", 1),
}


def hand_over(office: Office, case: Case = CASES["accepted"], address: str = "reader@example.com") -> Claimed:
    """A letter that is being handed over right now."""
    number = office.put(address, expires_at=office.clock.now() + case.useful_for)
    office.force(number, tries=case.before)
    (mine,) = office.claim()
    office.force(number, state="handoff", message_id="<d.1@clinic.example>", digest="0" * 64)
    return mine


def record(office: Office, claimed: Claimed, outcome: Outcome) -> str:
    with office.database.writing.begin() as session:
        return recording.record(session, claimed, outcome, office.clock.now(), jitter=0.0)


def test_every_outcome_has_its_state_and_leaves_its_mark(office: Office):
    for name, case in CASES.items():
        address = f"{name.replace(' ', '-').replace(':', '').replace(',', '')}@example.com"
        mine = hand_over(office, case, address)
        assert record(office, mine, case.outcome) == case.state, name
        row = office.row(mine.id)
        assert (row.state, row.tries, row.crashes) == (case.state, case.tries, 0), name
        assert (row.claimed_by, row.lease_until) == (None, None), name
        assert (row.sent_at is not None) == (case.state == "sent"), name
        if case.waits:
            assert row.next_try_at == office.clock.now() + case.waits, name
        if case.state != "sent":
            assert row.reason, name
        assert bool(office.stops(address)) == case.suppresses, name
        assert office.attempts(mine.id) == [case.outcome.kind], name
        office.cancel(mine.id)


def test_a_hard_refusal_silences_the_address_in_every_stream(office: Office):
    mine = hand_over(office)
    others = [office.put(stream=stream) for stream in ("marketing", "care", "account")]
    elsewhere = office.put("another@example.com")
    record(office, mine, NOBODY)
    assert office.row(mine.id).state == "failed"
    assert office.row(mine.id).reason == "550 5.1.1 no such user"
    assert office.states([*others, elsewhere]) == ["canceled"] * 3 + ["queued"]
    assert office.stops() == [("all", "hard bounce")]


def test_only_what_is_in_handoff_hears_the_answer_and_an_acceptance_also_what_is_unknown(office: Office):
    believed = {"accepted": {"handoff", "unknown"}}
    for outcome in (ACCEPTED, DEFERRED, SILENT):
        for state in OPEN + ENDED:
            mine = hand_over(office)
            office.force(mine.id, state=state, reason="as it was")
            said = record(office, mine, outcome)
            row = office.row(mine.id)
            if state in believed.get(outcome.kind, {"handoff"}):
                assert said == row.state, (outcome.kind, state)
                assert row.reason != "as it was"
            else:
                assert (said, row.state, row.reason) == ("taken away", state, "as it was"), outcome.kind
            assert office.attempts(mine.id) == [outcome.kind]
            office.force(mine.id, state="canceled")


def test_a_sender_thought_dead_changes_nothing_of_a_letter_that_others_hold(office: Office):
    mine = hand_over(office)
    thought_dead = replace(mine, epoch=mine.epoch - 1)
    for outcome in (ACCEPTED, DEFERRED, SILENT, DOWN, SPAM):
        assert record(office, thought_dead, outcome) == "taken away"
        assert office.row(mine.id).state == "handoff"


def test_a_late_acceptance_is_believed(office: Office):
    mine = hand_over(office)
    office.clock.advance(minutes=2)
    office.reclaim()
    assert office.row(mine.id).state == "unknown"
    assert record(office, mine, ACCEPTED) == "sent"
    row = office.row(mine.id)
    assert (row.state, row.reason, row.sent_at) == ("sent", None, office.clock.now())
    assert office.attempts(mine.id) == ["crashed", "accepted"]


def test_an_answer_recorded_twice_is_recorded_once(office: Office):
    """The commit went through and its answer was lost: the second time finds it done."""
    for outcome, state, tries in ((ACCEPTED, "sent", 1), (DEFERRED, "queued", 1), (SILENT, "unknown", 1)):
        mine = hand_over(office)
        record(office, mine, outcome)
        assert record(office, mine, outcome) == "taken away"
        row = office.row(mine.id)
        assert (row.state, row.tries) == (state, tries)
        office.cancel(mine.id)


def test_an_endless_answer_is_cut(office: Office):
    mine = hand_over(office)
    record(office, mine, replace(SPAM, text="5.7.1 " + "x" * 5000))
    assert len(office.row(mine.id).reason) == 200


def test_a_letter_can_end_or_wait_only_while_it_is_claimed_by_us(office: Office):
    for state in OPEN + ENDED:
        mine = hand_over(office)
        office.force(mine.id, state=state, reason="as it was")
        with office.database.writing.begin() as session:
            recording.wait(session, replace(mine, epoch=0), office.clock.now(), "paused")
            assert not recording.end(session, replace(mine, epoch=0), "skipped", "not subscribed any more")
            ended = recording.end(session, mine, "skipped", "not subscribed any more")
        assert ended == (state == "claimed")
        assert office.row(mine.id).reason == ("not subscribed any more" if ended else "as it was")
        office.force(mine.id, state="canceled")


def test_a_letter_that_waits_is_looked_at_again_without_a_try(office: Office):
    office.put()
    (mine,) = office.claim()
    later = office.clock.now() + timedelta(minutes=10)
    with office.database.writing.begin() as session:
        recording.wait(session, mine, later, "paused")
    row = office.row(mine.id)
    assert (row.state, row.reason, row.tries, row.next_try_at) == ("queued", "paused", 0, later)
    assert (row.claimed_by, row.lease_until) == (None, None)
