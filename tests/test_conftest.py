"""The fixtures keep their word: every test has a database of its own, and the browser stays at home."""

from __future__ import annotations

import http.server
import threading

import pytest
from sqlalchemy import inspect, text

from newsletter import models
from tests import chromium
from tests.chromium import axe

PAGES = {
    "/good": "<!doctype html><html lang=en><title>Good</title><main><h1>Good</h1></main></html>",
    "/bare": "<html><body><a href='/'></a></body></html>",
    "/far": "<!doctype html><img src='https://elsewhere.example/pixel.png' alt=''>",
}


@pytest.mark.parametrize("turn", [1, 2])
def test_no_test_sees_what_another_wrote(database, turn):
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM topics WHERE slug = 'left-over'")) == 0
    with database.writing.begin() as session:
        session.add(models.Topic(slug="left-over", name="Left over", hint="", position=9))


def test_the_schema_is_the_one_that_the_migrations_make(database):
    tables = set(inspect(database.engine).get_table_names())
    assert tables == {*models.Base.metadata.tables, "alembic_version"}


def test_an_empty_database_has_no_table(empty_database):
    assert inspect(empty_database.engine).get_table_names() == []


def test_both_databases_are_really_used(database, request):
    assert database.engine.dialect.name == request.node.callspec.params["database"]


@pytest.fixture
def site():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Security-Policy", "default-src 'self'; img-src *")
            self.end_headers()
            self.wfile.write(PAGES.get(self.path, "").encode())

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.browser
def test_axe_finds_nothing_on_a_good_page_and_something_on_a_bare_one(page, site):
    page.goto(f"{site}/good")
    assert axe(page) == []
    page.goto(f"{site}/bare")
    assert any(line.startswith("link-name (serious)") for line in axe(page))


@pytest.mark.browser
def test_a_page_that_asks_another_host_fails_its_test(browser, site):
    def look():
        with chromium.contexts(browser) as open_context:
            open_context(**chromium.PHONE).new_page().goto(f"{site}/far")

    with pytest.raises(
        pytest.fail.Exception, match=r"asked other hosts: https://elsewhere\.example/pixel\.png"
    ):
        look()
