"""A campaign's values become files, and the files become the same values again."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter import paths
from newsletter.campaigns.filing import exporting, writing
from newsletter.campaigns.filing.bodies import Body, KeptFolder
from newsletter.campaigns.filing.files import read, read_folder, read_folders
from newsletter.campaigns.filing.folders import BroadcastFolder, Campaign, SequenceFolder, StepFile
from newsletter.campaigns.intents import Intent
from newsletter.campaigns.spelling import CONTROL
from newsletter.campaigns.timings import After, Day, DayAt, Lasting, Next, SameDayAt

PLAIN = Body("01-hello.md", "markdown", "Hello.\n", None)
STEP = StepFile(
    "hello", 0, Intent(After(timedelta(0)), Lasting(timedelta(days=7))), "Hello", "", None, PLAIN, 1
)
WELCOME = SequenceFolder("welcome", "Welcome", "marketing", "confirmed", (), False, (STEP,))
ISSUE = BroadcastFolder(
    "spring-guide",
    "Spring guide",
    "A guide",
    "What to expect.",
    "tips",
    (),
    Body("issue.md", "markdown", "Spring.\n", None),
)
TEN = time(10)


def with_step(**changes: Any) -> SequenceFolder:
    return replace(WELCOME, steps=(replace(STEP, **changes),))


def with_intent(intent: Intent) -> SequenceFolder:
    return with_step(intent=intent)


CAMPAIGNS: dict[str, Campaign] = {
    "plain": WELCOME,
    "quotes-and-backslashes": replace(WELCOME, name='The "good" \\ old name'),
    "other-scripts": replace(WELCOME, name="Bienvenue, 欢迎 🌷"),
    "topics": replace(WELCOME, topics=("tips", "news")),
    "reentry": replace(WELCOME, reentry=True),
    "preview": with_step(preview_text="It's the first."),
    "condition": with_step(only_if='first_name and "tips" in topics'),
    "html-with-text": with_step(body=Body("01-hello.html", "html", "<p>Hello.</p>\n", "Hello.\n")),
    "an-empty-text-part": with_step(body=replace(PLAIN, text="")),
    "no-line-end": with_step(body=replace(PLAIN, source="Hello.")),
    "a-mark-in-front": with_step(body=replace(PLAIN, source="\ufeffHello.\n")),
    "after": with_intent(Intent(After(timedelta(days=1, hours=2, minutes=5)), Lasting(timedelta(hours=12)))),
    "day-until-an-hour": with_intent(Intent(Day(2, TEN), SameDayAt(time(22, 30)))),
    "day-until-a-day": with_intent(Intent(Day(2, TEN), DayAt(3, time(9)))),
    "weekdays": with_intent(Intent(Day(2, TEN), Lasting(timedelta(days=1)), weekdays=frozenset({1, 3}))),
    "working-days": with_intent(
        Intent(Day(2, TEN), Lasting(timedelta(days=1)), weekdays=frozenset(range(5)), first=True)
    ),
    "care": replace(
        with_intent(Intent(Day(-1, TEN), SameDayAt(time(20)), anchor="booked")), kind="care", trigger="course"
    ),
    "until-next": replace(
        WELCOME,
        steps=(
            replace(STEP, intent=Intent(Day(1, TEN), Next())),
            replace(
                STEP,
                key="second",
                position=1,
                intent=Intent(Day(3, TEN), Lasting(timedelta(days=1))),
                body=replace(PLAIN, name="02-second.md"),
            ),
        ),
    ),
    "issue": ISSUE,
    "issue-except": replace(ISSUE, except_topics=("news", "resources")),
    "issue-not-archived": replace(ISSUE, archived=False),
}


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_what_is_written_is_read_as_the_same_campaign(name: str) -> None:
    campaign = CAMPAIGNS[name]
    again = read(KeptFolder(campaign.slug, writing.files(campaign)))
    assert again.digest == campaign.digest
    assert writing.files(again) == writing.files(campaign)
    if isinstance(again, BroadcastFolder):
        assert again == campaign
    else:
        steps = tuple(replace(each, line=1) for each in again.steps)
        assert replace(again, steps=steps) == campaign


LINES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(
    lambda text: text == text.strip() and not CONTROL.search(text)
)
BODIES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0")).filter(str.strip)


@given(name=LINES, subject=LINES, condition=LINES, body=BODIES, text=st.none() | BODIES)
def test_any_words_come_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    subject: str,
    condition: str,
    body: str,
    text: str | None,
) -> None:
    step = replace(STEP, subject=subject, only_if=condition, body=Body("01-hello.md", "markdown", body, text))
    campaign = replace(WELCOME, name=name, steps=(step,))
    (folder,) = exporting.export([campaign], tmp_path_factory.mktemp("any"))
    again = read_folder(folder)
    assert isinstance(again, SequenceFolder)
    assert replace(again, steps=tuple(replace(each, line=1) for each in again.steps)) == campaign


def test_the_keys_stand_in_the_order_of_the_contract() -> None:
    step = replace(
        STEP,
        preview_text="The short answer.",
        only_if="first_name",
        intent=Intent(Day(2, TEN), DayAt(3, time(22, 30)), weekdays=frozenset(range(5))),
    )
    files = writing.files(replace(WELCOME, topics=("tips", "news"), steps=(step, replace(step, key="b"))))
    letter = """\
