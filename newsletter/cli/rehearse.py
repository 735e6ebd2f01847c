"""`newsletter rehearse`: what would arrive when, from the planner that the worker obeys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from newsletter import migrating, paths
from newsletter.campaigns import timelines, upcoming
from newsletter.campaigns.calendars import calendar
from newsletter.campaigns.enrollment import HOURS
from newsletter.campaigns.filing.files import read_sequence
from newsletter.campaigns.filing.folders import SEQUENCE_FILE
from newsletter.campaigns.models import Sequence
from newsletter.campaigns.rehearsing import Letter, Rehearsed
from newsletter.campaigns.rehearsing import rehearse as rehearsed
from newsletter.cli.moments import read_moment, read_zone
from newsletter.cli.showing import echo_json, echo_table, json_option
from newsletter.errors import NotFound, Refused
from newsletter.house import House, open_house
from newsletter.settings import Settings

STARTERS = paths.TEMPLATES / "campaigns"


@dataclass(frozen=True)
class Score:
    """What is rehearsed."""

    slug: str
    name: str
    kind: str
    letters: list[Letter]


@click.command()
@click.argument("sequence")
@click.option(
    "--anchor", help="Her confirmation, or first session; ISO 8601, on the zone's wall clock. Default: now."
)
@click.option("--zone", "zone_name", help="Where she lives: America/New_York. Default: the clinic's.")
@click.option("--sessions", type=click.IntRange(1, 20), help="Care only: how many sessions.")
@click.option("--ics", "as_ics", is_flag=True, help="A calendar file.")
@json_option
def rehearse(
    sequence: str,
    anchor: str | None,
    zone_name: str | None,
    sessions: int | None,
    *,
    as_ics: bool,
    as_json: bool,
) -> None:
    """See what one person would get of SEQUENCE, and when. Sends nothing."""
    if as_ics and as_json:
        raise click.UsageError("choose one of --ics and --json")
    settings = Settings.from_env()
    zone = read_zone(zone_name) if zone_name else settings.clinic.zone
    house = open_house(settings)
    try:
        score, now = _score(house, sequence), house.clock.now()
    finally:
        house.close()
    coming = _coming(score, read_moment(anchor, zone) if anchor else now, zone, sessions)
    if as_ics:
        host = urlsplit(settings.base_url).hostname or "localhost"
        click.echo(calendar(coming, name=score.name, slug=score.slug, host=host, now=now), nl=False)
    elif as_json:
        echo_json([each.to_json() for each in coming])
    else:
        _echo(coming, zone)


def _coming(score: Score, anchor: datetime, zone: ZoneInfo, sessions: int | None) -> tuple[Rehearsed, ...]:
    is_care = score.kind == "care"
    if sessions and not is_care:
        raise Refused(f"“{score.slug}” counts from a confirmation; --sessions is for care sequences")
    count = (sessions or 1) if is_care else None
    return rehearsed(score.letters, anchor.replace(microsecond=0), zone, HOURS, sessions=count)


def _score(house: House, slug: str) -> Score:
    """The live timeline; from the starter folder where the database knows none of that name."""
    if migrating.current(house.database) is not None:
        migrating.ensure_current(house.database)
        with house.database.reading() as session:
            score = _live(session, slug)
        if score is not None:
            return score
    if slug in {each.parent.name for each in STARTERS.glob(f"*/{SEQUENCE_FILE}")}:
        folder = read_sequence(STARTERS / slug)
        return Score(
            slug, folder.name, folder.kind, [Letter(step.plan, step.subject) for step in folder.steps]
        )
    raise NotFound(f"there is no sequence “{slug:.80}”; `newsletter campaigns list` shows which there are")


def _live(session: Session, slug: str) -> Score | None:
    sequence = session.scalar(select(Sequence).where(Sequence.slug == slug))
    if sequence is None or sequence.live_timeline_id is None:
        return None
    timeline = timelines.read(session, sequence.live_timeline_id)
    return Score(slug, sequence.name, sequence.kind, upcoming.as_letters(timeline))


def _echo(coming: tuple[Rehearsed, ...], zone: ZoneInfo) -> None:
    rows = [
        (
            number,
            f"{each.at:%a %Y-%m-%d %H:%M %z}",
            each.subject,
            f"{each.until:%a %Y-%m-%d %H:%M}",
            _notes(each),
        )
        for number, each in enumerate(coming, start=1)
    ]
    echo_table(
        ("", f"When ({zone.key})", "Subject", "Useful until", "Notes"), rows, empty="Nothing would arrive."
    )


def _notes(each: Rehearsed) -> str:
    conditions = [f"only if {each.only_if}"] if each.only_if else []
    return "; ".join([*conditions, *each.notes])
