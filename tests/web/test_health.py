from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter import migrating, pulse
from newsletter.db import open_database
from newsletter.house import House
from newsletter.links import Links
from newsletter.web import create_app
from tests.web.visiting import both


def served(settings, database, clock):
    house = House(settings, database, clock, Links(settings.base_url, settings.secret_keys))
    return create_app(house=house).test_client()


@both
def test_ready_means_database_schema_and_worker(story, app):
    client = app.test_client()
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "database": "ok", "schema": "ok", "worker": "never seen"}
    story.rounds.beat()
    answer = client.get("/ready")
    assert (answer.status_code, answer.json["status"]) == (200, "ready")


def test_a_worker_that_has_gone_quiet_is_named_by_when_it_was_seen(story, app):
    story.rounds.beat()
    story.clock.advance(seconds=(pulse.STALE_AFTER + timedelta(seconds=1)).total_seconds())
    answer = app.test_client().get("/ready")
    assert answer.status_code == 503
    assert answer.json["worker"] == "last seen 2026-03-02T09:30:00+00:00"


def test_a_schema_of_another_version_is_not_ready(settings, clock, sqlite_database):
    client = served(settings, sqlite_database, clock)
    migrating.migrate(sqlite_database, "base")
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert "newsletter migrate" in answer.json["schema"]
    assert client.get("/health").status_code == 200


@pytest.mark.parametrize("url", ["sqlite:////proc/nowhere.db", "postgresql://nobody@127.0.0.1:1/none"])
def test_a_database_that_is_away_is_not_ready_and_the_process_still_answers(settings, clock, url):
    client = served(settings, open_database(url), clock)
    answer = client.get("/ready")
    assert answer.status_code == 503
    assert answer.json["database"] == "does not answer"
    assert client.get("/health").json == {"status": "ok"}


def test_watching_leaves_no_cookie(app):
    for path in ("/health", "/ready"):
        assert "Set-Cookie" not in app.test_client().get(path).headers
