"""People of a list, kept as lines and read back slice by slice."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.audience.lists import prepared
from newsletter.audience.lists.entry import Agreed, Entry, Stop

AT = datetime(2024, 1, 2, 10, tzinfo=UTC)
words = st.text(max_size=12)
maybe = st.none() | words
moments = st.none() | st.datetimes(min_value=datetime(1990, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
agreements = st.builds(
    Agreed,
    source=words,
    confirmed_at=moments,
    confirmed_ip=maybe,
    requested_at=moments,
    requested_ip=maybe,
    wording=maybe,
)
stops = st.builds(Stop, scope=st.sampled_from(["all", "marketing"]), reason=words, at=moments)
entries = st.builds(
    Entry,
    row=st.integers(min_value=2),
    address=words,
    key=words,
    first_name=maybe,
    time_zone=maybe,
    topics=st.lists(words, max_size=3).map(tuple),
    tags=st.none() | st.lists(words, max_size=3),
    fields=st.none() | st.dictionaries(words, words, max_size=3),
    agreed=st.none() | agreements,
    stop=st.none() | stops,
)


def kept(*people: Entry) -> io.BytesIO:
    stream = io.BytesIO()
    prepared.write(stream, people)
    return stream


@given(st.lists(entries, max_size=5))
def test_whoever_went_in_comes_out_the_same(people):
    assert prepared.read(kept(*people), 0, 10)[0] == people


@given(st.lists(entries, max_size=7), st.integers(min_value=1, max_value=4))
def test_slices_meet_and_end_where_the_file_ends(people, most):
    stream, offset, found = kept(*people), 0, []
    size = len(stream.getvalue())
    while offset < size:
        piece, offset = prepared.read(stream, offset, most)
        assert 1 <= len(piece) <= most
        found += piece
    assert found == people
    assert prepared.read(stream, offset, most) == ([], size)


def test_lines_in_a_wording_stay_one_line_of_the_file():
    entry = Entry(2, "a@example.com", "a@example.com", agreed=Agreed("x", AT, wording="May we?\nYes.\u2028"))
    stream = kept(entry)
    assert stream.getvalue().count(b"\n") == 1
    assert prepared.read(stream, 0, 1)[0] == [entry]


@pytest.mark.parametrize("at", [None, AT])
def test_a_leaver_is_a_leaver_again(at):
    entry = Entry(3, "b@example.com", "b@example.com", stop=Stop("marketing", "left elsewhere", at))
    [again] = prepared.read(kept(entry), 0, 1)[0]
    assert again.stop == Stop("marketing", "left elsewhere", at)
    assert again.agreed is None
