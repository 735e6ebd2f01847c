"""`newsletter form`: the sign-up form on other sites and on paper."""

from __future__ import annotations

import re
from pathlib import Path

import click

from newsletter import stored
from newsletter.audience import forms, printing, snippets, subscriptions, wordings
from newsletter.audience import poster as posters
from newsletter.audience.forms import Standing
from newsletter.cli.opening import opened
from newsletter.clinic import host_of
from newsletter.errors import Refused
from newsletter.house import House
from newsletter.settings import Settings

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
WRITERS = {".svg": printing.svg, ".pdf": printing.pdf}
ONLY_HERE = "note: this address opens on this computer only; set NEWSLETTER_BASE_URL before you publish it"


@click.group()
def form() -> None:
    """Put the sign-up form on another site, or on the wall."""


@form.command()
@click.option("--form", "name", default="footer", show_default=True, help="What its sign-ups are counted as.")
@click.option("--script/--plain", "with_script", default=None, help="Only this one.")
def snippet(name: str, *, with_script: bool | None) -> None:
    """Print HTML to paste into another site: with our script, and without any."""
    _check_name(name)
    with opened() as house:
        _warn(house.settings)
        if with_script is not False:
            click.echo(snippets.with_script(house.links.url("/embed.js"), name, own=_is_own(house, name)))
        if with_script is None:
            click.echo("\nOr, where scripts are not wanted:\n")
        if with_script is not True:
            click.echo(_plain(house, name))


@form.command()
@click.option(
    "--form", "name", default="waiting-room", show_default=True, help="What its sign-ups are counted as."
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default="poster.pdf", show_default=True
)
@click.option("--size", type=click.Choice(list(posters.SCALES)), default="a4", show_default=True)
def poster(name: str, out: Path, size: str) -> None:
    """Write a poster with a code for the telephone's camera, as FILE.pdf or FILE.svg."""
    _check_name(name)
    writer = WRITERS.get(out.suffix.lower())
    if writer is None:
        raise Refused(f"a poster is a .pdf or an .svg, not “{out.name}”")
    with opened() as house:
        _warn(house.settings)
        url = house.links.url(f"/?form={name}")
        out.write_bytes(
            writer(posters.draw(house.settings.clinic.name, url, size, _standing(house, name).parts))
        )
    click.echo(f"{out}: {size.upper()}, leads to {url}")


def _standing(house: House, name: str) -> Standing:
    with house.database.reading() as session:
        return forms.standing(session, name, wordings.said(stored.get(session, wordings.STORED))["sign-up"])


def _is_own(house: House, name: str) -> bool:
    """Whether the studio has a form of this name, with words of its own."""
    with house.database.reading() as session:
        return forms.find(session, name) is not None


def _plain(house: House, name: str) -> str:
    stands = _standing(house, name)
    with house.database.reading() as session:
        topics = (
            [(each.slug, each.name) for each in subscriptions.offered(session)] if stands.asks_topics else []
        )
    asked = [each for each in topics if not stands.topics or each[0] in stands.topics]
    return snippets.plain(house.links.url("/subscribe"), stands, house.settings.clinic.privacy_url, asked)


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise Refused(
            f"“{name}” is no name for a form; right would be small letters, digits and hyphens, 40 at most: "
            "waiting-room"
        )


def _warn(settings: Settings) -> None:
    if host_of(settings.base_url) in {"127.0.0.1", "localhost"}:
        click.echo(ONLY_HERE, err=True)
