"""Campaigns as folders: out, through an editor, and in again."""

from __future__ import annotations

import pytest

from tests.cli.conftest import both

ISSUE = """\
name = "Spring guide"
subject = "A guide for spring"
preview_text = "It has few words."
topic = "tips"
file = "issue.md"
"""


@pytest.fixture
def spring(tmp_path):
    """A newsletter's folder."""
    folder = tmp_path / "in" / "spring-guide"
    folder.mkdir(parents=True)
    (folder / "broadcast.toml").write_text(ISSUE)
    (folder / "issue.md").write_text("A guide, in few words.\n")
    return folder


def tree(folder):
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


@both
def test_everything_goes_out_and_comes_back_unchanged(house, run, spring, tmp_path):
    run("campaigns", "import", str(spring))
    out = tmp_path / "out"
    told = run("campaigns", "export", str(out)).stdout.splitlines()
    assert told == [str(out / "hello"), str(out / "spring-guide")]
    assert [each["became"] for each in run.json("campaigns", "import", str(out))] == ["unchanged"] * 2
    assert "“hello” is unchanged." in run("campaigns", "import", str(out)).stdout
    before = tree(out)
    assert set(before) == {
        "hello/sequence.toml",
        "hello/01-first.md",
        "hello/02-second.md",
        "spring-guide/broadcast.toml",
        "spring-guide/issue.md",
    }
    run("campaigns", "export", str(out))
    assert tree(out) == before


def test_only_those_that_are_named_go_out_each_once(house, run, spring, tmp_path):
    run("campaigns", "import", str(spring))
    out = tmp_path / "out"
    assert run.json("campaigns", "export", str(out), "hello", "hello") == [
        {"slug": "hello", "kind": "sequence", "folder": str(out / "hello")}
    ]
    assert [each.name for each in out.iterdir()] == ["hello"]


def test_an_unknown_name_is_refused_with_those_there_are_before_anything_is_written(house, run, tmp_path):
    told = run.refused("campaigns", "export", str(tmp_path / "out"), "hello", "goodbye")
    assert told == "there is no campaign “goodbye”; there is: hello"
    assert not (tmp_path / "out").exists()


def test_exporting_into_a_file_is_refused(house, run, hello):
    told = run.refused("campaigns", "export", str(hello / "first.md"))
    assert told.endswith("first.md is a file; right would be a folder, or a name that is free")


def test_a_place_that_may_not_be_written_is_one_line(house, run):
    assert run.refused("campaigns", "export", "/proc/nowhere").endswith(": /proc/nowhere")


def test_nothing_to_export_is_said(run, environment, database_url, tmp_path):
    environment["NEWSLETTER_DATABASE_URL"] = database_url
    assert "There is nothing to export yet" in run("campaigns", "export", str(tmp_path / "out")).stdout
    assert run.json("campaigns", "export", str(tmp_path / "out")) == []


def test_a_newsletter_is_a_draft_and_the_next_command_stands_below(house, run, spring):
    assert run("campaigns", "import", str(spring)).stdout == (
        "“spring-guide” is a draft newsletter. Send it:\n  newsletter campaigns send spring-guide\n"
    )
    (spring / "issue.md").write_text("A guide, in other words.\n")
    assert "now in these words" in run("campaigns", "import", str(spring)).stdout
    listed = {each["slug"]: each for each in run.json("campaigns", "list")}
    assert (listed["spring-guide"]["state"], listed["spring-guide"]["audience"]) == ("draft", None)


@both
def test_a_sequence_waits_as_a_draft_and_list_and_status_say_so(house, run, hello):
    (hello / "first.md").write_text("Other words for the first letter.\n")
    told = run("campaigns", "import", str(hello)).stdout
    assert told.splitlines() == [
        "“hello” waits as a draft; what people get has not changed. Use it, or let it go:",
        "  newsletter campaigns use hello",
        "  newsletter campaigns discard hello",
    ]
    (listed,) = run.json("campaigns", "list")
    assert (listed["state"], listed["draft"]) == ("on", "import")
    assert "imported" in run("campaigns", "list").stdout
    assert "A draft waits (imported). Use it, or let it go:" in run("campaigns", "status", "hello").stdout
    assert run.json("campaigns", "status", "hello")["draft"] == "import"


