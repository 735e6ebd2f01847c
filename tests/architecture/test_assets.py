"""What others wrote and our pages load: built once, committed, and the same bytes whoever builds it again."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from tests.architecture.checkout import ROOT
from tests.services import need

BUILT = ROOT / "newsletter" / "web" / "static" / "built"
STATIC = BUILT.parent
SOURCES = ROOT / "assets"
# The page of a letter: what its template and the layout load. The source view comes when somebody asks for it.
EDITOR_PAGE = (
    "tokens.css",
    "studio.css",
    "writing.css",
    "editor.css",
    "writing.js",
    "built/htmx.js",
    "built/editor.js",
)
LONGEST_MODULE = 250  # lines
MOST_GZIPPED = 300_000  # bytes


def manifest() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((BUILT / "MANIFEST.json").read_text())
    return found


def test_the_manifest_knows_every_built_file_byte_for_byte():
    there = {path.name: sha256(path.read_bytes()).hexdigest() for path in BUILT.iterdir()}
    there.pop("MANIFEST.json")
    assert there == manifest()["sha256"], "run `make assets`; what is built is never edited"


def test_every_package_is_pinned_and_what_was_built_came_from_the_locked_one():
    lock = json.loads((SOURCES / "package-lock.json").read_text())["packages"]
    asked = json.loads((SOURCES / "package.json").read_text())
    for name, version in (asked["dependencies"] | asked["devDependencies"]).items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), f"{name} is not pinned"
        assert lock[f"node_modules/{name}"]["version"] == version == manifest()["packages"][name]
    assert [path for path, entry in lock.items() if path and "integrity" not in entry] == []
    assert asked["dependencies"]["htmx.org"].startswith("2.0."), "4 is another program"


def test_each_license_is_shipped_with_the_words_it_asks_for():
    licenses = (BUILT / "LICENSES.txt").read_text(encoding="utf-8")
    for name in json.loads((SOURCES / "package.json").read_text())["dependencies"]:
        assert f"{name} {manifest()['packages'][name]} (" in licenses


def test_no_script_makes_code_of_text():
    makes_code = re.compile(r"\beval\s*\(|\bFunction\s*\(|\bFunction\s*`")
    for script in BUILT.glob("*.js"):
        assert makes_code.findall(script.read_text(encoding="utf-8")) == [], script.name


def test_the_page_of_a_letter_loads_300_kb_at_most():
    sizes = {name: len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in EDITOR_PAGE}
    assert sum(sizes.values()) <= MOST_GZIPPED, sizes


def test_the_page_of_a_letter_loads_what_is_counted_and_nothing_more():
    templates = ROOT / "templates" / "studio"
    page = (templates / "_layout.html").read_text() + (templates / "write.html").read_text()
    loaded = set(re.findall(r"asset\('([^']+\.(?:js|css))'\)", page))
    assert loaded == set(EDITOR_PAGE)
    assert "built/source.js" in (templates / "_write_sheet.html").read_text()
    assert "source.js" not in (SOURCES / "editor" / "main.js").read_text()


def test_no_module_of_the_editor_is_long():
    lengths = {path.name: len(path.read_text().splitlines()) for path in (SOURCES / "editor").glob("*.js")}
    assert len(lengths) > 10
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


@pytest.mark.services
@pytest.mark.slow
def test_whoever_builds_it_from_the_lock_gets_the_same_bytes(tmp_path: Path):
    node, npm = need("node"), need("npm")
    copy = tmp_path / "assets"
    shutil.copytree(SOURCES, copy, ignore=shutil.ignore_patterns("node_modules"))
    # Whatever this machine's npm is told about a mirror holds; its cache is its own.
    path = os.pathsep.join([str(node.parent), os.environ["PATH"]])
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]
    for command in ([str(npm), "ci", *quiet], [str(node), "build.mjs", str(tmp_path / "built")]):
        run = subprocess.run(
            command, cwd=copy, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
    again = {path.name: path.read_bytes() for path in (tmp_path / "built").iterdir()}
    assert again == {path.name: path.read_bytes() for path in BUILT.iterdir()}
