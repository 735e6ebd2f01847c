"""A newsletter's folder: read whole, or refused with each mistake's line."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.campaigns.filing.bodies import Body
from newsletter.campaigns.filing.files import read_folder, read_folders, read_sequence
from newsletter.campaigns.filing.folders import BadFolder, BroadcastFolder

SOUND = """\
# Once a year, in March.
name = "Spring guide"
subject = "A short guide"
preview_text = "What to expect, and when."
topic = "resources"
except = ["news"]
file = "issue.md"
"""


def write(tmp_path: Path, table: str = SOUND, slug: str = "spring-guide") -> Path:
    folder = tmp_path / slug
    folder.mkdir(exist_ok=True)
    (folder / "broadcast.toml").write_text(table)
    (folder / "issue.md").write_text("The guide.")
    return folder


def broadcast(folder: Path) -> BroadcastFolder:
    read = read_folder(folder)
    assert isinstance(read, BroadcastFolder)
    return read


def problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(BadFolder) as refused:
        read_folder(folder)
    return refused.value.problems


def test_a_sound_folder_is_read_whole(tmp_path: Path) -> None:
    read = broadcast(write(tmp_path))
    assert (read.slug, read.name, read.subject) == ("spring-guide", "Spring guide", "A short guide")
    assert (read.preview_text, read.topic) == ("What to expect, and when.", "resources")
    assert read.except_topics == ("news",)
    assert read.body == Body("issue.md", "markdown", "The guide.", None)


def test_nobody_is_excepted_unless_it_says_so_and_nobody_twice(tmp_path: Path) -> None:
    assert broadcast(write(tmp_path, SOUND.replace('except = ["news"]\n', ""))).except_topics == ()
    assert broadcast(write(tmp_path, SOUND.replace('["news"]', "[]"))).except_topics == ()
    twice = SOUND.replace('["news"]', '["tips", "news", "tips"]')
    assert broadcast(write(tmp_path, twice)).except_topics == ("tips", "news")


def test_an_issue_is_archived_unless_it_says_otherwise(tmp_path: Path) -> None:
    assert broadcast(write(tmp_path)).archived is True
    assert broadcast(write(tmp_path, SOUND + "archive = true\n")).archived is True
    assert broadcast(write(tmp_path, SOUND + "archive = false\n")).archived is False


def test_an_issue_may_be_html_with_a_text_part_beside_it(tmp_path: Path) -> None:
    folder = write(tmp_path, SOUND.replace("issue.md", "issue.html"))
    (folder / "issue.html").write_text("<p>The guide.</p>")
    (folder / "issue.txt").write_text("The guide, plain.")
    assert broadcast(folder).body == Body("issue.html", "html", "<p>The guide.</p>", "The guide, plain.")


def test_the_digest_changes_with_any_word_and_with_nothing_else(tmp_path: Path) -> None:
    folder = write(tmp_path)
    before = broadcast(folder).digest
    assert broadcast(write(tmp_path)).digest == before
    (folder / "issue.md").write_text("The guide, again.")
    words = broadcast(folder).digest
    retitled = broadcast(write(tmp_path, SOUND.replace("A short guide", "A long guide"))).digest
    assert len({before, words, retitled}) == 3


@pytest.mark.parametrize(
    ("change", "to", "line", "says"),
    [
        ('name = "Spring guide"\n', "", 1, "“name” is missing; right would be a line like name = "),
        ('subject = "A short guide"\n', "", 1, "“subject” is missing; right would be a line like subject = "),
        ('preview_text = "What to expect, and when."\n', "", 1, "“preview_text” is missing"),
        (
            'topic = "resources"\n',
            "",
            1,
            '“topic” is missing; right would be a line like topic = "resources"',
        ),
        ('file = "issue.md"\n', "", 1, '“file” is missing; right would be a line like file = "issue.md"'),
        ('"Spring guide"', "7", 2, "“name” is a text in quotes, not 7"),
        ('"A short guide"', '" "', 3, "“subject” is one line of text, not empty"),
        ('"A short guide"', '"Hi\\nBcc: reader@example.com"', 3, "“subject” is one line of text"),
        ('"A short guide"', "soon", 3, "this is not TOML"),
        ('"What to expect, and when."', '"\\u0007What"', 4, "“preview_text” is one line of text"),
        ('topic = "resources"', 'topic = "No Topic"', 5, "“No Topic” names no topic; right would be one"),
        ('topic = "resources"', 'topic = ["tips"]', 5, "names no topic; right would be one, as in "),
        (
            '["news"]',
            '"news"',
            6,
            "“except” names the topics whose readers do not get it; right would be a list",
        ),
        ('["news"]', "[1]", 6, 'right would be a list, as in ["news"]'),
        ('["news"]', '["No Topic"]', 6, 'right would be a list, as in ["news"]'),
        ('["news"]', '["resources"]', 6, "“resources” is the newsletter's own topic: nobody would get it"),
        ('["news"]', '[\n  "news"\n]\nfiel = 1', 9, "“fiel” is not known here (did you mean “file”?)"),
        ("except", "exept", 6, "“exept” is not known here (did you mean “except”?); known are name, "),
        (
            "except",
            'trigger = "confirmed"\nexcept',
            6,
            "“trigger” is not known here; known are name, subject",
        ),
        ('file = "issue.md"\n', 'file = "issue.md"\n[[step]]\nkey = "a"\n', 8, "“step” is not known here"),
        ('"issue.md"', '"issue.md"\narchive = "no"', 8, "“archive” is true or false, without quotes"),
        (
            '"issue.md"',
            '"issue.md"\narchived = false',
            8,
            "“archived” is not known here (did you mean “archive”?)",
        ),
        ('"issue.md"', '"isue.md"', 7, "is not a file in this folder (did you mean “issue.md”?)"),
        ('"issue.md"', '"issue.docx"', 7, "“issue.docx” is of no known kind; right would be a .md or .html"),
        ('"issue.md"', '"../issue.md"', 7, "“../issue.md” lies outside this folder"),
        ('"issue.md"', '"empty.md"', 7, "“empty.md” is empty or no text; right would be the words"),
        ('"issue.md"', "true", 7, "“file” is a text in quotes, not True"),
    ],
)
def test_a_mistake_is_named_by_file_and_line_with_what_would_be_right(
    tmp_path: Path, change: str, to: str, line: int, says: str
) -> None:
    assert SOUND.count(change) == 1
    folder = write(tmp_path, SOUND.replace(change, to))
    (folder / "empty.md").write_text(" \n")
    (problem,) = problems(folder)
    assert problem.startswith(f"spring-guide/broadcast.toml:{line}: ")
    assert says in problem


def test_all_mistakes_are_told_at_once_in_the_order_of_their_lines(tmp_path: Path) -> None:
    broken = SOUND.replace('"issue.md"', '"x.exe"').replace('"resources"', "1").replace('["news"]', "2")
    assert [problem.split(": ")[0] for problem in problems(write(tmp_path, broken))] == [
        "spring-guide/broadcast.toml:5",
        "spring-guide/broadcast.toml:6",
        "spring-guide/broadcast.toml:7",
    ]


def test_a_message_carries_no_control_characters_to_a_terminal(tmp_path: Path) -> None:
    (problem,) = problems(write(tmp_path, SOUND + '"\\u001b[31m" = 1\n'))
    assert "“?[31m” is not known here" in problem


def test_a_broadcast_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "broadcast.toml").write_bytes(b"name = '\xff'")
    assert problems(folder) == (
        "spring-guide/broadcast.toml:1: “broadcast.toml” is not UTF-8 text in its line 1; save it as UTF-8",
    )


def test_a_folder_holds_a_sequence_or_a_newsletter_and_not_both(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "sequence.toml").write_text("")
    assert problems(folder) == (
        "spring-guide: it holds both sequence.toml and broadcast.toml; right would be one of them",
    )


def test_where_a_sequence_is_wanted_a_newsletter_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFolder, match="spring-guide is a newsletter; right would be a sequence's folder"):
        read_sequence(write(tmp_path))


def test_mistakes_of_several_folders_are_told_together(tmp_path: Path) -> None:
    write(tmp_path, slug="good")
    write(tmp_path, SOUND.replace('"resources"', "1"), slug="summer")
    write(tmp_path, SOUND.replace("issue.md", "isue.md"), slug="winter")
    with pytest.raises(BadFolder) as refused:
        read_folders(tmp_path)
    assert [each.split(": ")[0] for each in refused.value.problems] == [
        "summer/broadcast.toml:5",
        "winter/broadcast.toml:7",
    ]
    assert [each.slug for each in read_folders(tmp_path / "good")] == ["good"]
