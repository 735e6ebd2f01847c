"""What is kept for the next test is what the next test would have made itself."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import column, insert, select, text
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import create_engine
from werkzeug.routing import Rule

from newsletter import migrating
from newsletter.db import open_database
from newsletter.models import Topic
from newsletter.paths import MIGRATIONS

RULES = {"/a/<int:number>/": {}, "/b/<slug>": {"slug": "first"}, "/c/<path:rest>": {}, "/plain": {}}


def built(app):
    with app.test_request_context():
        return [
            app.url_for("a", number=7, more="ü"),
            app.url_for("b", slug="first"),
            app.url_for("c", rest="d/e"),
            app.url_for("plain", _anchor="end"),
        ]


def application(name):
    app = Flask(name)
    for (rule, defaults), endpoint in zip(RULES.items(), ["a", "b", "c", "plain"], strict=True):
        app.add_url_rule(rule, endpoint, view_func=lambda **_: "", defaults=defaults or None)
    return app


def test_an_address_is_built_as_werkzeug_builds_it():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Rule, "_compile_builder", Rule._compile_builder.__wrapped__)
        plain = built(application("plain"))
    assert built(application("kept")) == built(application("kept again")) == plain


def test_rules_that_differ_in_their_defaults_alone_are_two():
    app, other = application("one"), Flask("other")
    other.add_url_rule("/b/<slug>", "b", view_func=lambda **_: "", defaults={"slug": "second"})
    with other.test_request_context():
        assert other.url_for("b", slug="second") == "/b/second"
    with app.test_request_context():
        assert app.url_for("b", slug="first") == "/b/first"


def test_two_databases_of_one_kind_share_their_sql_and_not_their_rows(sqlite_database, tmp_path):
    other = open_database(f"sqlite:///{tmp_path / 'other.db'}")
    with other.writing.begin() as session:
        session.execute(text("CREATE TABLE topics (slug TEXT)"))
        session.execute(text("INSERT INTO topics VALUES ('theirs')"))
    with sqlite_database.writing.begin() as session:
        session.add(Topic(slug="ours", name="Ours", hint="", position=1))
    asked = select(Topic.slug).order_by(Topic.slug)
    with sqlite_database.reading() as mine, other.reading() as theirs:
        assert "ours" in mine.scalars(asked).all()
        assert theirs.scalars(asked).all() == ["theirs"]
    other.close()


def test_dialects_of_one_kind_are_equal_and_others_are_not(database):
    again = create_engine("sqlite://").dialect
    assert (database.engine.dialect == again) == database.on_sqlite
    assert hash(again) == hash(SQLiteDialect_pysqlite())


def test_statements_that_differ_get_sql_of_their_own(sqlite_database):
    with sqlite_database.writing.begin() as session:
        for slug, hint in (("one", "x"), ("two", "y")):
            session.execute(insert(Topic).values(slug=slug, name=slug, hint=hint, position=1))
        for limit in (1, 2):
            found = session.execute(select(column("hint")).select_from(Topic).order_by("hint").limit(limit))
            assert [row.hint for row in found] == ["x", "y"][:limit]


def test_the_newest_revision_is_the_last_file_s():
    newest = max(path.name for path in (MIGRATIONS / "versions").glob("[0-9]*.py"))
    assert migrating.head() == newest.split("_")[0]
