"""`newsletter check`: every mistake at once, each with what would be right."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

import click
from sqlalchemy.engine import make_url

from newsletter import migrating
from newsletter.delivery.transports import check_url
from newsletter.environment import Environment
from newsletter.errors import Mistakes, Refused
from newsletter.house import open_house
from newsletter.rounds import refuse_practice_data
from newsletter.settings import Settings

# What finding the database takes, so that it is tried even while other settings are wrong.
ABOUT_THE_DATABASE = ("DATA_DIR", "DATABASE_URL", "DATABASE_URL_FILE")


@click.command()
def check() -> None:
    """Look at the settings and the database; exit status 1 if anything would stop the program."""
    problems: list[str] = []
    settings = _settings(os.environ, problems)
    if settings:
        for note in settings.notes:
            click.echo(f"newsletter: note: {note}", err=True)
    if not any("MAIL_URL" in problem for problem in problems):
        _try(lambda: check_url(Environment(os.environ).mail_url()), problems)
    _try(lambda: _database(os.environ), problems)
    if settings and not problems:
        _try(lambda: _mail_may_leave(settings), problems)
    if problems or settings is None:
        raise Mistakes(dict.fromkeys(problems))
    way = "practice, nothing leaves this computer" if settings.practice else "real mail leaves"
    click.echo(f"The settings are in order: {way}; links begin with {settings.base_url}.")
    click.echo(f"The database is in order: {make_url(settings.database_url).render_as_string()}.")


def _settings(env: Mapping[str, str], problems: list[str]) -> Settings | None:
    try:
        return Settings.from_env(env)
    except Mistakes as mistakes:
        problems += mistakes.problems
        return None


def _database(env: Mapping[str, str]) -> None:
    alone = {f"NEWSLETTER_{name}": env.get(f"NEWSLETTER_{name}", "") for name in ABOUT_THE_DATABASE}
    unused_key = {"NEWSLETTER_SECRET_KEY": "-" * 32}  # else one would be made and kept
    house = open_house(Settings.from_env(alone | unused_key))
    try:
        migrating.ensure_current(house.database)
    finally:
        house.close()


def _mail_may_leave(settings: Settings) -> None:
    house = open_house(settings)
    try:
        refuse_practice_data(house)
        with house.database.reading() as session:
            unsaid = house.unsaid(session)
        if unsaid:
            raise Mistakes(unsaid)
    finally:
        house.close()


def _try(look: Callable[[], object], problems: list[str]) -> None:
    try:
        look()
    except Mistakes as mistakes:
        problems += mistakes.problems
    except Refused as refused:
        problems.append(refused.line)
