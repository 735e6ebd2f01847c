from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from newsletter.staff import entering, roll
from newsletter.web import create_app
from tests.web.visiting import words

HERE = {"REMOTE_ADDR": "127.0.0.1"}


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_at_this_computer_the_practice_inbox_is_open(app, host):
    answer = app.test_client().get("/studio/inbox/", headers={"Host": host}, environ_base=HERE)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "letters.clinic.example"},
        {"Host": "localhost", "X-Forwarded-For": "203.0.113.9"},
        {"Host": "localhost", "Forwarded": "for=203.0.113.9"},
    ],
)
def test_a_name_that_only_points_here_and_a_proxy_nobody_told_us_of_do_not_open_it(app, headers):
    answer = app.test_client().get("/studio/inbox/", headers=headers, environ_base=HERE)
    assert answer.status_code == 401
    assert "Use the one-time link that was printed" in words(answer.text)


def test_entering_starts_a_new_visit(story, visitor):
    visitor.sign_up()
    before = visitor.client.get_cookie("__Host-visit")
    with story.house.database.writing.begin() as session:
        owner = roll.practice_owner(session, story.clock.now())
    visitor.open(entering.link(story.house.links, owner, story.clock.now() + timedelta(hours=1)))
    visitor.press("Open the studio")
    after = visitor.client.get_cookie("__Host-visit")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    with visitor.client.session_transaction() as visit:
        assert "asked" not in visit


def test_where_real_mail_leaves_not_even_this_computer_gets_in(story):
    settings = replace(story.house.settings, mail_url="smtp://127.0.0.1:1")
    client = create_app(house=replace(story.house, settings=settings)).test_client()
    statuses = {
        path: client.get(path, environ_base=HERE).status_code
        for path in ("/studio/", "/studio/inbox/", "/studio/inbox/1")
    }
    assert statuses == {"/studio/": 401, "/studio/inbox/": 404, "/studio/inbox/1": 404}


def test_a_forged_cookie_opens_nothing(app, visitor):
    from flask.sessions import SecureCookieSessionInterface

    other = create_app(house=app.extensions["newsletter"])
    other.secret_key = "somebody else's"
    signer = SecureCookieSessionInterface().get_signing_serializer(other)
    assert signer is not None
    visitor.client.set_cookie("__Host-visit", signer.dumps({"staff": "a-key-of-nobody"}))
    assert visitor.open("/studio/inbox/").status_code == 401
