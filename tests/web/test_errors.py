from __future__ import annotations

import logging
import sqlite3

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import TooManyRequests

from newsletter.db import DatabaseUnusable, open_database
from newsletter.house import House
from newsletter.links import Links
from newsletter.web import MOST_BYTES, access, create_app
from tests.web.visiting import READER, Visitor, words


@pytest.fixture
def failing(app):
    """`failing(error)`: a client whose `/` raises `error`."""

    def make(error):
        def broken():
            raise error

        app.view_functions["site.front"] = broken
        return app.test_client()

    return make


def locked() -> OperationalError:
    return OperationalError("UPDATE x", {"address": READER}, sqlite3.OperationalError("database is locked"))


@pytest.mark.parametrize(
    ("error", "status", "title"),
    [
        (locked(), 503, "One moment, please"),
        (DatabaseUnusable("the disk is full"), 503, "One moment, please"),
        (
            IntegrityError("INSERT", {"address": READER}, sqlite3.IntegrityError("UNIQUE")),
            500,
            "That was our mistake",
        ),
        (RuntimeError(f"secret of {READER}"), 500, "That was our mistake"),
        (TooManyRequests(), 429, "Too many at once"),
    ],
)
def test_a_failure_becomes_a_calm_page_that_tells_nothing(failing, caplog, error, status, title):
    answer = failing(error).get("/")
    assert answer.status_code == status
    assert title in words(answer.text)
    assert READER not in answer.text
    assert "secret" not in answer.text
    assert READER not in caplog.text


def test_a_mistake_of_ours_is_logged_by_kind_and_place_only(failing, capsys, caplog):
    with caplog.at_level(logging.ERROR):
        failing(RuntimeError(f"secret of {READER}")).get("/")
    logged = capsys.readouterr().out + caplog.text
    assert "RuntimeError" in logged
    assert "test_errors.py" in logged
    assert "secret" not in logged


def test_busy_says_when_to_come_back(failing):
    assert failing(locked()).get("/").headers["Retry-After"] == "60"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/u/damaged", 404),
        ("POST", "/", 405),
        ("GET", "/subscribe", 405),
        ("DELETE", "/subscribe", 405),
    ],
)
def test_what_is_asked_wrongly_gets_a_page_and_programs_get_json(app, method, path, status):
    client = app.test_client()
    page = client.open(path, method=method)
    assert page.status_code == status
    assert page.mimetype == "text/html"
    data = client.open(path, method=method, headers={"Accept": "application/json"})
    assert data.status_code == status
    assert list(data.json) == ["error"]


def test_405_names_what_would_be_right(app):
    allowed = app.test_client().get("/subscribe").headers["Allow"]
    assert set(allowed.split(", ")) == {"OPTIONS", "POST"}


def test_a_body_beyond_the_limit_is_refused_as_form_and_as_json(app):
    client = app.test_client()
    huge = "a" * (MOST_BYTES + 1)
    assert client.post("/subscribe", data={"email": huge}).status_code == 413
    answer = client.post("/subscribe", data='{"email": "' + huge, content_type="application/json")
    assert answer.status_code == 413
    assert answer.json is not None


def test_every_form_without_its_page_is_refused_but_the_two_that_need_none(story, app):
    """Made from the list of routes: a form that somebody adds is asked too."""
    visitor = Visitor(app, story.clock, place="127.0.0.1")
    open_to_all = {"site.subscribe", "site.leave"}
    posts = [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or set())]
    assert open_to_all < {rule.endpoint for rule in posts}
    for rule in posts:
        if rule.endpoint in open_to_all:
            continue
        built = rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)
        assert built is not None
        place = access.place_of(app.view_functions[rule.endpoint])
        answer = visitor.send(built[1])
        if place is not None and place.roles is not None and not place.practice:
            assert answer.status_code == 401, (
                "the studio asks who is there first; tests/web/studio/test_roles goes on"
            )
            continue
        assert (rule.endpoint, answer.status_code) == (rule.endpoint, 400)
        assert "Please press once more" in words(answer.text)


@pytest.mark.parametrize("url", ["sqlite:////proc/nowhere.db", "postgresql://nobody@127.0.0.1:1/none"])
def test_without_a_database_visitors_are_asked_to_wait(settings, clock, url):
    house = House(settings, open_database(url), clock, Links(settings.base_url, settings.secret_keys))
    client = create_app(house=house).test_client()
    answers = [client.get("/"), client.post("/subscribe", data={"email": READER})]
    for answer in answers:
        assert answer.status_code == 503
        assert "Nothing was changed. Try again in a minute." in words(answer.text)


def test_a_view_that_raises_leaves_nothing_behind(story, app, monkeypatch):
    from newsletter.web.site import check

    def too_late(_mailbox_id):
        raise RuntimeError

    monkeypatch.setattr(check, "pending", too_late)
    assert app.test_client().post("/subscribe", data={"email": READER}).status_code == 500
    with story.house.database.reading() as session:
        from newsletter.delivery.models import Mailbox

        assert session.query(Mailbox).count() == 0


def test_a_database_of_a_newer_version_serves_nobody_and_keeps_nothing(story, app):
    with story.house.database.writing.begin() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    client = app.test_client()
    assert client.get("/").status_code == 503
    assert client.post("/subscribe", json={"email": READER}).status_code == 503
    assert client.get("/health").status_code == 200


def test_brackets_without_end_are_not_json(app):
    answer = app.test_client().post("/subscribe", data="[" * 100_000, content_type="application/json")
    assert (answer.status_code, answer.json["error"]) == (400, "the body is not JSON")
