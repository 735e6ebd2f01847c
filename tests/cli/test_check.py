from __future__ import annotations

from pathlib import Path

import pytest

from newsletter import stored
from newsletter.house import open_house
from newsletter.settings import Settings
from tests.cli.conftest import both


@pytest.fixture
def sound(environment, database_url):
    environment["NEWSLETTER_DATABASE_URL"] = database_url
    return environment


@both
def test_a_sound_practice_install_passes(sound, run):
    result = run("check")
    assert "practice, nothing leaves this computer" in result.stdout
    assert result.stderr == ""


def test_every_mistake_is_named_at_once(sound, run):
    sound |= {
        "NEWSLETTER_MAIL_URL": "pigeon://coop",
        "NEWSLETTER_BASE_URL": "clinic",
        "NEWSLETTER_CLINIC_TIME_ZONE": "Mars/Olympus",
        "NEWSLETTER_SECRET_KEY": "short",
        "NEWSLETTER_DATABASE_URL": "mysql://nobody",
    }
    result = run("check", status=1)
    named = {line.removeprefix("newsletter: ").split()[0] for line in result.stderr.splitlines()}
    assert named >= set(sound) - {"NEWSLETTER_DATA_DIR", "NEWSLETTER_DATA_KEY"}
    told = {line.partition(":")[2].split()[0]: line for line in result.stderr.splitlines()}
    assert all("right would be" in line or "is missing" in line for line in told.values())
    assert result.stdout == ""


def test_real_mail_needs_to_know_who_is_writing(sound, run):
    sound["NEWSLETTER_MAIL_URL"] = "smtp://mail.clinic.example:587"
    said = run("check", status=1).stderr
    for fact in ("CLINIC_NAME", "CLINIC_FROM", "CLINIC_POSTAL_ADDRESS"):
        assert f"NEWSLETTER_{fact} is missing" in said


@both
def test_who_is_writing_may_also_be_said_in_the_studio(sound, run, tmp_path):
    house = open_house(Settings.from_env(sound))
    with house.database.writing.begin() as session:
        facts = {"name": "A Clinic", "sender": "letters@clinic.example", "postal_address": "1 Example Street"}
        stored.put(session, "clinic", facts, 1, house.clock.now())
    house.close()
    sound["NEWSLETTER_MAIL_URL"] = f"maildir://{tmp_path}/mail"
    assert "real mail leaves" in run("check").stdout
    sound["NEWSLETTER_CLINIC_NAME"] = "As The Server Says"
    assert "real mail leaves" in run("check").stdout


def test_a_broken_setting_does_not_hide_a_broken_database(sound, run):
    sound |= {
        "NEWSLETTER_MAIL_URL": "pigeon://coop",
        "NEWSLETTER_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    }
    said = run("check", status=1).stderr
    assert "NEWSLETTER_MAIL_URL" in said
    assert "the database did not answer" in said


def test_a_broken_setting_of_the_database_is_named_once(sound, run):
    sound["NEWSLETTER_DATABASE_URL"] = "mysql://nobody"
    assert run("check", status=1).stderr.count("NEWSLETTER_DATABASE_URL") == 1


def test_a_database_without_tables_is_a_mistake(environment, run):
    assert run.refused("check") == "the database has no tables yet; run `newsletter migrate`"


def test_an_unknown_setting_is_a_note_and_stops_nothing(sound, run):
    sound["NEWSLETTER_COLOUR"] = "pink"
    result = run("check")
    assert result.stderr.startswith("newsletter: note: NEWSLETTER_COLOUR")


def test_a_password_is_never_shown(sound, run):
    sound["NEWSLETTER_MAIL_URL"] = "smtp://user:swordfish@:587"
    assert "swordfish" not in run("check", status=1).output


def test_no_key_is_made_beside_the_given_one(sound, run):
    run("check")
    assert not (Path(sound["NEWSLETTER_DATA_DIR"]) / "secret.key").exists()


def test_a_mail_address_that_only_the_transport_can_judge_is_named_beside_other_mistakes(sound, run):
    sound |= {
        "NEWSLETTER_MAIL_URL": "smtp://127.0.0.1:25?tls=perhaps",
        "NEWSLETTER_CLINIC_TIME_ZONE": "Mars/Olympus",
    }
    said = run("check", status=1).stderr
    assert "tls is required, opportunistic or none" in said
    assert "NEWSLETTER_CLINIC_TIME_ZONE" in said
