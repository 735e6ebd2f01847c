"""Campaign folders on a real disk, sound ones and every kind of unsound one."""

import os
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from newsletter import paths
from newsletter.campaigns.filing.bodies import LARGEST, Body
from newsletter.campaigns.filing.files import read_folder, read_folders
from newsletter.campaigns.filing.folders import BadFolder
from newsletter.campaigns.intents import Intent
from newsletter.campaigns.planning import plan
from newsletter.campaigns.timings import After, Day, Lasting, Next
from tests.campaigns.timelines import HOURS, NEW_YORK

THURSDAY_NIGHT = datetime(2026, 3, 5, 22, 30, tzinfo=NEW_YORK)

SEQUENCE = """\
name = "Welcome"
class = "marketing"
trigger = "confirmed"
topics = []

[[step]]
key = "welcome"
file = "01-welcome.md"
subject = "Welcome"
after = "0m"
until = "7d"

[[step]]
key = "is-one-enough"
file = "02-is-one-enough.html"
subject = "Is one microneedling session enough?"
preview_text = "The short answer: you may see a little after one."
day = 2
at = "10:00"
until = "next"

[[step]]
key = "a-plan"
file = "03-a-plan.md"
subject = "A plan that fits your skin"
day = 21
at = "10:00"
weekdays = "mon-fri"
until = "14d"
only_if = "clinic_phone"
"""


def write(folder: Path, sequence: str = SEQUENCE) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sequence.toml").write_text(sequence, encoding="utf-8")
    (folder / "01-welcome.md").write_text("Hello {{ first_name }}", encoding="utf-8")
    (folder / "01-welcome.txt").write_text("Hello", encoding="utf-8")
    (folder / "02-is-one-enough.html").write_text("<p>Not yet</p>", encoding="utf-8")
    (folder / "03-a-plan.md").write_bytes("\ufeffNeedles\r\nand patience\r\n".encode())
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "welcome")


def problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(BadFolder) as refused:
        read_folder(folder)
    return refused.value.problems


def test_a_folder_becomes_a_sequence_with_its_steps_in_order(folder):
    read = read_folder(folder)
    assert (read.slug, read.name, read.kind, read.trigger) == ("welcome", "Welcome", "marketing", "confirmed")
    assert (read.topics, read.reentry) == ((), False)
    assert [(each.position, each.key, each.line) for each in read.steps] == [
        (0, "welcome", 6),
        (1, "is-one-enough", 13),
        (2, "a-plan", 22),
    ]
    assert [each.intent for each in read.steps[:2]] == [
        Intent(After(timedelta(0)), Lasting(timedelta(days=7))),
        Intent(Day(2, time(10)), Next()),
    ]


def test_a_step_carries_its_words(folder):
    welcome, one, last = read_folder(folder).steps
    assert welcome.body == Body("01-welcome.md", "markdown", "Hello {{ first_name }}", "Hello")
    assert one.body == Body("02-is-one-enough.html", "html", "<p>Not yet</p>", None)
    assert last.body.source == "Needles\nand patience\n"
    assert (welcome.preview_text, one.preview_text) == (
        "",
        "The short answer: you may see a little after one.",
    )


def test_a_step_is_what_planning_needs(folder):
    step = read_folder(folder).steps[2].plan
    assert (step.key, step.position, step.only_if) == ("a-plan", 2, "clinic_phone")
    assert step.intent.weekdays == {0, 1, 2, 3, 4}


def test_reentry_and_topics_are_read(folder):
    write(folder, "reentry = true\n" + SEQUENCE.replace("topics = []", 'topics = ["tips", "news"]'))
    read = read_folder(folder)
    assert (read.reentry, read.topics) == (True, ("tips", "news"))


def test_a_care_sequence_counts_from_its_sessions(folder):
    care = SEQUENCE.replace('"marketing"', '"care"').replace('"confirmed"', '"course"')
    write(folder, care.replace("day = 2\n", 'day = 2\nfrom = "done"\n'))
    read = read_folder(folder)
    assert (read.kind, read.trigger) == ("care", "course")
    assert {each.intent.anchor for each in read.steps} == {"done"}


def test_the_digest_changes_with_any_word_and_with_nothing_else(folder, tmp_path):
    before = read_folder(folder).digest
    assert read_folder(write(tmp_path / "again" / "welcome")).digest == before
    (folder / "01-welcome.txt").write_text("Hello again")
    assert read_folder(folder).digest != before