def test_a_new_sequence_is_listed_while_it_is_only_a_draft(house, run, hello):
    autumn = hello.rename(hello.parent / "autumn")
    assert run.json("campaigns", "import", str(autumn)) == [
        {
            "slug": "autumn",
            "kind": "sequence",
            "became": "draft",
            "next": ["newsletter campaigns use autumn", "newsletter campaigns discard autumn"],
        }
    ]
    listed = {each["slug"]: each for each in run.json("campaigns", "list")}
    assert (listed["autumn"]["state"], listed["autumn"]["on_since"]) == ("draft", None)
    shown = run.json("campaigns", "status", "autumn")
    assert [each["step"] for each in shown["steps"]] == ["first", "second"]
    assert "The first letter" in run("campaigns", "status", "autumn").stdout
    assert run.refused("campaigns", "pause", "autumn").startswith("there is no sequence “autumn”")


@pytest.mark.parametrize(
    ("file", "change", "says"),
    [
        (
            "sequence.toml",
            ('"second.md"', '"sceond.md"'),
            "hello/sequence.toml:18: “sceond.md” is not a file",
        ),
        ("sequence.toml", ('"second.md"', '"../x.md"'), "hello/sequence.toml:18: “../x.md” lies outside"),
        ("sequence.toml", ('key = "second"', 'key = "first"'), "“first” names the step of line 7 too"),
        ("sequence.toml", ("day = 2", "dya = 2"), "hello/sequence.toml:21: “dya” is not known here (did you"),
        (
            "sequence.toml",
            ("topics = []", 'topics = ["tip"]'),
            "hello/sequence.toml:5: there is no topic “tip”",
        ),
        ("second.md", ("{% endif %}", ""), "hello/second.md: body, line 1"),
    ],
)
def test_a_mistake_is_told_by_file_and_line_and_nothing_waits(house, run, hello, file, change, says):
    text = (hello / file).read_text()
    assert text.count(change[0]) == 1
    (hello / file).write_text(text.replace(*change))
    result = run("campaigns", "import", str(hello), status=1)
    assert says in result.stderr
    assert run.json("campaigns", "list")[0]["draft"] is None


def test_a_step_file_that_is_missing_is_named(house, run, hello):
    (hello / "second.md").unlink()
    told = run.refused("campaigns", "import", str(hello))
    assert told.startswith("hello/sequence.toml:18: “second.md” is not a file in this folder")


def test_a_place_without_campaigns_is_refused(house, run, tmp_path):
    assert "is not a folder" in run.refused("campaigns", "import", str(tmp_path / "nowhere"))
    (tmp_path / "empty").mkdir()
    assert "holds no campaign" in run.refused("campaigns", "import", str(tmp_path / "empty"))


@both
def test_a_newsletter_that_is_being_sent_keeps_its_words(house, run, sign_up, spring):
    sign_up()
    run("campaigns", "import", str(spring))
    run("campaigns", "send", "spring-guide")
    (spring / "issue.md").write_text("A guide, in other words.\n")
    told = run.refused("campaigns", "import", str(spring))
    assert told == (
        "“spring-guide” is going out already, so its words stay; right would be another name for the folder"
    )
    spring.rename(spring.with_name("spring-guide-2"))
    assert "“spring-guide-2” is a draft newsletter" in run("campaigns", "import", str(spring.parent)).stdout


def test_an_issue_that_stays_out_of_the_archive_says_so_in_its_folder_again(house, run, spring, tmp_path):
    (spring / "broadcast.toml").write_text(f"{ISSUE}archive = false\n")
    run("campaigns", "import", str(spring))
    run("campaigns", "export", str(tmp_path / "out"), "spring-guide")
    assert (tmp_path / "out" / "spring-guide" / "broadcast.toml").read_text() == f"{ISSUE}archive = false\n"
