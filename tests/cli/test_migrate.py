from __future__ import annotations

import shutil

import pytest

from newsletter import migrating, paths
from newsletter.campaigns.filing import starter


@pytest.fixture
def database(empty_database, environment):
    environment["NEWSLETTER_DATABASE_URL"] = empty_database.url
    return empty_database


def test_an_empty_database_comes_to_this_version(database, run):
    told = run("migrate").stdout.splitlines()
    assert told == [
        "Loaded the starter campaigns: guide-start-to-finish, news-what-is-new, tips-five-questions, welcome.",
        f"The database is at revision {migrating.head()}.",
    ]
    assert migrating.current(database) == migrating.head()


def test_an_empty_database_has_topics_and_the_welcome_letters_afterwards(database, run):
    run("migrate")
    assert [each["slug"] for each in run.json("campaigns", "list")] == [
        "welcome",
        "guide-start-to-finish",
        "news-what-is-new",
        "tips-five-questions",
    ]


def test_a_second_time_changes_nothing(database, run):
    run("migrate")
    assert run("migrate").stdout == f"The database is at revision {migrating.head()}.\n"


def test_it_goes_down_again(database, run):
    run("migrate")
    assert run("migrate", "--to", "base").stdout == "The database holds no tables now.\n"
    assert migrating.current(database) is None


def test_an_unknown_revision_is_refused_with_those_there_are(database, run):
    assert "0001" in run.refused("migrate", "--to", "someday")


def test_other_commands_say_that_it_has_no_tables_yet(database, run):
    assert run.refused("inbox", "list") == "the database has no tables yet; run `newsletter migrate`"


def test_a_newer_database_is_left_alone(database, run):
    run("migrate")
    with database.writing.begin() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    assert "newer version" in run.refused("migrate")
    assert "newer version" in run.refused("inbox", "list")


def test_a_newer_release_with_other_words_is_offered_once_and_can_be_used(
    database, run, monkeypatch, tmp_path
):
    run("migrate")
    shutil.copytree(paths.TEMPLATES / "campaigns", tmp_path / "campaigns")
    letter = tmp_path / "campaigns" / "welcome" / "01-welcome.md"
    letter.write_text(letter.read_text() + "\nOne more line, since this release.\n")
    monkeypatch.setattr(starter.paths, "TEMPLATES", tmp_path)
    told = run("migrate").stdout.splitlines()
    assert told[:2] == [
        "A newer release has other words for “welcome”; nothing that people get has changed:",
        "  newsletter campaigns use welcome    newsletter campaigns discard welcome",
    ]
    assert len(run("migrate").stdout.splitlines()) == 1
    assert "from a newer release" in run("campaigns", "list").stdout
    monkeypatch.undo()
    assert "welcome  reworded" in run("campaigns", "use", "welcome").stdout
    assert run.refused("campaigns", "use", "welcome").startswith("no draft of “welcome” waits")