@pytest.mark.parametrize(
    ("change", "to", "line", "says"),
    [
        ('name = "Welcome"\n', "", 1, "“name” is missing; right would be a line like name = "),
        ('name = "Welcome"', "name = 7", 1, "“name” is a text in quotes, not 7"),
        (
            'class = "marketing"',
            'class = "spam"',
            2,
            '“spam” is no class; right would be "marketing" or "care"',
        ),
        (
            'trigger = "confirmed"',
            'trigger = "course"',
            3,
            "“course” starts no sequence of class “marketing”",
        ),
        ("topics = []", 'topics = "tips"', 4, "“topics” is a list of topics"),
        ("topics = []", 'topics = ["Tips!"]', 4, "“topics” is a list of topics"),
        ("topics = []", "reentry = 1", 4, "“reentry” is true or false, without quotes"),
        ("topics = []", "topcis = []", 4, "“topcis” is not known here (did you mean “topics”?)"),
        ('key = "welcome"\n', "", 6, "“key” is missing"),
        (
            'key = "welcome"',
            'key = "Wel come"',
            7,
            "“Wel come” cannot be a key; right would be small letters",
        ),
        ('key = "a-plan"', 'key = "welcome"', 23, "“welcome” names the step of line 6 too"),
        (
            'subject = "Welcome"',
            'subject = "Hi\\nBcc: reader@example.com"',
            9,
            "“subject” is one line of text",
        ),
        ('subject = "Welcome"', 'subject = " "', 9, "“subject” is one line of text, not empty"),
        ('after = "0m"', 'after = "soon"', 10, "“soon” is not a span of time; right would be"),
        ('after = "0m"', 'after = "0m"\nday = 2', 10, "“day” and “after” exclude each other; give one"),
        ('until = "7d"\n', "", 6, "it does not say how long it stays worth sending"),
        (
            'at = "10:00"\nuntil = "next"',
            'at = "25:00"\nuntil = "next"',
            19,
            "“25:00” is not an hour of the day",
        ),
        ("day = 2\n", 'day = 2\nform = "confirmed"\n', 19, "“form” is not known here (did you mean “from”?)"),
        ("day = 2\n", 'day = 2\nfrom = "done"\n', 19, "“done” is no anchor; right would be confirmed"),
        (
            "day = 2\n",
            "day = 2\nreentry = true\n",
            19,
            "“reentry” belongs to the sequence; right would be a line above",
        ),
        ("day = 2\n", "day = 30\n", 26, "it arrives before a step listed above it"),
        ('until = "14d"', 'until = "next"', 29, "there is no next step after the last one; right would be"),
        (
            'until = "14d"',
            'until = { day = 20, at = "10:00" }',
            29,
            "“until” is not later than the step's own moment",
        ),
        ('weekdays = "mon-fri"', 'weekdays = "workdays"', 28, "“workdays” names no weekdays"),
        ('only_if = "clinic_phone"', "only_if = true", 30, "“only_if” is a text in quotes, not True"),
        ('at = "10:00"\nuntil = "next"', "at = 10:00\nuntil", 19, "this is not TOML"),
        ('preview_text = "The', 'preview_text = "\\u0007The', 17, "“preview_text” is one line of text"),
        (
            'file = "03-a-plan.md"',
            'file = "03-a-plam.md"',
            24,
            "is not a file in this folder (did you mean “03-a-plan.md”?)",
        ),
        (
            'file = "03-a-plan.md"',
            'file = "plan.docx"',
            24,
            "“plan.docx” is of no known kind; right would be a .md",
        ),
        ('file = "03-a-plan.md"', 'file = "../outside.md"', 24, "“../outside.md” lies outside this folder"),
        ('file = "03-a-plan.md"', 'file = "/etc/hosts.md"', 24, "“/etc/hosts.md” lies outside this folder"),
        ('file = "03-a-plan.md"', f'file = "{"x" * 300}.md"', 24, "cannot be read"),
        ('file = "03-a-plan.md"', 'file = "link.md"', 24, "“link.md” lies outside this folder"),
        ('file = "03-a-plan.md"', 'file = "loop.md"', 24, "cannot be read"),
        ('file = "03-a-plan.md"', 'file = "folder.md"', 24, "“folder.md” is not a file in this folder"),
        ('file = "03-a-plan.md"', 'file = "pipe.md"', 24, "“pipe.md” is not a file in this folder"),
        ('file = "03-a-plan.md"', 'file = "latin.md"', 24, "“latin.md” is not UTF-8 text in its line 2"),
        ('file = "03-a-plan.md"', 'file = "huge.md"', 24, "“huge.md” is larger than 1 MB"),
        ('file = "03-a-plan.md"', 'file = "beside.md"', 24, "“beside.txt” lies outside this folder"),
    ],
)
def test_a_mistake_is_named_by_file_and_line_with_what_would_be_right(folder, change, to, line, says):
    assert SEQUENCE.count(change) == 1
    write(folder, SEQUENCE.replace(change, to))
    (folder.parent / "outside.md").write_text("secret")
    (folder / "link.md").symlink_to(folder.parent / "outside.md")
    (folder / "loop.md").symlink_to(folder / "loop.md")
    (folder / "folder.md").mkdir()
    os.mkfifo(folder / "pipe.md")
    (folder / "latin.md").write_bytes(b"one\ncaf\xe9\n")
    (folder / "huge.md").write_bytes(b"x" * (LARGEST + 1))
    (folder / "beside.md").write_text("inside")
    (folder / "beside.txt").symlink_to(folder.parent / "outside.md")
    (problem,) = problems(folder)
    assert problem.startswith(f"welcome/sequence.toml:{line}: ")
    assert says in problem
    assert "secret" not in problem


