"""An address is judged in words that a visitor understands, and nothing she could mean is refused."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsletter.audience import addresses
from newsletter.audience.addresses import AddressRefused, judge

AFTER = "Something seems to be missing after the @."


@pytest.mark.parametrize(
    ("typed", "address", "key"),
    [
        ("reader@example.com", "reader@example.com", "reader@example.com"),
        ("  reader@example.com\u00a0", "reader@example.com", "reader@example.com"),
        ("Reader@EXAMPLE.com", "Reader@example.com", "reader@example.com"),
        ("r.e.a.d.e.r@gmail.com", "r.e.a.d.e.r@gmail.com", "r.e.a.d.e.r@gmail.com"),
        ("reader+news@example.com", "reader+news@example.com", "reader+news@example.com"),
        ("reader@exämple.com", "reader@exämple.com", "reader@xn--exmple-cua.com"),
        ("reader@XN--EXMPLE-CUA.com", "reader@exämple.com", "reader@xn--exmple-cua.com"),
        ("Résumé@example.com", "Résumé@example.com", "résumé@example.com"),
        ("Re\u0301sume\u0301@example.com", "Résumé@example.com", "résumé@example.com"),
        ("用户@例子.广告", "用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"),
        ("مرحبا@example.com", "مرحبا@example.com", "مرحبا@example.com"),
        ("😀@example.com", "😀@example.com", "😀@example.com"),
        ("{{7*7}}@example.com", "{{7*7}}@example.com", "{{7*7}}@example.com"),
        ("o'reader@example.com", "o'reader@example.com", "o'reader@example.com"),
        ("x" * 64 + "@example.com", "x" * 64 + "@example.com", "x" * 64 + "@example.com"),
    ],
)
def test_a_good_address_is_taken_as_it_is_meant(typed, address, key):
    judged = judge(typed)
    assert (judged.address, judged.key) == (address, key)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Please type your e-mail address."),
        ("   ", "Please type your e-mail address."),
        ("reader", "Something seems to be missing: an address looks like reader@example.com."),
        ("reader@", AFTER),
        ("reader@gmail", AFTER),
        ("reader@.", AFTER),
        ("@example.com", "Something seems to be missing before the @."),
        ("reader@example@com.example", "An e-mail address has one @ only."),
        ("a reader@example.com", "An e-mail address has no spaces."),
        ("x" * 10_000, "This is too long for an e-mail address."),
        ("x" * 10_000 + "@example.com", "This is too long for an e-mail address."),
        ("reader\x00@example.com", addresses.HIDDEN),
        ("reader@example.com\r\nBcc: other@example.com", addresses.HIDDEN),
        ("reader@example.com\n", addresses.HIDDEN),
        ("\u202ereader@example.com", addresses.HIDDEN),
        ("rea\u200bder@example.com", addresses.HIDDEN),
        ("reader\u2028@example.com", addresses.HIDDEN),
        ("reader\x85@example.com", addresses.HIDDEN),
        ("reader\ud800@example.com", addresses.HIDDEN),
        ("reader@😀.com", addresses.ODD),
        ("x" * 65 + "@example.com", addresses.ODD),
        ("reader@example..com", addresses.ODD),
        ("reader@[192.0.2.1]", addresses.ODD),
        ('"a,b"@example.com', addresses.ODD),
        ("<reader@example.com>", addresses.ODD),
        ("<script>@example.com", addresses.ODD),
        ("reader@-example.com", addresses.ODD),
        ("reader@printer.local", addresses.ODD),
        ("reader,other@example.com", addresses.ODD),
    ],
)
def test_what_is_no_address_is_refused_in_one_line(typed, message):
    with pytest.raises(AddressRefused) as refused:
        judge(typed)
    assert refused.value.line == message


def test_two_people_whose_letters_look_alike_are_two_people():
    """GitHub once mailed a password to "ı" when "i" was meant: folding is not lowering."""
    keys = {
        judge(f"{local}@example.com").key
        for local in ("fiona", "ﬁona", "fıona", "straße", "strasse", "ſtraße")
    }
    assert len(keys) == 6


@given(st.characters(min_codepoint=0x80))
@example("\N{KELVIN SIGN}")
@example("İ")
def test_no_foreign_letter_becomes_an_ascii_one(letter):
    try:
        key = judge(f"a{letter}z@example.com").key
    except AddressRefused:
        return
    assert not key.isascii() or unicodedata.normalize("NFC", letter).isascii()


@given(st.text(max_size=300))
@example("İ@example.com")
@example("a@b@c")
def test_any_text_is_judged_or_refused_and_judging_twice_changes_nothing(text):
    try:
        judged = judge(text)
    except AddressRefused:
        return
    assert judge(judged.address).key == judge(judged.key).key == judged.key


@given(
    st.text(alphabet="Aaéß.+-_İ", min_size=1, max_size=20), st.sampled_from(["Example.COM", "EXÄMPLE.com"])
)
def test_the_key_of_a_good_address_is_stable(local, domain):
    try:
        judged = judge(f"{local}@{domain}")
    except AddressRefused:
        return
    again = judge(judged.address)
    assert (again.address, again.key) == (judged.address, judged.key)
    assert judge(judged.key).key == judged.key
    assert judged.key.rpartition("@")[2].isascii()


def test_a_slip_is_answered_with_the_whole_address_that_was_meant():
    judged = judge("Reader+1@gmial.com")
    assert (judged.address, judged.suggestion) == ("Reader+1@gmial.com", "Reader+1@gmail.com")


def test_a_refused_address_may_know_what_was_meant_too():
    with pytest.raises(AddressRefused) as refused:
        judge("reader@gmail")
    assert refused.value.suggestion == "reader@gmail.com"


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("reader@example.com", "r...r@example.com"),
        ("abc@example.com", "a...c@example.com"),
        ("ab@example.com", "a...@example.com"),
        ("a@example.com", "a...@example.com"),
        ("用户名@例子.广告", "用...名@例子.广告"),
    ],
)
def test_a_masked_address_gives_away_two_letters_at_most(address, masked):
    assert addresses.masked(address) == masked


@pytest.mark.parametrize(
    ("key", "plainly"),
    [
        ("reader@example.com", "reader@example.com"),
        ("reader+tag@example.com", "reader@example.com"),
        ("reader+tag+more@example.com", "reader@example.com"),
        ("+tag@example.com", "+tag@example.com"),
        ("r.e.a.d.e.r@example.com", "r.e.a.d.e.r@example.com"),
        ("r.e.a.d.e.r+x@gmail.com", "reader@gmail.com"),
        ("rea.der@googlemail.com", "reader@gmail.com"),
    ],
)
def test_for_limits_spellings_of_one_inbox_are_one(key, plainly):
    assert addresses.spelled_plainly(key) == plainly
    assert addresses.spelled_plainly(plainly) == plainly


@pytest.mark.parametrize(
    ("typed", "taken", "meant"),
    [
        ("reader@gmial.com", "reader@gmail.com", "reader@gmail.com"),
        ("another@example.com", "reader@gmail.com", "another@example.com"),
        ("reader@gmial.com", "", "reader@gmial.com"),
        ("reader@", "reader@gmail.com", "reader@"),
        ("", "somebody@example.com", ""),
    ],
)
def test_a_suggestion_counts_only_for_what_stands_in_the_field(typed, taken, meant):
    assert addresses.meant(typed, taken) == meant
