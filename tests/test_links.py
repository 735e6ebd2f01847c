"""Signed links: one purpose each, short, and nobody else's to make."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.links import LinkDamaged, LinkLapsed, Links, Purpose

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
OLD, NEW, OTHER = "an-old-key-" + "o" * 32, "a-new-key-" + "n" * 32, "another-house-" + "x" * 32
LINKS = Links("https://letters.clinic.example/", (NEW, OLD))
IDS = st.lists(st.integers(0, 2**31), max_size=4).map(tuple)


@given(st.sampled_from(Purpose), IDS, st.none() | st.integers(1, 60 * 24 * 400))
def test_what_was_signed_is_read_until_its_time_is_over(purpose, ids, minutes):
    until = None if minutes is None else NOW + timedelta(minutes=minutes)
    token = LINKS.sign(purpose, *ids, until=until)
    assert LINKS.read(purpose, token, NOW) == ids
    if until:
        assert LINKS.read(purpose, token, until - timedelta(seconds=1)) == ids
        with pytest.raises(LinkLapsed) as lapsed:
            LINKS.read(purpose, token, until)
        assert lapsed.value.ids == ids


@pytest.mark.parametrize("ids", [(2**31, 2**31, 4), (2**31, 0, 0), (1, 1, 0)])
def test_an_unsubscribe_token_fits_on_the_line(ids):
    """36 characters at most keep List-Unsubscribe unfolded: facts about mail, "Headers"."""
    assert len(LINKS.sign(Purpose.UNSUBSCRIBE, *ids)) <= 36


@given(st.sampled_from(Purpose), IDS, st.booleans())
def test_every_token_is_url_safe_and_carries_no_padding(purpose, ids, ends):
    token = LINKS.sign(purpose, *ids, until=NOW if ends else None)
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
    assert len(token) <= 64


def test_each_single_flipped_bit_is_noticed():
    token = LINKS.sign(Purpose.CONFIRM, 2**31, 77, until=NOW + timedelta(days=7))
    raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(LinkDamaged):
            LINKS.read(Purpose.CONFIRM, urlsafe_b64encode(flipped).rstrip(b"=").decode(), NOW)


def test_each_changed_lost_or_added_character_is_noticed():
    token = LINKS.sign(Purpose.UNSUBSCRIBE, 12, 34, 0)
    broken = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))]
    broken += [token[:at] + token[at + 1 :] for at in range(len(token))]
    broken += [token[:at] for at in range(len(token))]
    broken += [token + extra for extra in ("A", "=", "==", " ", ".", "\n")]
    for each in broken:
        with pytest.raises(LinkDamaged):
            LINKS.read(Purpose.UNSUBSCRIBE, each, NOW)


@pytest.mark.parametrize("signed", Purpose)
@pytest.mark.parametrize("asked", Purpose)
def test_a_link_of_one_purpose_opens_no_other_door(signed, asked):
    token = LINKS.sign(signed, 1, 2)
    if signed is asked:
        assert LINKS.read(asked, token, NOW) == (1, 2)
        return
    with pytest.raises(LinkDamaged):
        LINKS.read(asked, token, NOW)


def test_old_links_live_through_a_rotation():
    before = Links("https://letters.clinic.example", (OLD,))
    token = before.sign(Purpose.UNSUBSCRIBE, 7, 8, 0)
    assert LINKS.read(Purpose.UNSUBSCRIBE, token, NOW) == (7, 8, 0)
    assert LINKS.sign(Purpose.UNSUBSCRIBE, 7, 8, 0) != token, "the first key signs"
    with pytest.raises(LinkDamaged):
        Links("https://letters.clinic.example", (NEW,)).read(Purpose.UNSUBSCRIBE, token, NOW)


def test_two_keys_with_the_same_short_id_are_told_apart():
    """The id is one byte: with 300 keys some share it, and each still reads its own."""
    keys = tuple(f"key-number-{number:03}-" + "k" * 32 for number in range(300))
    links = Links("https://letters.clinic.example", keys)
    for key in keys:
        token = Links("https://letters.clinic.example", (key,)).sign(Purpose.PREFERENCES, 5)
        assert links.read(Purpose.PREFERENCES, token, NOW) == (5,)


def test_another_house_s_link_is_refused():
    token = Links("https://letters.clinic.example", (OTHER,)).sign(Purpose.CONFIRM, 1, 2)
    with pytest.raises(LinkDamaged):
        LINKS.read(Purpose.CONFIRM, token, NOW)


@given(
    st.text(max_size=80)
    | st.binary(max_size=50).map(lambda raw: urlsafe_b64encode(raw).rstrip(b"=").decode())
)
def test_anything_else_is_refused_in_one_line(token):
    with pytest.raises(LinkDamaged) as refused:
        LINKS.read(Purpose.CONFIRM, token, NOW)
    assert refused.value.line == "This link is not complete. Copy all of it, or use the newest e-mail."


@pytest.mark.parametrize(
    "token", ["", "A", "é" * 20, "\ud800" * 20, "x" * 10_000, "../../etc/passwd", "\x00" * 30]
)
def test_odd_tokens_are_refused_without_a_crash(token):
    with pytest.raises(LinkDamaged):
        LINKS.read(Purpose.CONFIRM, token, NOW)


def test_links_start_with_the_setting_and_one_slash():
    assert LINKS.url("/u/abc") == "https://letters.clinic.example/u/abc"
    assert (
        Links("https://clinic.example/letters", (NEW,)).url("/u/abc")
        == "https://clinic.example/letters/u/abc"
    )
