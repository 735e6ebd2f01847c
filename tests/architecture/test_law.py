"""One direction: who may import whom. Broken? Read ARCHITECTURE.md, "Law: one direction"."""

from __future__ import annotations

import ast
import subprocess
import sys

import grimp
import pytest

from newsletter.cli.code_figures import Source
from tests.architecture.checkout import ROOT, package

# What a module that calls itself pure may not reach, through whatever it imports of ours ...
OUT_OF_REACH = ["sqlalchemy", "flask", "apscheduler", "newsletter.db"]
# ... and may not import itself: the network, files, processes, the clock, chance.
NOT_AT_HAND = {"io", "os", "random", "secrets", "shutil", "smtplib", "socket", "sqlite3", "ssl"}
NOT_AT_HAND |= {"subprocess", "tempfile", "threading", "time"}
# Of the clock it may take how a span of time is written, and nothing that looks at it.
CLOCK = "newsletter.clock."
SPANS = {CLOCK + "span", CLOCK + "spell", CLOCK + "ClockRefused"}

# The modules that the design calls pure; they stay so, and say so.
PURE_BY_DESIGN = [
    "newsletter/audience/addresses.py",
    "newsletter/campaigns/planning.py",
    "newsletter/content/merging.py",
    "newsletter/delivery/mail.py",
    "newsletter/delivery/retries.py",
]


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(
        "newsletter", include_external_packages=True, exclude_type_checking_imports=True, cache_dir=None
    )


def says_pure(source: Source) -> bool:
    return (ast.get_docstring(source.tree) or "").startswith("Pure:")


def pure_modules() -> list[Source]:
    return [source for source in package() if says_pure(source) and not source.path.endswith("__init__.py")]


def dotted(source: Source) -> str:
    return source.path.removesuffix(".py").replace("/", ".")


def test_every_import_goes_one_way():
    lint = "from importlinter.cli import lint_imports_command as lint; lint()"
    run = subprocess.run(
        [sys.executable, "-c", lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    broken = run.stdout.partition("Contracts:")[2]
    assert run.returncode == 0, (
        f"read ARCHITECTURE.md, “Law: one direction”, then mend this:\n{broken or run.stdout}"
    )


def test_a_pure_module_reaches_no_session_and_no_web(graph):
    chains = [
        " -> ".join(chain)
        for source in pure_modules()
        for target in OUT_OF_REACH
        if target in graph.modules and (chain := graph.find_shortest_chain(dotted(source), target))
    ]
    assert chains == [], "a pure module takes values and gives values: ARCHITECTURE.md, “Functions”"


def test_a_pure_module_imports_no_file_no_network_no_clock_and_no_chance():
    imported = [
        f"{source.path} imports {name}"
        for source in pure_modules()
        for node in ast.walk(source.tree)
        for name in imported_names(node)
        if name.partition(".")[0] in NOT_AT_HAND or (name.startswith(CLOCK) and name not in SPANS)
    ]
    assert imported == []


def imported_names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [f"{node.module}.{alias.name}" for alias in node.names] if isinstance(node, ast.ImportFrom) else []


@pytest.mark.parametrize("path", PURE_BY_DESIGN)
def test_what_the_design_calls_pure_says_so_in_its_first_word(path):
    assert says_pure(next(source for source in package() if source.path == path))
