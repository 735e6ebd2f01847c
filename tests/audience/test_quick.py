from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from newsletter.audience import quick
from newsletter.audience.addresses import AddressRefused, judge
from newsletter.audience.quick import LONGEST, plain

LETTERS = "abzABZ019_+-.@!'é \t"
PARTS = st.text(LETTERS, max_size=30)
NEARLY = st.builds(
    "{}@{}.{}".format,
    st.from_regex(r"[A-Za-z0-9_+.-]{1,12}", fullmatch=True),
    st.from_regex(r"[A-Za-z0-9.-]{1,20}", fullmatch=True),
    st.sampled_from(
        ["com", "COM", "example", "test", "local", "onion", "arpa", "c", "co.uk", "xn--p1ai", "museum"]
    ),
)


@given(st.one_of(NEARLY, st.builds("{}@{}".format, PARTS, PARTS), PARTS))
@example("reader@example.com")
@example("Reader.Name+tag@Sub.Example.COM")
@example("-@a-b.example")
@example("reader@xn--bcher-kva.example")
@example("reader@ab--cd.com")
@example("a" * 64 + "@example.com")
@settings(max_examples=200, deadline=None)
def test_whatever_is_plain_the_full_judge_accepts_as_the_same(text):
    found = plain(text)
    if found is None:
        return
    judged = judge(text)
    assert found == (judged.address, judged.key)


@pytest.mark.parametrize(
    ("text", "address", "key"),
    [
        ("reader@example.com", "reader@example.com", "reader@example.com"),
        ("Reader@Example.COM", "Reader@example.com", "reader@example.com"),
        ("visitor.014+letters@mail.example.co.uk", *["visitor.014+letters@mail.example.co.uk"] * 2),
    ],
)
def test_ordinary_addresses_are_plain(text, address, key):
    assert plain(text) == (address, key)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "reader",
            "reader@",
            "@example.com",
            "reader@example",
            "reader@@example.com",
            " reader@example.com",
        ),
        *("reader..x@example.com", ".reader@example.com", "reader@-a.com", "reader@a--b.com", "reader@a.1"),
        *("reader@example.test", "reader@LOCALHOST.Local", "rêader@example.com", "reader@exämple.com"),
        *("reader@example.com\n", "reader@example.com\0", "a" * LONGEST + "@example.com"),
    ],
)
def test_what_is_not_plain_is_left_to_the_full_judge(text):
    assert plain(text) is None


def test_a_name_that_never_takes_mail_is_not_plain_and_the_judge_refuses_it():
    assert "onion" in quick.NO_MAIL
    assert plain("reader@abc.onion") is None
    with pytest.raises(AddressRefused):
        judge("reader@abc.onion")
