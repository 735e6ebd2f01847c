"""Settings: every mistake named at once, each with what would be right."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from newsletter.clinic import missing
from newsletter.errors import Mistakes
from newsletter.settings import Settings

REAL = {
    "NEWSLETTER_MAIL_URL": "smtp://user:pass@mail.clinic.example:587",
    "NEWSLETTER_CLINIC_NAME": "Example Skin Clinic",
    "NEWSLETTER_CLINIC_FROM": "letters@clinic.example",
    "NEWSLETTER_CLINIC_POSTAL_ADDRESS": "1 Example Street, Springfield",
    "NEWSLETTER_CLINIC_TIME_ZONE": "Europe/London",
}


def read(tmp_path: Path, **given: str) -> Settings:
    names = {
        name if name in ("HOST", "PORT") else f"NEWSLETTER_{name}": value for name, value in given.items()
    }
    return Settings.from_env({"NEWSLETTER_DATA_DIR": str(tmp_path / "var"), **names})


def problems(tmp_path: Path, **given: str) -> tuple[str, ...]:
    with pytest.raises(Mistakes) as mistakes:
        read(tmp_path, **given)
    return mistakes.value.problems


def test_with_nothing_given_it_is_practice(tmp_path):
    settings = read(tmp_path)
    assert settings.practice
    assert settings.mail_url == "inbox:"
    assert settings.base_url == "http://127.0.0.1:8000"
    assert settings.database_url == f"sqlite:///{tmp_path / 'var' / 'newsletter.db'}"
    assert settings.clinic.name == "Example Skin Clinic"
    assert settings.clinic.zone.key == "America/New_York"
    assert settings.clock_file.parent == tmp_path / "var"


def test_every_mistake_is_named_at_once(tmp_path):
    found = problems(
        tmp_path,
        MAIL_URL="carrier-pigeon://loft",
        DATABASE_URL="mysql://db/newsletter",
        BASE_URL="letters.clinic.example",
        SECRET_KEY="short",
        CLINIC_FROM="not an address",
        CLINIC_REPLY_TO="a@clinic.example, b@clinic.example",
        CLINIC_TIME_ZONE="Mars/Olympus",
        CLINIC_BOOKING_URL="javascript:alert(1)",
        CLINIC_PRIVACY_URL="ftp://clinic.example",
        HEARTBEAT_URL="hello",
        TRUSTED_PROXIES="many",
    )
    named = {problem.split()[0].removeprefix("NEWSLETTER_") for problem in found}
    assert named >= set(
        "MAIL_URL DATABASE_URL BASE_URL SECRET_KEY CLINIC_FROM CLINIC_REPLY_TO CLINIC_TIME_ZONE CLINIC_BOOKING_URL "
        "CLINIC_PRIVACY_URL HEARTBEAT_URL TRUSTED_PROXIES".split()
    )
    assert [
        problem for problem in found if "right would be" not in problem and "missing" not in problem
    ] == []
    assert not any("\n" in problem for problem in found)


def test_a_mistake_says_no_secret(tmp_path):
    found = problems(
        tmp_path, SECRET_KEY="hunter2", MAIL_URL="smtq://user:hunter2@host", DATABASE_URL="x://u:hunter2@h/d"
    )
    assert len(found) >= 3
    assert "hunter2" not in "".join(found)


def test_nothing_is_written_while_something_is_wrong(tmp_path):
    problems(tmp_path, MAIL_URL="carrier-pigeon://loft")
    assert not (tmp_path / "var").exists()


def test_three_facts_of_the_clinic_may_be_given_later_in_the_studio(tmp_path):
    settings = read(tmp_path, MAIL_URL="smtp://mail.clinic.example", CLINIC_PHONE="+1 555 0100")
    assert missing(settings.clinic) == ("name", "sender", "postal_address")
    assert settings.clinic_given == {"phone"}
    assert missing(read(tmp_path).clinic) == ()  # practice has an example of everything


@pytest.mark.parametrize(
    "url", ["smtp://user:pass@mail.clinic.example:587", "smtps://mail.clinic.example", "maildir:///tmp/mail"]
)
def test_with_real_mail_it_is_not_practice(tmp_path, url):
    settings = Settings.from_env({**REAL, "NEWSLETTER_DATA_DIR": str(tmp_path), "NEWSLETTER_MAIL_URL": url})
    assert not settings.practice
    assert any("BASE_URL" in note for note in settings.notes), (
        "links that only this computer opens are mentioned"
    )


@pytest.mark.parametrize("url", ["smtp:", "smtp://", "inbox", "", "smtp://[::1"])
def test_a_mail_url_without_a_host_is_refused_or_practice(tmp_path, url):
    if not url:
        assert read(tmp_path, MAIL_URL=url).practice
        return
    assert any(problem.startswith("NEWSLETTER_MAIL_URL") for problem in problems(tmp_path, MAIL_URL=url))


def test_without_a_zone_the_clinic_s_hours_are_utc_and_that_is_mentioned(tmp_path):
    without = {name: value for name, value in REAL.items() if "TIME_ZONE" not in name}
    settings = Settings.from_env({**without, "NEWSLETTER_DATA_DIR": str(tmp_path)})
    assert settings.clinic.time_zone == "UTC"
    assert any("CLINIC_TIME_ZONE" in note for note in settings.notes)


@pytest.mark.parametrize("name", ["SECRET_KEY", "MAIL_URL", "DATABASE_URL"])
def test_a_secret_may_stand_in_a_file(tmp_path, name):
    values = {
        "SECRET_KEY": "a-key-from-a-file-0123456789-0123456789",
        "MAIL_URL": "inbox:",
        "DATABASE_URL": "postgresql://newsletter@/letters",
    }
    file = tmp_path / "secret"
    file.write_text(values[name] + "\n")
    settings = read(tmp_path, **{f"{name}_FILE": str(file)})
    assert values[name] in (*settings.secret_keys, settings.mail_url, settings.database_url)


def test_a_value_given_directly_wins_over_its_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text("k" * 40)
    settings = read(tmp_path, SECRET_KEY="d" * 40, SECRET_KEY_FILE=str(file))
    assert settings.secret_keys == ("d" * 40,)


@pytest.mark.parametrize("kind", ["absent", "a folder", "not text"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, kind):
    file = tmp_path / "secret"
    if kind == "a folder":
        file.mkdir()
    elif kind == "not text":
        file.write_bytes(b"\xff\xfe\x00")
    (problem,) = problems(tmp_path, SECRET_KEY_FILE=str(file))
    assert problem == f"NEWSLETTER_SECRET_KEY_FILE names a file that cannot be read: {file}"


def test_a_list_of_keys_rotates_and_the_first_signs(tmp_path):
    assert read(tmp_path, SECRET_KEY=f"{'n' * 40}, {'o' * 40},").secret_keys == ("n" * 40, "o" * 40)


def test_a_generated_key_is_its_owner_s_alone_and_stays(tmp_path):
    umask = os.umask(0)  # the most careless one there is
    try:
        first = read(tmp_path)
    finally:
        os.umask(umask)
    file = tmp_path / "var" / "secret.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert first.secret_keys == (file.read_text(),)
    assert len(first.secret_keys[0]) >= 48
    assert read(tmp_path).secret_keys == first.secret_keys


def test_many_processes_that_start_together_agree_on_the_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: read(tmp_path).secret_keys, range(32)))
    assert len(keys) == 1
    assert len(keys.pop()[0]) >= 48
    assert sorted(path.name for path in (tmp_path / "var").iterdir()) == ["pepper", "secret.key"]


def test_the_pepper_is_made_once_and_is_no_key_of_the_links(tmp_path):
    first = read(tmp_path)
    assert stat.S_IMODE((tmp_path / "var" / "pepper").stat().st_mode) == 0o600
    assert len(first.pepper) >= 48
    assert first.pepper not in first.secret_keys
    assert read(tmp_path).pepper == first.pepper


def test_several_machines_are_given_one_pepper(tmp_path):
    file = tmp_path / "given"
    file.write_text("the-same-for-every-machine\n")
    assert read(tmp_path, PEPPER_FILE=str(file)).pepper == "the-same-for-every-machine"
    assert not (tmp_path / "var" / "pepper").exists()


@pytest.mark.parametrize(("given", "kept"), [("", "open"), ("noindex", "noindex"), ("off", "off")])
def test_the_archive_is_open_unless_said_otherwise(tmp_path, given, kept):
    assert read(tmp_path, ARCHIVE=given).archive == kept


def test_another_word_for_the_archive_is_refused(tmp_path):
    assert problems(tmp_path, ARCHIVE="no") == (
        "NEWSLETTER_ARCHIVE is “no”; right would be open, noindex, off",
    )


def test_an_empty_key_file_signs_nothing(tmp_path):
    """What a full disk leaves behind must not become a key that everybody knows."""
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secret.key").touch()
    (problem,) = problems(tmp_path)
    assert problem.endswith("holds no key; right would be to remove it: a new one is made")


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "var").write_text("a file where the folder should be")
    (problem,) = problems(tmp_path)
    assert problem.startswith("NEWSLETTER_DATA_DIR cannot be written")


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ({"PORT": "9000"}, "http://127.0.0.1:9000"),
        ({"HOST": "0.0.0.0"}, "http://127.0.0.1:8000"),
        ({"HOST": "clinic.example"}, "http://clinic.example:8000"),
        ({"BASE_URL": "https://letters.clinic.example/"}, "https://letters.clinic.example"),
    ],
)
def test_links_start_where_the_site_is_reached(tmp_path, given, url):
    assert read(tmp_path, **given).base_url == url


def test_a_name_nobody_knows_is_mentioned_and_stops_nothing(tmp_path):
    settings = read(tmp_path, MAIL_ULR="smtp://mail.clinic.example", SERVICE_HOST="10.0.0.1")
    assert [note.split()[0] for note in settings.notes] == ["NEWSLETTER_MAIL_ULR", "NEWSLETTER_SERVICE_HOST"]


def test_settings_are_frozen(settings):
    with pytest.raises(FrozenInstanceError):
        settings.base_url = "https://evil.example"


def test_the_fields_of_an_e_mail_are_the_clinic_s_facts(settings):
    assert settings.clinic.fields()["clinic_phone"] == "+1 555 0100"
    assert settings.clinic.domain == "clinic.example"
