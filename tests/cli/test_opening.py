from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.cli.listening import alone_with


@pytest.fixture
def first_letter(house, run, sign_up, environment):
    """The text of the first letter that `tick` writes in another terminal while an `up` serves this data."""

    def write() -> str:
        sign_up()
        with alone_with(Path(environment["NEWSLETTER_DATA_DIR"]), "http://127.0.0.1:9000"):
            run("tick", "--until-idle")
        return run("inbox", "show", "2").stdout

    return write


def test_links_lead_to_the_running_site(first_letter, environment):
    del environment["NEWSLETTER_BASE_URL"]
    assert "<http://127.0.0.1:9000/u/" in first_letter()


@pytest.mark.parametrize(
    ("name", "value", "link"),
    [
        ("NEWSLETTER_BASE_URL", "https://letters.clinic.example", "https://letters.clinic.example/u/"),
        ("PORT", "9001", "http://127.0.0.1:9001/u/"),
    ],
)
def test_what_the_environment_says_comes_first(first_letter, environment, name, value, link):
    del environment["NEWSLETTER_BASE_URL"]
    environment[name] = value
    assert f"<{link}" in first_letter()
