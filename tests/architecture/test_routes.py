"""The studio is closed unless opened: made from the list of routes, so a page that somebody adds is asked too."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from newsletter.settings import Settings
from newsletter.web import create_app
from newsletter.web.transaction import house

SOMEWHERE_ELSE = {"REMOTE_ADDR": "203.0.113.9"}
# Where one comes in with a one-time link, before the studio knows who it is.
DOORS = {"studio.entrance", "studio.enter"}
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


def test_in_practice_every_studio_page_refuses_a_stranger_from_elsewhere(serve):
    app = serve()
    statuses = answers(app, [rule for rule in studio_rules(app) if rule.endpoint not in DOORS])
    assert statuses
    assert {where: status for where, status in statuses.items() if status != 401} == {}


def test_where_real_mail_leaves_the_studio_does_not_exist_before_sign_in_does(serve):
    app = serve(**REAL_MAIL)
    statuses = answers(app, studio_rules(app))
    assert statuses
    assert {where: status for where, status in statuses.items() if status != 404} == {}


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
