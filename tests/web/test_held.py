"""What we hold, said as a person would say it."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from newsletter.web.site.held import Fact, sections

NEW_YORK = ZoneInfo("America/New_York")
AT = "2026-03-02T14:30:00+00:00"
LATER = "2026-03-12T14:30:00+00:00"  # the clocks have changed


def held(**parts: Any) -> dict[str, Any]:
    """An export with almost nothing in it, and these parts."""
    person = {
        "first_name": None,
        "time_zone": None,
        "source": "form:site",
        "since": AT,
        "counted": False,
        "tags": [],
        "fields": {},
    }
    nothing: dict[str, Any] = {
        "person": person | parts.pop("person", {}),
        "mailbox": {"address": "reader@example.com", "shared": False} | parts.pop("mailbox", {}),
    }
    lists = ("topics", "consents", "breaks", "sequences", "emails", "stops", "practice_inbox")
    return nothing | {name: [] for name in lists} | parts


def told(title: str, **parts: Any) -> list[Fact]:
    return next(each.facts for each in sections(held(**parts), NEW_YORK) if each.title == title)


def topic(state: str) -> dict[str, Any]:
    return {
        "topic": "tips",
        "name": "Tips",
        "state": state,
        "requested_at": AT,
        "confirmed_at": AT,
        "ended_at": LATER,
    }


def act(**more: Any) -> dict[str, Any]:
    return {
        "at": AT,
        "act": "requested",
        "stream": "marketing",
        "topics": ["tips"],
        "how": "form",
        "ip": None,
        "user_agent": None,
        "wording": None,
    } | more


def test_somebody_of_whom_little_is_known_is_told_so():
    every = sections(held(), NEW_YORK)
    assert [each.title for each in every] == [
        "You",
        "What you hear about",
        "What you agreed to",
        "Breaks",
        "Sequences you are in",
        "E-mails we wrote to you",
        "Where we must not write",
    ]
    assert [each.nothing for each in every[1:]] == [
        "Nothing.",
        "Nothing yet.",
        "You took none.",
        "None.",
        "None.",
        "No such note.",
    ]


def test_she_is_told_who_she_is_to_us():
    assert told("You") == [
        Fact("E-mail", "reader@example.com"),
        Fact("First name", "We do not know it."),
        Fact("Times follow", "the clinic"),
        Fact("You came by", "The form on our site"),
        Fact("Here since", "2 March 2026, 09:30"),
        Fact("Opens and clicks", "Not counted"),
    ]


def test_what_a_list_brought_along_is_told_too():
    person = {
        "first_name": "Reader",
        "source": "a list",
        "tags": ["spring", 7],
        "fields": {"city": "Springfield"},
    }
    facts = told("You", person=person, mailbox={"shared": True})
    assert facts[0].more == "Somebody else gets e-mail here too."
    assert Fact("First name", "Reader") in facts
    assert Fact("You came by", "a list") in facts
    assert facts[-2:] == [Fact("Our notes", "spring, 7"), Fact("city", "Springfield")]


@pytest.mark.parametrize(
    ("state", "value", "more"),
    [
        ("confirmed", "Yes", "since 2 March 2026, 09:30"),
        ("pending", "Not confirmed", "asked for 2 March 2026, 09:30"),
        ("unsubscribed", "No", "stopped 12 March 2026, 10:30"),
    ],
)
def test_each_topic_says_where_it_stands(state, value, more):
    assert told("What you hear about", topics=[topic(state)]) == [Fact("Tips", value, more)]


@pytest.mark.parametrize(
    ("more", "value", "small"),
    [
        ({}, "You asked for Tips", "on a sign-up form"),
        (
            {"act": "confirmed", "how": "confirm-page"},
            "You said yes to Tips",
            "from the e-mail that we sent you",
        ),
        (
            {"act": "withdrawn", "how": "one-click"},
            "You stopped Tips",
            "by the button of your mail program",
        ),
        ({"how": "import"}, "You asked for Tips", "by import"),
        (
            {"ip": "203.0.113.9", "user_agent": "A phone"},
            "You asked for Tips",
            "on a sign-up form, from 203.0.113.9, A phone",
        ),
        (
            {"stream": "counting", "topics": [], "act": "confirmed", "how": "preferences"},
            "You said yes to counting whether you open and click",
            "on the page of your letters",
        ),
        ({"topics": ["gone"]}, "You asked for gone", "on a sign-up form"),
    ],
)
def test_an_act_says_what_how_and_from_where(more, value, small):
    [fact] = told("What you agreed to", topics=[topic("confirmed")], consents=[act(**more)])
    assert (fact.name, fact.value, fact.more) == ("2 March 2026, 09:30", value, small)


def test_the_words_she_saw_stand_with_the_act():
    [fact] = told("What you agreed to", consents=[act(wording="Send me the letters")])
    assert fact.words == "Send me the letters"


@pytest.mark.parametrize(
    ("kind", "ended", "value", "more"),
    [
        ("break", None, "A break that you took, until 12 March 2026, 10:30", ""),
        (
            "healing",
            LATER,
            "A break while you heal, until 12 March 2026, 10:30",
            "ended 12 March 2026, 10:30",
        ),
    ],
)
def test_a_break_says_until_when(kind, ended, value, more):
    pause = {"kind": kind, "from": AT, "until": LATER, "ended_at": ended}
    [fact] = told("Breaks", breaks=[pause])
    assert (fact.value, fact.more) == (value, more)


def test_a_sequence_says_how_far_she_is():
    way = {
        "name": "Welcome",
        "state": "active",
        "next_letter_at": LATER,
        "letters": [{"letter": "first", "outcome": "queued"}, {"letter": "second", "outcome": "skipped"}],
    }
    [fact] = told("Sequences you are in", sequences=[way])
    assert fact == Fact(
        "Welcome", "Under way, next letter 12 March 2026, 10:30", "1 letter written; “second” not sent"
    )
    over = way | {"state": "exited", "next_letter_at": None, "letters": []}
    assert told("Sequences you are in", sequences=[over]) == [Fact("Welcome", "Ended")]


def test_an_e_mail_says_what_became_of_it_and_what_was_filled_in():
    sent = {
        "sent_at": LATER,
        "due_at": AT,
        "subject": "Hello",
        "state": "sent",
        "reason": None,
        "read": [],
        "filled_in": {
            "first_name": "Reader",
            "topics": ["tips", "news"],
            "letters": [{"number": 1, "subject": "a table"}],
            "confirm_url": "(a link)",
        },
    }
    [fact] = told("E-mails we wrote to you", emails=[sent])
    assert fact == Fact(
        "12 March 2026, 10:30", "Hello", "sent; filled in: first name Reader, topics tips, news"
    )
    failed = sent | {"sent_at": None, "subject": "", "state": "skipped", "reason": "paused", "filled_in": {}}
    assert told("E-mails we wrote to you", emails=[failed]) == [
        Fact("2 March 2026, 09:30", "(an e-mail)", "not sent: paused")
    ]
    signs = [
        {"kind": "opened", "link": 0, "times": 1, "by_machine": True, "at": AT},
        {"kind": "clicked", "link": 2, "times": 1, "by_machine": False, "at": LATER},
    ]
    [read] = told("E-mails we wrote to you", emails=[sent | {"filled_in": {}, "read": signs}])
    assert read.more == (
        "sent; opened 2 March 2026, 09:30 (a program, we think); clicked link 2 12 March 2026, 10:30"
    )


@pytest.mark.parametrize(
    ("scope", "lifted", "value", "more"),
    [
        ("all", None, "No e-mails at all: asked", ""),
        ("marketing", LATER, "No news: asked", "lifted 12 March 2026, 10:30"),
    ],
)
def test_a_stop_says_how_much_it_stops(scope, lifted, value, more):
    stop = {"since": AT, "scope": scope, "reason": "asked", "lifted_at": lifted}
    assert told("Where we must not write", stops=[stop]) == [Fact("2 March 2026, 09:30", value, more)]


def test_where_practice_kept_letters_they_are_listed():
    kept = {"received_at": AT, "subject": "Hello"}
    assert told("Kept in the practice inbox", practice_inbox=[kept]) == [Fact("2 March 2026, 09:30", "Hello")]
