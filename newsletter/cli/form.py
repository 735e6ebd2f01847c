"""`newsletter form`: the sign-up form on other sites and on paper."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import click

from newsletter.audience import poster as posters
from newsletter.audience import printing, wordings
from newsletter.cli.opening import opened
from newsletter.environment import host_of
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
            click.echo(_with_script(house, name))
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
        out.write_bytes(writer(posters.draw(house.settings.clinic.name, url, size)))
    click.echo(f"{out}: {size.upper()}, leads to {url}")


def _with_script(house: House, name: str) -> str:
    return f'<script src="{house.links.url("/embed.js")}" data-form="{name}" async></script>'


def _plain(house: House, name: str) -> str:
    """The same words and fields as on `/`. The hidden paragraph is a trap for programs."""
    privacy = house.settings.clinic.privacy_url
    notice = f' <a href="{escape(privacy)}">Privacy notice</a>' if privacy else ""
    return f"""\
<form action="{house.links.url("/subscribe")}" method="post" accept-charset="utf-8">
  <h2>{wordings.HEADING}</h2>
  <p>{wordings.PROMISE}</p>
  <p><label for="newsletter-email">Your e-mail</label>
    <input id="newsletter-email" name="email" type="email" autocomplete="email" required></p>
  <p hidden><label>Leave this empty <input name="subject" autocomplete="off" tabindex="-1"></label></p>
  <input type="hidden" name="form" value="{name}">
  <p><button>{wordings.SEND_ME}</button></p>
  <p>{wordings.TERMS}{notice}</p>
</form>"""


def _check_name(name: str) -> None:
    if not NAME.fullmatch(name):
        raise Refused(
            f"“{name}” is no name for a form; right would be small letters, digits and hyphens, 40 at most: "
            "waiting-room"
        )


def _warn(settings: Settings) -> None:
    if host_of(settings.base_url) in {"127.0.0.1", "localhost"}:
        click.echo(ONLY_HERE, err=True)
