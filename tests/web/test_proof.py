"""A sum for the browser: asked for in a flood, good once and not for long, checked by Altcha's own package."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import timedelta

import altcha
import pytest

from newsletter.web.site import proof
from tests.web.solving import solved

KEYS = ("the-key-of-today-0123456789abcdef", "the-key-of-yesterday-0123456789ab")


@pytest.fixture(autouse=True)
def _easy(monkeypatch):
    monkeypatch.setattr(proof, "EASIEST", 10)
    monkeypatch.setattr(proof, "SPREAD", 40)


@pytest.fixture
def accepts(database, clock):
    """`accepts(answer)`: what the door says of it, in a transaction of its own."""

    def ask(answer, keys=KEYS):
        with database.writing.begin() as session:
            return proof.is_solved(session, answer, keys, clock.machine())

    return ask


@pytest.fixture
def shipped(monkeypatch):
    """How many forms are free as shipped, for one and for all together; the test counts with a tenth of them."""
    limits = (proof.FREE, proof.FREE_IN_TOTAL)
    monkeypatch.setattr(proof, "FREE", replace(proof.FREE, times=proof.FREE.times // 10))
    monkeypatch.setattr(proof, "FREE_IN_TOTAL", replace(proof.FREE_IN_TOTAL, times=limits[1].times // 10))
    return tuple(limit.times for limit in limits)


@pytest.fixture
def free(database, clock, shipped):
    def ask(ip):
        with database.writing.begin() as session:
            return proof.is_free(session, ip, clock.machine())

    return ask


def test_a_solved_sum_is_good_once(accepts, clock):
    answer = solved(proof.challenge(KEYS, clock.machine()))
    assert accepts(answer)
    assert not accepts(answer)
    assert accepts(solved(proof.challenge(KEYS, clock.machine())))


def test_the_same_solution_in_other_words_is_still_the_same(accepts, clock):
    answer = solved(proof.challenge(KEYS, clock.machine()))
    payload = json.loads(base64.b64decode(answer))
    payload["solution"]["time"] = 4711
    payload["more"] = "of this"
    assert accepts(base64.b64encode(json.dumps(payload, indent=3).encode()).decode())
    assert not accepts(answer)


def test_it_is_good_for_ten_minutes(accepts, clock):
    early, late = (solved(proof.challenge(KEYS, clock.machine())) for _ in range(2))
    clock.advance(minutes=9, seconds=59)
    assert accepts(early)
    clock.advance(seconds=1)
    assert not accepts(late)


def test_after_a_change_of_keys_what_was_asked_before_still_counts(accepts, clock):
    assert accepts(solved(proof.challenge(KEYS[1:], clock.machine())))


def test_a_sum_that_somebody_else_signed_counts_for_nothing(accepts, clock):
    assert not accepts(solved(proof.challenge(("a stranger's key",), clock.machine())))


def test_a_sum_is_not_signed_with_the_bare_key(accepts, clock):
    until = int((clock.machine() + timedelta(minutes=5)).timestamp())
    forged = altcha.create_challenge("SHA-256", 1, counter=5, data={"until": until}, hmac_secret=KEYS[0])
    assert not accepts(solved(forged.to_dict()))


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("parameters", "keyPrefix", "00"),
        ("parameters", "cost", 10**12),
        ("parameters", "algorithm", "PBKDF2/SHA-256"),
        ("parameters", "data", {"until": 9_999_999_999}),
        ("parameters", "data", None),
        ("parameters", "expiresAt", 1),
        ("parameters", "nonce", 7),
        ("solution", "counter", 0),
        ("solution", "counter", -1),
        ("solution", "counter", 2**40),
        ("solution", "counter", "10"),
        ("solution", "derivedKey", "00" * 32),
        ("solution", "derivedKey", None),
    ],
)
def test_whatever_is_changed_the_answer_is_wrong(accepts, clock, part, name, value):
    payload = json.loads(base64.b64decode(solved(proof.challenge(KEYS, clock.machine()))))
    holder = payload["solution"] if part == "solution" else payload["challenge"]["parameters"]
    holder[name] = value
    assert not accepts(base64.b64encode(json.dumps(payload).encode()).decode())


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "x",
        "====",
        "e30=",
        "W10=",
        "bnVsbA==",
        base64.b64encode(b'{"challenge": []}').decode(),
        "é",
        "A" * 3000,
        base64.b64encode(b"[" * 900).decode(),
    ],
    ids=["empty", "x", "signs", "object", "list", "null", "shape", "letter", "long", "deep"],
)
def test_nonsense_is_refused_calmly(accepts, answer):
    assert not accepts(answer)


def test_the_sum_is_as_hard_as_meant(monkeypatch, clock):
    monkeypatch.undo()
    found = altcha.solve_challenge(altcha.Challenge.from_dict(proof.challenge(KEYS, clock.machine())))
    assert proof.EASIEST <= found.counter < proof.EASIEST + proof.SPREAD


def test_so_many_forms_an_hour_are_free_for_one_visitor(free, shipped, clock):
    assert shipped == (240, 1_200)
    assert [free("198.51.100.7") for _ in range(26)] == [True] * 24 + [False] * 2
    assert free("198.51.100.8")
    clock.advance(minutes=proof.minutes_left(clock.machine()))
    assert free("198.51.100.7")


def test_a_household_with_a_network_of_its_own_is_one_visitor(free):
    assert [free(f"2001:db8:1:2::{number:x}") for number in range(1, 26)] == [True] * 24 + [False]
    assert free("2001:db8:1:3::1")


def test_five_visitors_use_up_what_is_free_for_all_together(free):
    assert all(free(f"198.51.100.{number % 5}") for number in range(120))
    assert not free("192.0.2.1")


def test_who_has_used_up_her_own_uses_up_nothing_of_the_others(free):
    for _ in range(40):
        free("198.51.100.7")
    assert free("192.0.2.1")


@pytest.mark.parametrize(
    ("minute", "second", "left"), [(0, 0, 60), (0, 1, 60), (30, 0, 30), (59, 0, 1), (59, 59, 1)]
)
def test_the_minutes_until_forms_are_free_again(clock, minute, second, left):
    moment = clock.now().replace(minute=minute, second=second, microsecond=0)
    assert proof.minutes_left(moment) == left
