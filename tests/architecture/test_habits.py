"""Small habits that keep the code readable, each held by a test."""

from __future__ import annotations

import re

import pytest

from newsletter.cli.code_figures import (
    MODULE_CEILING,
    clock_reads,
    current_app_uses,
    late_imports,
    modules_without_docstring,
    public_docstrings,
)
from tests.architecture.checkout import ROOT, package, suite

VAGUE = {
    "utils",
    "util",
    "helpers",
    "helper",
    "services",
    "managers",
    "manager",
    "core",
    "common",
    "base",
    "misc",
}
TEXT = {".py", ".md", ".toml", ".txt", ".html", ".css", ".js", ".sh", ".yaml", ".cfg", ".svg", ""}
# The folders where people keep their checkouts; a path from there is somebody's machine.
SOMEBODYS = re.compile(r"(?<![\w.:/-])/(?:work|home|root|Users)/\w")


def everywhere(look):
    return [found for source in package() for found in look(source)]


def test_only_the_clock_module_asks_what_time_it_is():
    assert everywhere(clock_reads) == [], "take `now` as a parameter: ARCHITECTURE.md, “Time”"


def test_flask_s_current_app_stays_in_the_web():
    assert everywhere(current_app_uses) == []


def test_imports_stand_at_the_head_of_their_module():
    assert everywhere(late_imports) == [], "no late imports: ARCHITECTURE.md, “Law: one direction”"


def test_no_module_is_longer_than_three_hundred_lines():
    long = {source.path: source.lines for source in package() if source.lines > MODULE_CEILING}
    assert long == {}, "it has two subjects: find the second name"


def test_every_module_says_what_it_is_for():
    assert everywhere(modules_without_docstring) == []


def test_every_folder_of_the_package_is_a_package():
    folders = {source.path.rpartition("/")[0] for source in package()}
    described = {
        source.path.rpartition("/")[0] for source in package() if source.path.endswith("/__init__.py")
    }
    assert folders == described


def test_four_of_five_public_functions_have_a_docstring():
    documented = [item for source in package() for item in public_docstrings(source).items()]
    bare = [where for where, has in documented if not has]
    assert len(bare) <= len(documented) / 5, f"say units, errors, the source of a rule: {bare}"


def test_no_module_has_a_name_that_fits_anything():
    names = {part for source in package() for part in re.split(r"[/.]", source.path)}
    assert names & VAGUE == set()


def test_a_test_file_has_a_source_to_speak_of():
    """The tests mirror the tree: tests/delivery/test_mail.py speaks of newsletter/delivery/mail.py or of delivery."""
    folders = {source.path.rpartition("/")[0].removeprefix("newsletter") for source in package()}
    own = {"/architecture", "/walks", "/faults", "/browser", "/servers"}
    strangers = {
        source.path
        for source in suite()
        if source.path.rpartition("/")[0].removeprefix("tests") not in folders | own
    }
    assert strangers == set()


def written_files():
    folders = ["newsletter", "tests", "templates", "migrations", "requirements", "docs", ".ci"]
    nested = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    return [path for path in [*ROOT.glob("*"), *nested] if path.is_file() and path.suffix in TEXT]


@pytest.mark.parametrize("stranger", [pytest.param(SOMEBODYS, id="home"), pytest.param(None, id="checkout")])
def test_nothing_names_a_folder_of_somebody_s_machine(stranger):
    pattern = stranger or re.compile(re.escape(str(ROOT)) + r"\b")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in written_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []
