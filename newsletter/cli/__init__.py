"""The `newsletter` command: one module per command or group, loaded when it is asked for.

Whatever is refused goes to stderr as one clear line. Exit status: 0 done, 1 refused or failed, 2 usage, 130 Ctrl-C.
"""

from __future__ import annotations

import errno
from importlib import import_module
from typing import IO, Any

import click

from newsletter.errors import Mistakes, Refused

# Each is the attribute of the same name in the module of the same name, in the order of the story.
COMMANDS = {
    "up": "Site, studio and worker in one command.",
    "demo": "Practice: a clinic with a month behind it.",
    "web": "The site and the studio alone.",
    "worker": "The postman alone: admits, queues, sends.",
    "tick": "Do what is due now, once.",
    "migrate": "Bring the database to this version.",
    "check": "Name every mistake in the settings.",
    "clock": "Practice: look at the story's time, and turn it.",
    "inbox": "Practice: read what arrived.",
    "rehearse": "What would arrive when.",
    "subscribers": "Who hears from us, and since when.",
    "form": "The sign-up form for other sites, and as a poster.",
    "campaigns": "Sequences and newsletters: send, pause, follow, export, import.",
    "deliveries": "Every e-mail, and what became of it.",
    "suppressions": "The do-not-mail list.",
    "email": "Any HTML file through the compiler.",
    "why": "Why somebody did, or did not, get a letter.",
    "staff": "Who works here, in which role.",
    "stats": "Figures about the code.",
}


class Failed(click.ClickException):
    """Something was refused or failed: its lines go to stderr, and the exit status is 1."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))

    def show(self, file: IO[Any] | None = None) -> None:
        """One line for each thing that is wrong."""
        for line in self.lines:
            click.echo(f"newsletter: {line}", file=file, err=True)


class Commands(click.Group):
    """The top of the tree. Loads a command's module late, so that `--help` stays quick, and words its failures."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of COMMANDS."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, from the module of that name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"newsletter.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list under `--help`, from COMMANDS alone."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a failure that a person can mend becomes lines, never a traceback."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise click.exceptions.Exit(130) from None
        except Exception as failure:
            lines = _lines(failure)
            if not lines:
                raise
            raise Failed(lines) from failure


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="newsletter", prog_name="newsletter")
def newsletter() -> None:
    """Newsletters and sequences that arrive at the right hour. Start with `newsletter up`."""


def main() -> None:
    """What the console script calls."""
    newsletter(prog_name="newsletter")


def _lines(failure: Exception) -> tuple[str, ...]:
    """What to tell a person; nothing for a mistake of ours, which deserves its traceback."""
    if isinstance(failure, Mistakes):
        return tuple(" ".join(problem.split()) for problem in failure.problems)
    if isinstance(failure, Refused):
        return (failure.line,)
    if isinstance(failure, OSError) and failure.errno != errno.EPIPE:  # Click ends a broken pipe quietly
        named = f": {failure.filename}" if failure.filename else ""
        return (f"{(failure.strerror or str(failure)).lower()}{named}",)
    from sqlalchemy.exc import DBAPIError

    from newsletter.db import readable

    return (readable(failure).line,) if isinstance(failure, DBAPIError) else ()
