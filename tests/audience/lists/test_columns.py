from __future__ import annotations

import pytest

from newsletter.audience.lists.columns import layout, spelled, usable
from newsletter.audience.lists.lines import NotAList


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("E-mail Address", "e_mail_address"),
        (" FIRST NAME ", "first_name"),
        ("what?!", "what"),
        ("ÉTÉ", "t"),
        ("", ""),
    ],
)
def test_a_header_is_spelled_as_a_name(header, name):
    assert spelled(header) == name


@pytest.mark.parametrize("email", ["email", "E-Mail", "Email Address", "EMAIL", "e-mail address", "Mail"])
def test_the_address_has_many_names_and_stands_anywhere(email):
    found = layout(["First Name", email, "Time Zone"])
    assert found.at == {"email": 1, "first_name": 0, "time_zone": 2}
    assert (found.tool, found.unknown) == ("list", ())


def test_unknown_columns_are_named_and_fields_are_kept_by_name():
    headers = ["email", "Last Name", "Plan", "City", ""]
    assert layout(headers).unknown == ("Last Name", "Plan", "City", "(no name)")
    some = layout(headers, fields=["Plan", "city"])
    assert (some.fields, some.unknown) == ({"plan": 2, "city": 3}, ("Last Name", "(no name)"))
    every = layout(headers, fields=["all"])
    assert (set(every.fields), every.unknown) == ({"last_name", "plan", "city"}, ("(no name)",))


def test_of_two_columns_with_one_name_the_first_is_kept():
    found = layout(["email", "plan", "Plan"], fields=["all"])
    assert (found.fields, found.unknown) == ({"plan": 1}, ("Plan",))


@pytest.mark.parametrize(
    "name", ["letters", "topics", "clinic_phone", "unsubscribe_url", "2nd", "x" * 41, ""]
)
def test_names_that_letters_use_for_something_else_are_no_fields(name):
    assert not usable(name)
    assert usable("last_name")


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        (
            ["name", "city"],
            "row 1: no column is the e-mail address; right would be “email”; the columns are name, city",
        ),
        (["reader@example.com", "Visitor 014"], "row 1: the columns have no names"),
        (["email", "Email Address"], "row 1, column 2: both “email” and “Email Address”"),
        ([], "the columns are none"),
    ],
)
def test_a_header_without_one_address_is_refused(headers, says):
    with pytest.raises(NotAList, match="row 1") as refused:
        layout(headers)
    assert says in refused.value.line


def test_a_field_that_is_no_column_is_refused_with_those_that_are():
    with pytest.raises(NotAList, match="no column “plam” that could be a field; there are Plan"):
        layout(["email", "Plan"], fields=["plam"])


def test_a_first_name_is_better_than_a_name():
    assert "name" not in layout(["email", "Name", "First name"]).at


@pytest.mark.parametrize(
    ("headers", "tool"),
    [
        (
            "Email Address,First Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,TAGS",
            "mailchimp",
        ),
        ("Email Address,OPTIN_TIME,CONFIRM_TIME,UNSUB_TIME,UNSUB_REASON", "mailchimp"),
        ("Email Address,OPTIN_TIME,CONFIRM_TIME,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE", "mailchimp"),
        ("email,first_name,state,created_at,tags", "kit"),
        ("First Name,Last Name,Email,Status,Segments", "flodesk"),
        ("uuid,email,name,attributes,status,created_at,updated_at", "listmonk"),
        ("email,first_name,city", "list"),
    ],
)
def test_exports_of_other_tools_are_recognized(headers, tool):
    assert layout(headers.split(",")).tool == tool


def test_whoever_knows_better_says_whose_export_it_is():
    headers = ["email", "state", "city"]
    assert "status" not in layout(headers).at
    assert layout(headers, "kit").at["status"] == 1


@pytest.mark.parametrize(
    ("headers", "only"),
    [("email,left_at,cleaned_at,reason", True), ("email,left_at,status", False), ("email", False)],
)
def test_a_file_of_leavers_is_one(headers, only):
    assert layout(headers.split(",")).leavers_only is only