file = "01-hello.md"
subject = "Hello"
preview_text = "The short answer."
day = 2
at = "10:00"
from = "confirmed"
until = { day = 3, at = "22:30" }
weekdays = "mon-fri"
only_if = "first_name"
"""
    assert files == {
        "sequence.toml": (
            'name = "Welcome"\nclass = "marketing"\ntrigger = "confirmed"\ntopics = ["tips", "news"]\n\n'
            f'[[step]]\nkey = "hello"\n{letter}\n[[step]]\nkey = "b"\n{letter}'
        ),
        "01-hello.md": "Hello.\n",
    }


def test_an_issue_says_only_what_is_not_so_by_itself() -> None:
    assert writing.files(ISSUE)["broadcast.toml"] == (
        'name = "Spring guide"\nsubject = "A guide"\npreview_text = "What to expect."\n'
        'topic = "tips"\nfile = "issue.md"\n'
    )
    spoken = tomllib.loads(
        writing.files(replace(ISSUE, except_topics=("news",), archived=False))["broadcast.toml"]
    )
    assert list(spoken) == ["name", "subject", "preview_text", "topic", "except", "file", "archive"]
    assert (spoken["except"], spoken["archive"]) == (["news"], False)


def test_an_empty_preview_is_left_out_because_reading_refuses_it() -> None:
    assert "preview_text" not in writing.files(WELCOME)["sequence.toml"]


def test_the_shipped_campaigns_survive_a_round_trip() -> None:
    for campaign in read_folders(paths.TEMPLATES / "campaigns"):
        again = read(KeptFolder(campaign.slug, writing.files(campaign)))
        assert (again.slug, again.digest) == (campaign.slug, campaign.digest)


def test_names_of_files_and_comments_do_not_count_for_the_digest() -> None:
    other = with_step(body=replace(PLAIN, name="letters/hello.md"), line=99)
    assert other.digest == WELCOME.digest
    commented = writing.files(WELCOME)
    commented["sequence.toml"] = "# for spring\n" + commented["sequence.toml"].replace(" = ", "   =  ")
    assert read(KeptFolder("welcome", commented)).digest == WELCOME.digest


@pytest.mark.parametrize("name", [name for name in CAMPAIGNS if name not in ("plain", "issue")])
def test_anything_else_counts_for_the_digest(name: str) -> None:
    assert CAMPAIGNS[name].digest not in (WELCOME.digest, ISSUE.digest)


def test_a_text_part_that_says_nothing_is_not_the_same_as_none() -> None:
    assert CAMPAIGNS["an-empty-text-part"].digest != WELCOME.digest
    assert "01-hello.txt" in writing.files(CAMPAIGNS["an-empty-text-part"])
    assert "01-hello.txt" not in writing.files(WELCOME)
