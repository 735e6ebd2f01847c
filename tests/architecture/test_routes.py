"""The studio is closed unless opened: made from the list of routes, so a page that somebody adds is asked too."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from newsletter.settings import Settings
from newsletter.web import create_app
from newsletter.web.access import place_of
from newsletter.web.transaction import house

SOMEWHERE_ELSE = {"REMOTE_ADDR": "203.0.113.9"}
# Everything else says which blueprint it belongs to; these are for everybody.
FOR_EVERYBODY = {"site", "health"}
REAL_MAIL = {
    "NEWSLETTER_MAIL_URL": "smtp://127.0.0.1:1",
    "NEWSLETTER_CLINIC_NAME": "Example Skin Clinic",
    "NEWSLETTER_CLINIC_FROM": "letters@clinic.example",
    "NEWSLETTER_CLINIC_POSTAL_ADDRESS": "1 Example Street, Springfield",
    "NEWSLETTER_CLINIC_TIME_ZONE": "America/New_York",
}


@pytest.fixture
def serve(environment: dict[str, str], sqlite_url: str) -> Iterator[Callable[..., Flask]]:
    served: list[Flask] = []

    def make(**more: str) -> Flask:
        settings = Settings.from_env(environment | {"NEWSLETTER_DATABASE_URL": sqlite_url} | more)
        served.append(create_app(settings))
        return served[-1]

    yield make
    for app in served:
        with app.app_context():
            house().close()


def studio_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/studio")]


def address(rule: Rule) -> str:
    """Some address that the rule answers to: 1 is a number, and a text."""
    built = rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)
    assert built is not None
    return built[1]


def answers(app: Flask, rules: list[Rule]) -> dict[str, int]:
    """What a stranger from elsewhere gets, by method and path; her browser calls the host by its own name for it."""
    client = app.test_client()
    return {
        f"{method} {path}": client.open(path, method=method, environ_base=SOMEWHERE_ELSE).status_code
        for rule in rules
        for path in [address(rule)]
        for method in sorted((rule.methods or set()) - {"OPTIONS"})
    }


def behind_a_door(app: Flask, *, practice: bool) -> list[Rule]:
    """Everything but the ways in, which are for whoever is not known yet; and of what is for practice only, or not."""
    places = [(rule, place_of(app.view_functions[rule.endpoint])) for rule in studio_rules(app)]
    return [rule for rule, place in places if place and place.roles and place.practice == practice]


@pytest.mark.parametrize("more", [{}, REAL_MAIL], ids=["practice", "real mail"])
def test_every_studio_page_refuses_a_stranger(serve, more):
    app = serve(**more)
    statuses = answers(app, behind_a_door(app, practice=False))
    assert "GET /studio/" in statuses
    assert {where: status for where, status in statuses.items() if status != 401} == {}


def test_the_practice_inbox_refuses_a_stranger_from_elsewhere_and_exists_in_practice_only(serve):
    for more, answer in (({}, 401), (REAL_MAIL, 404)):
        app = serve(**more)
        statuses = answers(app, behind_a_door(app, practice=True))
        assert "GET /studio/inbox/" in statuses
        assert {where: status for where, status in statuses.items() if status != answer} == {}


def test_the_ways_in_are_these_and_no_others(serve):
    app = serve()
    doors = {rule.endpoint for rule in studio_rules(app)} - {
        rule.endpoint for practice in (True, False) for rule in behind_a_door(app, practice=practice)
    }
    assert doors == {
        f"studio.{way}"
        for way in "entrance enter enter_here sign_in ask_link enter_by_password code enter_code sign_out".split()
    }


def test_every_page_is_placed(serve):
    placed = FOR_EVERYBODY | {"studio", "static"}
    endpoints = {rule.endpoint for rule in serve().url_map.iter_rules()}
    assert {endpoint for endpoint in endpoints if endpoint.partition(".")[0] not in placed} == set(), (
        "say in newsletter/web/access.py who may open it"
    )


def test_the_studio_lives_under_its_own_path(serve):
    rules = serve().url_map.iter_rules()
    assert {rule.rule for rule in rules if rule.endpoint.startswith("studio.")} == {
        rule.rule for rule in serve().url_map.iter_rules() if rule.rule.startswith("/studio")
    }
