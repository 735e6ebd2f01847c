from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version

import click
import pytest
from click.testing import CliRunner

from newsletter.cli import COMMANDS, newsletter
from newsletter.errors import Mistakes, NotFound


def walk(command: click.Command, path: tuple[str, ...] = ()):
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from walk(child, (*path, name))


EVERY_COMMAND = [path for path in walk(newsletter) if path]


@pytest.mark.parametrize("path", EVERY_COMMAND, ids=" ".join)
def test_every_command_explains_itself(path, run):
    help_text = run(*path, "--help").stdout
    assert help_text.startswith("Usage: newsletter " + " ".join(path))


def test_the_contracts_commands_exist():
    promised = """up web worker migrate check tick, clock show, clock advance, clock set, clock reset, inbox list, inbox show,
        inbox export, rehearse, subscribers list, subscribers show, subscribers consent, campaigns list, campaigns status,
        campaigns pause, campaigns resume, deliveries list, deliveries show, suppressions list, suppressions add,
        suppressions remove, why, stats code"""
    first, *rest = promised.split(",")
    names = {(name,) for name in first.split()} | {tuple(name.split()) for name in rest}
    assert names <= set(EVERY_COMMAND)


def test_help_lists_every_command_without_loading_one():
    script = "import sys; from newsletter.cli import main\ntry: main()\nfinally: print('sqlalchemy' in sys.modules)"
    said = subprocess.run(
        [sys.executable, "-c", script, "--help"], capture_output=True, text=True, check=True
    )
    assert all(f"  {name} " in said.stdout for name in COMMANDS)
    assert said.stdout.endswith("False\n")


def test_version_is_the_packages(run):
    assert run("--version").stdout.strip().endswith(version("newsletter"))


def test_an_unknown_command_is_a_usage_error(run):
    assert "No such command" in run("sing", status=2).stderr


def test_an_unknown_option_is_a_usage_error(run):
    run("inbox", "list", "--loudly", status=2)


def failing(monkeypatch, failure):
    @click.command()
    def tick():
        raise failure

    monkeypatch.setattr("newsletter.cli.tick.tick", tick)
    return CliRunner().invoke(newsletter, ["tick"])


def test_a_refusal_is_one_line_on_stderr(monkeypatch):
    result = failing(monkeypatch, NotFound("there is no\n   such thing"))
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", "newsletter: there is no such thing\n")


def test_mistakes_get_a_line_each(monkeypatch):
    result = failing(monkeypatch, Mistakes(["this is wrong", "so is that"]))
    assert (result.exit_code, result.stderr) == (1, "newsletter: this is wrong\nnewsletter: so is that\n")


def test_a_file_that_cannot_be_written_is_one_line(monkeypatch):
    result = failing(monkeypatch, PermissionError(13, "Permission denied", "/nowhere"))
    assert (result.exit_code, result.stderr) == (1, "newsletter: permission denied: /nowhere\n")


def test_ctrl_c_says_nothing_and_exits_130(monkeypatch):
    result = failing(monkeypatch, KeyboardInterrupt())
    assert (result.exit_code, result.output) == (130, "")


def test_a_mistake_of_ours_keeps_its_traceback(monkeypatch):
    assert isinstance(failing(monkeypatch, ZeroDivisionError()).exception, ZeroDivisionError)


def test_a_pipe_that_closes_early_is_no_drama(environment):
    command = f"{sys.executable} -m newsletter.cli rehearse welcome --json | true"
    said = subprocess.run(
        command, shell=True, env=os.environ | environment, capture_output=True, text=True, check=True
    )
    assert said.stderr == ""


def test_ctrl_c_reaches_a_waiting_command(environment):
    script = (
        "import os, signal, threading, click\n"
        "import newsletter.cli.tick as module\n"
        "from newsletter.cli import newsletter\n"
        "@click.command()\n"
        "def tick():\n"
        "    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()\n"
        "    threading.Event().wait(30)\n"
        "module.tick = tick\n"
        "newsletter(['tick'])\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, said.stdout, said.stderr) == (130, "", "")
