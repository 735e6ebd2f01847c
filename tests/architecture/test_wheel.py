"""The built wheel in a fresh environment: a checkout hides what a wheel forgets."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.architecture.checkout import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder, ROOT)
    return next(folder.glob("newsletter-*.whl"))


@pytest.fixture(scope="module")
def fresh(wheel, tmp_path_factory) -> Path:
    """The programs of an environment that holds the wheel.

    Its dependencies are those of this environment, lent by path: a path file's lines are not searched for path
    files of their own, so the checkout that is installed here stays out.
    """
    home = tmp_path_factory.mktemp("fresh") / "env"
    venv.create(home, symlinks=True)
    site = next(home.glob("lib/python*/site-packages"))
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip("--python", home / "bin" / "python", "install", "--no-deps", "--no-index", wheel)
    return home / "bin"


def pip(*arguments: object) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def say(fresh: Path, tmp_path: Path, *arguments: str) -> str:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("NEWSLETTER_", "PYTHON"))
    }
    environment["NEWSLETTER_DATA_DIR"] = str(tmp_path / "var")
    program, *rest = arguments
    run = subprocess.run(
        [fresh / program, *rest], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def shipped(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def files(folder: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_carries_every_template_and_migration_inside_the_package(wheel):
    wanted = {f"newsletter/_shipped/{name}" for name in files("templates") | files("migrations")}
    assert wanted <= shipped(wheel)


def test_the_wheel_carries_the_whole_package_with_its_stylesheets(wheel):
    assert files("newsletter") <= shipped(wheel)


def test_the_deployer_s_pages_and_the_tests_stay_out_of_the_wheel(wheel):
    outside = {name.partition("/")[0] for name in shipped(wheel)}
    assert {name for name in outside if not name.endswith(".dist-info")} == {"newsletter"}


def test_the_fresh_environment_runs_the_wheel_and_not_the_checkout(fresh, tmp_path):
    where = say(
        fresh, tmp_path, "python", "-c", "from newsletter import paths; print(paths.TEMPLATES)"
    ).strip()
    assert Path(where).is_relative_to(fresh.parent)
    assert Path(where).is_dir()


def test_the_installed_command_says_what_it_can(fresh, tmp_path):
    assert "migrate" in say(fresh, tmp_path, "newsletter", "--help")


def test_the_installed_command_makes_a_database(fresh, tmp_path):
    say(fresh, tmp_path, "newsletter", "migrate")
    assert (tmp_path / "var" / "newsletter.db").stat().st_size > 0
