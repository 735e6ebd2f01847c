"""The lock files: every package pinned by hash, nothing from anywhere in particular."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.checkout import ROOT

PINNED = re.compile(
    r"^([a-z0-9][a-z0-9.-]*)==(\S+)(?: ; [^\\]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    re.MULTILINE,
)


def locked(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text()
    rest = re.sub(r"(?m)^\s*#.*\n", "", PINNED.sub("", text))
    assert rest == "", f"not pinned by hash, or from a particular place: {rest[:200]}"
    return {package: version for package, version, _ in PINNED.findall(text)}


@pytest.mark.parametrize("name", ["run.txt", "dev.txt"])
def test_every_package_is_pinned_by_hash_and_comes_from_nowhere_in_particular(name):
    assert len(locked(name)) > 20


def test_tests_run_on_the_versions_that_production_gets():
    run, dev = locked("run.txt"), locked("dev.txt")
    assert {package: dev.get(package) for package in run} == run


@pytest.mark.parametrize(
    ("name", "extras"), [("run.txt", []), ("dev.txt", ["dev", "postgres", "production"])]
)
def test_the_lock_holds_what_the_project_asks_for(name, extras):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [*project["project"]["dependencies"], *project["dependency-groups"]["build"]]
    asked += [line for extra in extras for line in project["project"]["optional-dependencies"][extra]]
    versions = locked(name)
    unmet = [
        line
        for line in asked
        if (wanted := Requirement(line)).name != "newsletter"
        and versions.get(canonicalize_name(wanted.name), "none") not in wanted.specifier
    ]
    assert unmet == [], "run `make lock`"
