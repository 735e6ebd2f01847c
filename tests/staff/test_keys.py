"""Passwords, codes from a telephone, recovery codes, and the waits after wrong ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from argon2 import PasswordHasher

from newsletter.staff import passwords, patience, recovery, totp, visits
from newsletter.staff.passwords import PasswordRefused
from newsletter.vault import Vault

GOOD = "a short sentence is good"
CLINIC = "Example Skin Clinic"
VAULT = Vault("", ("a key",))


@pytest.mark.parametrize(
    ("password", "line"),
    [
        ("", "at least 12 characters"),
        ("elevenchars", "at least 12 characters"),
        ("x" * 257, "at most 256"),
        ("abababababab", "repeats itself"),
        ("the-owner@example.com", "your address"),
        ("The Owner 2026", "your address"),
        ("ExampleSkinClinic!", "the clinic's name"),
        ("example-skin-clinic-1", "the clinic's name"),
    ],
)
def test_a_password_that_is_easily_guessed_is_refused_in_words_for_the_field(password, line):
    with pytest.raises(PasswordRefused, match=line):
        passwords.judge(password, "the-owner@example.com", CLINIC)


@pytest.mark.parametrize(
    "password", [GOOD, "the owner eats cherries", "läßt 🌿 sich merken", "x" * 250 + "abcdef"]
)
def test_a_sentence_of_ones_own_is_good(password):
    passwords.judge(password, "the-owner@example.com", CLINIC)


def test_a_password_is_kept_as_argon2id_and_checked(session, put, clock):
    one = put()
    mine, phone = (visits.begin(session, one.id, clock.now()) for _ in range(2))
    passwords.choose(session, one, GOOD, CLINIC, mine)
    assert one.password_hash.startswith("$argon2id$")
    assert passwords.check(one.password_hash, GOOD)
    assert not passwords.check(one.password_hash, GOOD + " ")
    assert visits.find(session, mine, clock.now()) is not None
    assert visits.find(session, phone, clock.now()) is None


def test_where_there_is_no_password_none_is_right_and_the_work_is_done_all_the_same(monkeypatch):
    checked = []
    verify = PasswordHasher.verify

    def counting(self, hashed, password):
        checked.append(hashed)
        return verify(self, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    for kept in (None, "", "not a hash at all"):
        assert not passwords.check(kept, GOOD)
    assert len(checked) == 3
    assert checked[0].startswith("$argon2id$")


def test_a_hash_at_yesterdays_costs_is_made_anew():
    cheap = PasswordHasher(time_cost=1, memory_cost=1024).hash(GOOD)
    better = passwords.renewed(cheap, GOOD)
    assert better is not None
    assert passwords.check(better, GOOD)
    assert passwords.renewed(better, GOOD) is None


def telephone(shared: str, at: datetime) -> str:
    return pyotp.TOTP(shared).at(at)


def test_a_code_is_good_one_step_early_and_late_and_no_more(clock):
    shared = totp.secret()
    for seconds, good in ((0, True), (-30, True), (30, True), (-90, False), (90, False)):
        code = telephone(shared, clock.now() + timedelta(seconds=seconds))
        assert (totp.step_of(shared, code, clock.now()) is not None) is good


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "１２３４５６", "\0", "0" * 5000])
def test_what_is_no_code_is_wrong_and_breaks_nothing(clock, typed):
    assert totp.step_of("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", typed, clock.now()) is None


def test_the_codes_are_those_of_the_standard():
    """RFC 6238, appendix B, the last six of its eight digits."""
    shared = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert totp.step_of(shared, "287082", datetime.fromtimestamp(59, UTC)) == 1
    assert totp.step_of(shared, "005 924", datetime.fromtimestamp(1234567890, UTC)) == 1234567890 // 30


def test_no_code_is_taken_twice_nor_an_earlier_one_after_it(session, put, clock):
    one, shared = put(), totp.secret()
    totp.turn_on(one, shared, 0, VAULT)
    session.flush()
    assert shared not in one.totp_secret
    earlier = telephone(shared, clock.now() - timedelta(seconds=30))
    code = telephone(shared, clock.now())
    assert totp.take(session, one, code, VAULT, clock.machine())
    assert not totp.take(session, one, code, VAULT, clock.machine())
    assert not totp.take(session, one, earlier, VAULT, clock.machine())
    clock.advance(seconds=30)
    assert totp.take(session, one, telephone(shared, clock.now()), VAULT, clock.machine())
    totp.turn_off(one)
    clock.advance(seconds=30)
    assert not totp.take(session, one, telephone(shared, clock.now()), VAULT, clock.machine())


def test_eight_recovery_codes_each_good_once_and_hers_alone(session, put, clock):
    one, other = put(), put("x@example.com")
    codes = recovery.renew(session, one.id)
    assert len(set(codes)) == 8
    assert not recovery.take(session, other.id, codes[0], clock.now())
    assert recovery.take(session, one.id, codes[0].upper().replace("-", " "), clock.now())
    assert not recovery.take(session, one.id, codes[0], clock.now())
    assert not recovery.take(session, one.id, "", clock.now())
    assert recovery.left(session, one.id) == 7
    fresh = recovery.renew(session, one.id)
    assert not recovery.take(session, one.id, codes[1], clock.now())
    assert recovery.take(session, one.id, fresh[0], clock.now())


@pytest.mark.parametrize(
    ("tries", "minutes"), [(0, 0), (4, 0), (5, 1), (6, 2), (7, 4), (8, 8), (9, 15), (10, 15), (10_000, 15)]
)
def test_the_waits_grow_and_have_an_end(tries, minutes):
    assert patience.pause(tries) == timedelta(minutes=minutes)


def test_five_tries_are_free_and_then_one_waits_a_minute_truly(session, clock):
    subjects = ("address:x", "from:203.0.113.9")
    assert [patience.knock(session, subjects, clock.machine()) for _ in range(5)] == [timedelta(0)] * 5
    assert patience.knock(session, subjects, clock.machine()) == timedelta(minutes=1)
    clock.advance(seconds=20)
    assert patience.knock(session, subjects, clock.machine()) == timedelta(seconds=40), (
        "a try in a wait prolongs it"
    )
    assert patience.knock(session, ("address:y", "from:203.0.113.9"), clock.machine()) > timedelta(0)
    assert patience.knock(session, ("address:y", "from:198.51.100.7"), clock.machine()) == timedelta(0)
    clock.advance(seconds=40)
    assert patience.knock(session, subjects, clock.machine()) == timedelta(0)
    assert patience.knock(session, subjects, clock.machine()) == timedelta(minutes=2)


def test_what_was_right_ends_the_row_and_so_does_a_day(session, clock):
    for end in (lambda: patience.forgive(session, ["x"]), lambda: clock.advance(days=1, seconds=1)):
        while not patience.knock(session, ["x"], clock.machine()):
            pass
        end()
        free = [patience.knock(session, ["x"], clock.machine()) for _ in range(6)]
        assert free == [timedelta(0)] * 5 + [timedelta(minutes=1)]


def test_a_hundred_wrong_tries_lock_nobody_out_for_longer_than_a_quarter_of_an_hour(session, clock):
    for _ in range(100):
        wait = patience.knock(session, ["x"], clock.machine())
        assert wait <= timedelta(minutes=15)
        clock.advance(seconds=wait.total_seconds())
    clock.advance(minutes=15)
    assert patience.knock(session, ["x"], clock.machine()) == timedelta(0)
