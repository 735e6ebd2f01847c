"""Who holds a letter, until when, and what becomes of what the dead have held."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import select, text

from newsletter.db import Database
from newsletter.delivery import leases
from newsletter.delivery.leases import Claimed, held
from newsletter.delivery.models import ENDED, OPEN, Delivery
from tests.delivery.office import Office


def numbers(claimed: list[Claimed]) -> list[int]:
    return [each.id for each in claimed]


def next_due(office: Office):
    with office.database.reading() as session:
        return leases.next_due(session)


def is_held(office: Office, claimed: Claimed, *states: str) -> bool:
    with office.database.reading() as session:
        return session.scalar(select(Delivery.id).where(*held(claimed, *states))) is not None


def renew(office: Office, claimed: list[Claimed], seconds: float) -> None:
    with office.database.writing.begin() as session:
        leases.renew(session, claimed, office.clock.machine() + timedelta(seconds=seconds))


def test_a_claim_takes_what_is_due_oldest_first_and_brings_all_it_needs(office: Office):
    later = office.put(send_after=office.clock.now() + timedelta(hours=1))
    second = office.put()
    first = office.put(
        "first@example.com", send_after=office.clock.now() - timedelta(hours=1), person_id=7, step="hello"
    )
    claimed = office.claim("one", lease=60)
    assert numbers(claimed) == [first, second]
    assert (claimed[0].address, claimed[0].person_id, claimed[0].step) == ("first@example.com", 7, "hello")
    row = office.row(first)
    assert (row.state, row.claimed_by, row.epoch, claimed[0].epoch) == ("claimed", "one", 1, 1)
    assert row.lease_until == office.clock.machine() + timedelta(seconds=60)
    assert office.row(later).state == "queued"


def test_only_what_is_queued_can_be_claimed(office: Office):
    for state in OPEN + ENDED:
        office.force(office.put(), state=state)
    assert [office.row(number).state for number in numbers(office.claim())] == ["claimed"]
    assert office.claim() == []


def test_no_more_are_taken_than_wanted(office: Office):
    letters = [office.put() for _ in range(3)]
    assert numbers(office.claim(limit=2)) == letters[:2]
    assert numbers(office.claim(limit=2)) == letters[2:]


def test_what_is_urgent_goes_first_and_apart(office: Office):
    letter = office.put(send_after=office.clock.now() - timedelta(days=1))
    urgent = [office.put(stream=stream) for stream in ("care", "account", "staff", "test")]
    assert numbers(office.claim()) == urgent
    assert numbers(office.claim()) == [letter]


def test_two_that_claim_at_once_share_out_the_letters(office: Office):
    letters = {office.put() for _ in range(40)}
    together, taken = threading.Barrier(2), []

    def claim(who: str) -> None:
        together.wait()
        while mine := office.claim(who, limit=3):
            taken.extend(numbers(mine))

    threads = [threading.Thread(target=claim, args=(who,)) for who in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 40
    assert set(taken) == letters


def test_on_postgresql_a_claim_passes_over_what_another_is_taking(postgres_database: Database, clock):
    office = Office(postgres_database, clock)
    first, second = office.put(), office.put()
    until = clock.machine() + timedelta(seconds=60)
    with postgres_database.writing.begin() as slow:
        assert numbers(leases.claim(slow, "slow", clock.now(), until, 1)) == [first]
        assert numbers(office.claim("quick")) == [second]


def test_what_is_given_back_bears_no_mark(office: Office):
    office.put()
    (mine,) = office.claim()
    with office.database.writing.begin() as session:
        leases.give_back(session, mine)
    row = office.row(mine.id)
    assert (row.state, row.crashes, row.tries, row.claimed_by, row.lease_until) == (
        "queued",
        0,
        0,
        None,
        None,
    )
    (again,) = office.claim("two")
    assert again.epoch == 2


def test_only_ones_own_can_be_given_back(office: Office):
    office.put()
    (old,) = office.claim("one", lease=0)
    office.reclaim()
    office.claim("two")
    with office.database.writing.begin() as session:
        leases.give_back(session, old)
    assert office.row(old.id).claimed_by == "two"


def test_a_lease_that_has_not_lapsed_is_left_alone(office: Office):
    number = office.put()
    office.claim(lease=60)
    office.clock.advance(seconds=59)
    with office.database.reading() as session:
        assert not leases.any_lapsed(session, office.clock.machine())
    assert office.reclaim() == 0
    office.clock.advance(seconds=1)
    with office.database.reading() as session:
        assert leases.any_lapsed(session, office.clock.machine())
    assert office.reclaim() == 1
    assert office.row(number).state == "queued"


def test_leases_run_on_the_machine_s_clock_however_the_story_is_turned(office: Office):
    office.clock.real = office.clock.at
    office.put()
    office.claim(lease=60)
    office.clock.at += timedelta(days=24)
    assert office.reclaim() == 0


def test_a_renewed_lease_lasts_and_only_what_is_named_is_renewed(office: Office):
    kept, let_go = office.put(), office.put()
    mine, _ = office.claim(lease=60)
    renew(office, [mine], 120)
    office.clock.advance(seconds=90)
    assert office.reclaim() == 1
    assert office.states([kept, let_go]) == ["claimed", "queued"]


def test_a_sender_thought_dead_renews_nothing(office: Office):
    number = office.put()
    (old,) = office.claim("one", lease=0)
    office.reclaim()
    office.claim("two", lease=60)
    renew(office, [old], 600)
    assert office.row(number).lease_until == office.clock.machine() + timedelta(seconds=60)


def test_on_postgresql_a_renewal_never_waits_for_a_stop(postgres_database: Database, clock):
    office = Office(postgres_database, clock)
    one, two = office.put(), office.put()
    mine = office.claim()
    with postgres_database.writing.begin() as stop:
        stop.execute(text("UPDATE deliveries SET state = 'canceled' WHERE id = :two"), {"two": two})
        renew(office, mine, 600)  # else each would hold what the other wants
        assert office.row(one).lease_until == clock.machine() + timedelta(seconds=600)
    assert office.row(two).state == "canceled"


def test_the_dead_leave_claimed_letters_to_others_and_an_honest_unknown(office: Office):
    claimed, handed = office.put(), office.put()
    office.claim(lease=0)
    office.force(handed, state="handoff")
    assert office.reclaim() == 2
    one, other = office.row(claimed), office.row(handed)
    assert (one.state, one.crashes, one.claimed_by, one.lease_until) == ("queued", 1, None, None)
    assert (other.state, other.crashes) == ("unknown", 1)
    assert other.reason == "the sender died before the mail server answered"
    assert office.attempts(claimed) == office.attempts(handed) == ["crashed"]
    assert office.reclaim() == 0


def test_the_third_crash_makes_poison(office: Office):
    number = office.put()
    for crashes in (1, 2, 3):
        office.claim(lease=0)
        office.reclaim()
        assert office.row(number).crashes == crashes
    row = office.row(number)
    assert row.state == "poison"
    assert "3 failures of the program itself" in row.reason
    assert office.attempts(number) == ["crashed"] * 3
    assert office.claim() == []


def test_a_letter_somebody_died_of_is_claimed_alone(office: Office):
    before, suspect, after = office.put(), office.put(), office.put()
    office.force(suspect, crashes=1)
    assert numbers(office.claim()) == [before, after]
    assert numbers(office.claim()) == [suspect]
    office.put()
    office.force(suspect, state="queued")
    assert numbers(office.claim()) == [suspect]
    assert len(office.claim()) == 1


def test_what_ended_while_it_was_claimed_is_not_reclaimed(office: Office):
    number = office.put()
    office.claim(lease=0)
    office.cancel(number)
    assert office.reclaim() == 0
    assert office.row(number).state == "canceled"


def test_what_is_held_names_the_letter_the_epoch_and_the_state(office: Office):
    office.put()
    (mine,) = office.claim("one", lease=0)
    assert is_held(office, mine, "claimed")
    assert not is_held(office, mine, "handoff")
    office.reclaim()
    (theirs,) = office.claim("two")
    assert not is_held(office, mine, "claimed", "queued")
    assert is_held(office, theirs, "claimed")


def test_the_next_due_moment_is_the_earliest_of_both_lanes(office: Office):
    assert next_due(office) is None
    now = office.clock.now()
    office.put(send_after=now + timedelta(days=2))
    assert next_due(office) == now + timedelta(days=2)
    office.put(stream="account", send_after=now + timedelta(days=1))
    assert next_due(office) == now + timedelta(days=1)
    office.force(office.put(), state="sent")
    assert next_due(office) == now + timedelta(days=1)


def test_urgent_is_what_is_due_and_no_newsletter(office: Office):
    def urgent() -> bool:
        with office.database.reading() as session:
            return leases.any_urgent(session, office.clock.now())

    office.put()
    office.put(stream="care", send_after=office.clock.now() + timedelta(minutes=1))
    assert not urgent()
    office.clock.advance(minutes=1)
    assert urgent()


def test_on_sqlite_finding_what_is_due_uses_the_index_of_its_lane(sqlite_database: Database, clock):
    seen = []
    with sqlite_database.reading() as session:
        connection = session.connection()
        for lane in (leases.URGENT, leases.BULK):
            due = select(Delivery.id).where(leases.QUEUED, lane, Delivery.next_try_at <= clock.now())
            words = str(due.compile(connection, compile_kwargs={"render_postcompile": True}))
            bound = connection.dialect.statement_compiler(connection.dialect, due).construct_params()
            plan = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN {words}", tuple(str(value) for value in bound.values())
            )
            seen.append(plan.one()[3])
    assert "ix_deliveries_due_urgent" in seen[0]
    assert "ix_deliveries_due_marketing" in seen[1]
