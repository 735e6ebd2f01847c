"""What is pure and dear is done once a session: letters are compiled, and so are statements and addresses.

Tests of the compiler and of the parser ask these themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache, partial, wraps
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from newsletter import db, migrating
from newsletter.campaigns.filing import proofreading
from newsletter.content import compiling, filling, merging, previewing


def letters(patched: pytest.MonkeyPatch) -> None:
    """What one test had compiled is kept for the next: premailer takes a fifth of a second for each letter."""
    compile_once = lru_cache(1000)(compiling.compile_letter)
    parse_once = lru_cache(1000)(merging.parse)
    for module in (previewing, proofreading):
        patched.setattr(module, "compile_letter", compile_once)
    patched.setattr(filling, "parse", parse_once)


def statements(patched: pytest.MonkeyPatch) -> None:
    """Every test opens engines of its own, and each would turn the same statements into the same SQL again.

    SQLAlchemy keeps SQL by engine and by dialect: here all engines share one store, and two dialects of one
    database are equal.
    """
    for dialect in (PGDialect_psycopg, SQLiteDialect_pysqlite):
        patched.setattr(dialect, "__eq__", lambda mine, other: type(mine) is type(other))
        patched.setattr(dialect, "__hash__", lambda mine: hash(type(mine)))
    shared = LRUCache(5000)
    patched.setattr(db, "create_engine", partial(create_engine, execution_options={"compiled_cache": shared}))


def addresses(patched: pytest.MonkeyPatch) -> None:
    """Every test makes an application, and Werkzeug writes a function for each of its routes: a third of a second."""
    compile_one = Rule._compile_builder
    built: dict[Any, Callable[..., tuple[str, str]]] = {}

    @wraps(compile_one)
    def kept(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT002
        # All that goes into the function; converters it asks the rule for, when it is called.
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in built:
            built[key] = compile_one(rule, append_unknown)
        return built[key]

    patched.setattr(Rule, "_compile_builder", kept)


def migrations(patched: pytest.MonkeyPatch) -> None:
    """The newest revision stays the newest; every command and every application asks for it."""
    patched.setattr(migrating, "head", cache(migrating.head))
