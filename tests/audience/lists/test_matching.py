"""What the columns of a list are taken for, and what a person may make of them."""

from __future__ import annotations

import pytest

from newsletter.audience.lists import foreign, matching
from newsletter.audience.lists.columns import ALL, MOST_FIELDS
from newsletter.audience.lists.lines import NotAList
from newsletter.audience.lists.matching import FIELD, MEANINGS, NOTHING
from newsletter.errors import Refused

HEADERS = ("Mail", "Vorname", "Nachname", "City")


@pytest.mark.parametrize(
    ("headers", "means"),
    [
        (("email", "first_name"), {0: "email", 1: "first_name"}),
        (("First Name", "E-Mail Address", "Shoe size"), {0: "first_name", 1: "email", 2: NOTHING}),
        (("Adresse", "First Name", "tags"), {0: NOTHING, 1: "first_name", 2: "tags"}),
        (("Adresse",), {0: NOTHING}),
        (
            ("Email Address", "OPTIN_TIME", "CONFIRM_TIME", "LEID"),
            {0: "email", 1: "requested_at", 2: "confirmed_at", 3: NOTHING},
        ),
        (
            ("uuid", "email", "name", "attributes", "status"),
            {0: NOTHING, 1: "email", 2: "name", 3: "attributes", 4: "status"},
        ),
        (("email", "left_at"), {0: "email", 1: "left_at"}),
    ],
)
def test_a_header_says_what_its_columns_mean(headers, means):
    assert matching.proposed(headers) == means


def test_whatever_is_proposed_can_be_chosen():
    headers = [name for tool in foreign.TOOLS.values() for names in tool.means.values() for name in names]
    for tool in foreign.TOOLS.values():
        columns = ["email", *tool.signs, *tool.either, *headers]
        assert set(matching.proposed(list(dict.fromkeys(columns))).values()) <= MEANINGS.keys()


def test_a_first_row_that_is_somebody_has_no_names():
    with pytest.raises(NotAList, match="the columns have no names"):
        matching.proposed(("reader@example.com", "Reader"))


def test_a_choice_becomes_a_layout():
    layout = matching.corrected(HEADERS, {0: "email", 1: "first_name", 2: NOTHING, 3: FIELD})
    assert layout.at == {"email": 0, "first_name": 1}
    assert layout.fields == {"city": 3}
    assert layout.unknown == ("Nachname",)
    assert layout.headers == HEADERS
    assert layout.tool == foreign.OURS
    assert layout.wanted == frozenset({ALL})
    assert not layout.leavers_only


def test_columns_that_nobody_named_are_left_out_and_numbers_beyond_the_list_are_nothing():
    layout = matching.corrected(HEADERS, {0: "email", 9: "tags", -1: "status"})
    assert layout.at == {"email": 0}
    assert layout.unknown == ("Vorname", "Nachname", "City")


def test_a_first_name_is_better_than_a_full_one():
    layout = matching.corrected(HEADERS, {0: "email", 1: "first_name", 2: "name"})
    assert layout.at == {"email": 0, "first_name": 1}


def test_a_list_of_leavers_is_one_by_what_its_columns_are_said_to_be():
    assert matching.corrected(HEADERS, {0: "email", 3: "left_at"}).leavers_only
    assert not matching.corrected(HEADERS, {0: "email", 3: "left_at", 2: "status"}).leavers_only


@pytest.mark.parametrize(
    ("means", "says"),
    [
        ({}, "choose the column that holds the e-mail address"),
        ({1: "first_name"}, "choose the column that holds the e-mail address"),
        ({0: "email", 1: "email"}, "both “Mail” and “Vorname” are chosen as “E-mail address”; keep one"),
        ({0: "email", 1: "tags", 2: "tags"}, "both “Vorname” and “Nachname” are chosen as “Tags”; keep one"),
        ({0: "email", 1: "shoe-size"}, "“shoe-size” is not a meaning of a column"),
    ],
)
def test_what_cannot_be_so_is_said(means, says):
    with pytest.raises(Refused, match=says):
        matching.corrected(HEADERS, means)


@pytest.mark.parametrize("header", ["Topics", "unsubscribe url", "clinic phone", "", "2nd name", "x" * 41])
def test_a_column_that_letters_could_not_print_is_no_field(header):
    with pytest.raises(Refused, match="cannot be a name in letters"):
        matching.corrected(("email", header), {0: "email", 1: FIELD})


def test_two_columns_of_one_name_are_not_both_fields():
    with pytest.raises(Refused, match="“city” cannot be a name"):
        matching.corrected(("email", "City", "city"), {0: "email", 1: FIELD, 2: FIELD})


def test_there_is_an_end_to_fields():
    headers = ("email", *(f"field {each}" for each in range(MOST_FIELDS + 1)))
    most = {0: "email", **dict.fromkeys(range(1, MOST_FIELDS + 1), FIELD)}
    assert len(matching.corrected(headers, most).fields) == MOST_FIELDS
    with pytest.raises(Refused, match="at most 100 columns"):
        matching.corrected(headers, most | {MOST_FIELDS + 1: FIELD})
