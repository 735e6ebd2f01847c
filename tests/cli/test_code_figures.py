"""The figures of the style are measured on source text: here on a few lines whose figures one can count."""

from __future__ import annotations

import pytest

from newsletter.cli.code_figures import (
    Figure,
    Source,
    clock_reads,
    current_app_uses,
    figures,
    function_lengths,
    late_imports,
    modules_without_docstring,
    public_docstrings,
)


def module(text: str, path: str = "newsletter/campaigns/planning.py") -> Source:
    return Source(path, text)


@pytest.mark.parametrize(
    "line",
    [
        "datetime.now(UTC)",
        "dt.datetime.now()",
        "datetime.utcnow()",
        "datetime.datetime.today()",
        "date.today()",
        "time.time()",
        "time.monotonic()",
        "time.perf_counter_ns()",
        "field(default_factory=datetime.now)",
        "mapped_column(default=func.now())",
        "mapped_column(server_default=func.current_timestamp())",
        "email.utils.formatdate()",
        "email.utils.make_msgid()",
        "from time import monotonic",
        "from email.utils import make_msgid",
    ],
)
def test_a_look_at_the_clock_is_seen(line):
    assert len(clock_reads(module(line))) == 1


@pytest.mark.parametrize(
    "line",
    [
        "clock.now()",
        "house.clock.machine()",
        "now = request.now",
        "datetime(2026, 3, 2, tzinfo=UTC)",
        "datetime.combine(day, hour)",
        "func.count()",
        "from datetime import datetime",
        "from email.utils import format_datetime",
        "today = now.date()",
        "entrance.today",
    ],
)
def test_time_that_was_given_is_no_look_at_the_clock(line):
    assert clock_reads(module(line)) == []


def test_the_clock_module_may_look_at_the_clock():
    assert clock_reads(module("datetime.now(UTC)", "newsletter/clock.py")) == []


def test_a_look_at_the_clock_is_named_with_its_line():
    assert clock_reads(module("x = 1\ny = time.time()\n")) == ["newsletter/campaigns/planning.py:2 time.time"]


@pytest.mark.parametrize("line", ["from flask import current_app", "flask.current_app.config", "current_app"])
def test_current_app_is_seen_outside_the_web_only(line):
    assert len(current_app_uses(module(line))) == 1
    assert current_app_uses(module(line, "newsletter/web/access.py")) == []


def test_an_import_inside_a_function_is_seen_but_not_one_at_the_head():
    text = "import os\ndef outer():\n    if True:\n        from newsletter import db\n"
    assert late_imports(module(text)) == ["newsletter/campaigns/planning.py:4 import"]


def test_an_import_inside_a_nested_function_is_counted_once():
    text = "def outer():\n    def inner():\n        import os\n"
    assert len(late_imports(module(text))) == 1


@pytest.mark.parametrize(
    "path", ["newsletter/cli/worker.py", "newsletter/fleet.py", "newsletter/delivery/transports/__init__.py"]
)
def test_commands_the_engine_and_the_choice_of_a_transport_import_when_asked(path):
    assert late_imports(module("def f():\n    import os\n", path)) == []


def test_a_function_is_as_long_as_from_def_to_its_last_line():
    text = "@decorated\ndef three(\n    a,\n):\n    return a\n\n\nasync def two():\n    return 2\n"
    assert function_lengths(module(text)) == [4, 2]


def test_a_module_without_a_docstring_is_named():
    assert modules_without_docstring(module('"""What it is for."""')) == []
    assert modules_without_docstring(module("x = 1")) == ["newsletter/campaigns/planning.py"]


def test_only_public_functions_are_asked_for_a_docstring():
    text = '''
def plan():
    """Say what comes when."""
    def inner(): ...
def bare(): ...
def _own(): ...
class Public:
    def method(self): ...
    def __repr__(self): ...
class _Own:
    def method(self): ...
'''
    assert list(public_docstrings(module(text)).values()) == [True, False, False]


def measured(package: list[Source], tests: list[Source]) -> dict[str, Figure]:
    return {figure.figure: figure for figure in figures(package, tests)}


def test_figures_stand_beside_what_we_aim_for():
    package = [module('"""Short."""\n' + "x = 1\n" * 9), module('"""Long."""\n' + "x = 1\n" * 309)]
    package.append(module("def f():\n    return time.time()\n" + "\n" * 18))
    result = measured(package, [Source("tests/test_it.py", "assert True\n" * 442)])
    assert result["module lines, median"] == Figure("module lines, median", 20, "at most 90", ok=True)
    assert result["module lines, longest"] == Figure("module lines, longest", 310, "at most 300", ok=False)
    assert result["clock reads outside clock.py"].value == 1
    assert not result["clock reads outside clock.py"].ok
    assert result["test lines per source line"] == Figure(
        "test lines per source line", 1.3, "at least 1.3", ok=True
    )
    assert result["modules with a docstring, %"].value == pytest.approx(66.67)
    assert result["public functions with a docstring, %"].value == 0


def test_nine_modules_of_ten_are_looked_at_apart_from_the_longest():
    package = [module('"""A."""\n' + "x = 1\n" * 99, f"newsletter/m{n}.py") for n in range(20)]
    package.append(module('"""B."""\n' + "x = 1\n" * 299))
    assert measured(package, [])["module lines, 90 %"].value == 100


def test_a_package_without_a_single_function_can_be_measured():
    assert measured([module('"""Only this."""\n')], [])["function lines, median"].value == 0