def test_a_link_inside_the_folder_is_as_good_as_a_file(folder):
    (folder / "01-welcome.md").rename(folder / "real.md")
    (folder / "01-welcome.md").symlink_to(folder / "real.md")
    assert read_folder(folder).steps[0].body.source == "Hello {{ first_name }}"


def test_all_mistakes_of_a_folder_are_told_at_once_in_the_order_of_their_lines(folder):
    broken = SEQUENCE.replace('"7d"', '"ever"').replace('"marketing"', '"spam"').replace("02-is", "2-is")
    write(folder, broken)
    assert [problem.split(": ")[0] for problem in problems(folder)] == [
        "welcome/sequence.toml:2",
        "welcome/sequence.toml:11",
        "welcome/sequence.toml:15",
    ]


def test_a_message_carries_no_control_characters_to_a_terminal(folder):
    write(folder, SEQUENCE.replace("topics = []", '"\\u001b[31m\\n" = 1'))
    (problem,) = problems(folder)
    assert "“?[31m?” is not known here" in problem


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("", ":1: “name” is missing"),
        ("name = 'a'\nname = 'b'\n", ":2: this is not TOML"),
        ("name = 'a'\n'''", ":2: this is not TOML"),
        ("a = " + "[" * 100_000, ":1: its brackets are nested too deep"),
        (
            'name = "a"\nclass = "marketing"\ntrigger = "confirmed"\n',
            ":1: a sequence has steps; right would be",
        ),
        ('name = "a"\nclass = "marketing"\ntrigger = "confirmed"\nstep = 3\n', ":4: a sequence has steps"),
        ('name = "a"\nclass = "marketing"\ntrigger = "confirmed"\nstep = [1]\n', ":4: a sequence has steps"),
    ],
)
def test_what_is_no_sequence_at_all_is_refused_too(folder, source, problem):
    write(folder, source)
    assert any(problem in each for each in problems(folder))


def test_a_sequence_file_that_is_not_text_is_refused(folder):
    (folder / "sequence.toml").write_bytes(b"name = '\xff'")
    assert problems(folder) == (
        "welcome/sequence.toml:1: “sequence.toml” is not UTF-8 text in its line 1; save it as UTF-8",
    )


def test_a_folder_needs_its_sequence_file_and_a_plain_name(tmp_path):
    (tmp_path / "spring-guide").mkdir()
    assert problems(tmp_path / "spring-guide") == (
        "spring-guide/sequence.toml: there is none; a campaign folder needs sequence.toml or broadcast.toml",
    )
    assert "“Spring Guide” cannot name a campaign folder" in problems(write(tmp_path / "Spring Guide"))[0]


def test_a_folder_of_folders_is_read_in_order_of_name_without_the_hidden_ones(tmp_path):
    for name in ("welcome", "again", ".git"):
        write(tmp_path / name)
    (tmp_path / "notes.txt").write_text("a plain file is no campaign")
    assert [each.slug for each in read_folders(tmp_path)] == ["again", "welcome"]
    assert [each.slug for each in read_folders(tmp_path / "welcome")] == ["welcome"]


def test_a_folder_of_folders_is_all_or_nothing(tmp_path):
    write(tmp_path / "again", SEQUENCE.replace('"7d"', '"ever"'))
    write(tmp_path / "good")
    (tmp_path / "broken").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "good")
    with pytest.raises(BadFolder) as refused:
        read_folders(tmp_path)
    assert [each.split(":")[0] for each in refused.value.problems] == [
        "again/sequence.toml",
        "broken/sequence.toml",
        "linked",
    ]


def test_nothing_to_read_is_said(tmp_path):
    with pytest.raises(BadFolder, match="holds no campaign; right would be a folder with"):
        read_folders(tmp_path)
    with pytest.raises(BadFolder, match="is not a folder"):
        read_folders(tmp_path / "missing")


def test_the_starter_series_is_six_letters_in_three_weeks():
    (welcome,) = [each for each in read_folders(paths.TEMPLATES / "campaigns") if each.slug == "welcome"]
    planned = plan([each.plan for each in welcome.steps], {("confirmed", 0): THURSDAY_NIGHT}, NEW_YORK, HOURS)
    assert [f"{each.local:%a %d %b %H:%M}" for each in planned] == [
        "Thu 05 Mar 22:30",
        "Sat 07 Mar 10:00",
        "Tue 10 Mar 10:00",
        "Sat 14 Mar 10:00",
        "Thu 19 Mar 10:00",
        "Thu 26 Mar 10:00",
    ]
    assert [each.until for each in planned[1:5]] == [each.at for each in planned[2:]]
    assert planned[5].until - planned[5].at == timedelta(days=14)
    assert all(each.subject and each.preview_text for each in welcome.steps)
