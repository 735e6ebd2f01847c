"""`newsletter stats code` in a checkout, and where there is none."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from newsletter import paths
from newsletter.cli.stats import measure, stats
from newsletter.errors import Refused


def test_the_table_has_a_line_for_each_figure():
    result = CliRunner().invoke(stats, ["code"])
    assert result.exit_code == 0
    assert "module lines, median" in result.output
    assert len(result.output.splitlines()) == len(measure(paths.PACKAGE.parent))


def test_the_json_is_one_array_of_figures():
    result = CliRunner().invoke(stats, ["code", "--json"])
    first = json.loads(result.output)[0]
    assert list(first) == ["figure", "value", "target", "ok"]
    assert first["target"] == "at most 90"


def test_a_missed_aim_says_so_on_its_line(tmp_path, monkeypatch):
    (tmp_path / "newsletter").mkdir()
    (tmp_path / "newsletter" / "clock.py").write_text("x = 1\n" * 400)
    (tmp_path / "tests").mkdir()
    (tmp_path / "pyproject.toml").touch()
    monkeypatch.setattr(paths, "PACKAGE", tmp_path / "newsletter")
    longest = CliRunner().invoke(stats, ["code"]).output.splitlines()[2]
    assert longest.split() == ["module", "lines,", "longest", "400", "at", "most", "300", "MISSED"]


def test_an_installed_package_without_tests_says_what_is_needed(tmp_path):
    with pytest.raises(Refused, match="need a checkout with its tests"):
        measure(tmp_path)
