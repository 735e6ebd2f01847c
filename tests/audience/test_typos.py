"""A slip in a provider's name is noticed; a real provider is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.audience.typos import ALSO_REAL, COMMON, POPULAR, meant, one_slip


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail", "gmail.com"),
        ("hotmial.com", "hotmail.com"),
        ("yaho.com", "yahoo.com"),
        ("outlok.com", "outlook.com"),
        ("iclould.com", "icloud.com"),
        ("yahoo.co.ku", "yahoo.co.uk"),
    ],
)
def test_a_slip_is_recognized(typed, right):
    assert meant(typed) == right


@pytest.mark.parametrize("domain", [*POPULAR, *sorted(ALSO_REAL)])
def test_a_real_provider_is_nobody_s_slip(domain):
    assert meant(domain) is None


@pytest.mark.parametrize(
    "domain", ["example.com", "clinic.example", "gmx.de", "me.com", "aol.com", "", "gmail.com.au.example"]
)
def test_everybody_else_is_left_alone(domain):
    assert meant(domain) is None


def test_the_table_holds_only_what_the_distance_cannot_see():
    assert [typed for typed in COMMON if any(one_slip(typed, name) for name in POPULAR)] == []
    assert set(COMMON.values()) <= set(POPULAR)


@given(
    st.sampled_from(POPULAR),
    st.integers(0, 30),
    st.sampled_from("abcxyz."),
    st.sampled_from("drop add change swap".split()),
)
def test_one_slip_is_one_slip_in_both_directions(name, at, letter, kind):
    at %= len(name)
    slipped = {
        "drop": name[:at] + name[at + 1 :],
        "add": name[:at] + letter + name[at:],
        "change": name[:at] + letter + name[at + 1 :],
        "swap": name[:at] + name[at : at + 2][::-1] + name[at + 2 :],
    }[kind]
    assert one_slip(slipped, name) == one_slip(name, slipped) == (slipped != name)


@given(st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_one_slip_agrees_with_trying_every_slip(typed, right):
    letters = "abc"
    near = {right[:i] + right[i + 1 :] for i in range(len(right))}
    near |= {right[:i] + x + right[i:] for i in range(len(right) + 1) for x in letters}
    near |= {right[:i] + x + right[i + 1 :] for i in range(len(right)) for x in letters}
    near |= {right[:i] + right[i + 1] + right[i] + right[i + 2 :] for i in range(len(right) - 1)}
    assert one_slip(typed, right) == (typed in near - {right})
