"""The clinic's facts: what the environment says wins, the studio says the rest, and both are judged alike."""

from __future__ import annotations

from dataclasses import replace

import pytest

from newsletter.clinic import EXAMPLE_CLINIC, NOBODY, REQUIRED, SETTINGS, decided, missing, wrong_with


def test_the_studio_says_what_the_environment_does_not():
    stored = {"phone": "+1 555 0199", "city": "", "name": "Another Clinic", "unheard_of": "x"}
    clinic = decided(EXAMPLE_CLINIC, stored, {"name"})
    assert clinic == replace(EXAMPLE_CLINIC, phone="+1 555 0199", city="")
    assert decided(EXAMPLE_CLINIC, {}, ()) == EXAMPLE_CLINIC


def test_every_fact_has_a_setting_and_can_be_decided():
    assert list(SETTINGS) == list(vars(EXAMPLE_CLINIC))
    anew = {fact: f"another {fact}" for fact in SETTINGS}
    assert vars(decided(EXAMPLE_CLINIC, anew, ())) == anew
    assert vars(decided(EXAMPLE_CLINIC, anew, SETTINGS)) == vars(EXAMPLE_CLINIC)


@pytest.mark.parametrize("fact", SETTINGS)
def test_only_name_from_and_postal_address_have_to_be_there(fact):
    assert missing(replace(EXAMPLE_CLINIC, **{fact: ""})) == ((fact,) if fact in REQUIRED else ())
    assert missing(NOBODY) == REQUIRED


@pytest.mark.parametrize(
    ("fact", "good", "wrong"),
    [
        (
            "sender",
            "letters@clinic.example",
            ["letters", "a@b.example, c@d.example", "Us <a@b.example>", "@"],
        ),
        ("reply_to", "desk@clinic.example", ["desk@", "two words@clinic.example"]),
        ("time_zone", "Europe/London", ["London", "Mars/Olympus", "../etc/passwd"]),
        ("booking_url", "https://clinic.example/book", ["clinic.example", "javascript:alert(1)", "https://"]),
        ("privacy_url", "http://clinic.example", ["ftp://clinic.example", "http://[::1"]),
    ],
)
def test_what_is_wrong_is_said_with_what_would_be_right(fact, good, wrong):
    assert wrong_with(fact, good) == ""
    assert wrong_with(fact, "") == ""  # not given: whether that may be is another question
    for text in wrong:
        assert "right would be" in wrong_with(fact, text), text


def test_words_are_not_judged():
    for fact in ("name", "postal_address", "city", "phone"):
        assert wrong_with(fact, "anything: {{ at }} <all>") == ""
