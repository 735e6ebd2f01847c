"""`newsletter campaigns send`: who gets it and who does not, then two minutes to take it back."""

from __future__ import annotations

from datetime import timedelta

import click

from newsletter.campaigns import audience_of, broadcasts
from newsletter.campaigns.audience_of import Count
from newsletter.campaigns.models import Broadcast
from newsletter.cli.moments import read_moment
from newsletter.cli.opening import opened
from newsletter.cli.showing import iso


@click.command()
@click.argument("slug")
@click.option("--topic", help="The people who hear about this, instead of the issue's own topic.")
@click.option("--at", help="When: ISO 8601; without an offset it is the clinic's time.")
@click.option("--local-hour", type=int, help="At this hour of each reader's own day (0 to 23).")
@click.option("--now", "at_once", is_flag=True, help="Without the two minutes in which it can be taken back.")
def send(slug: str, topic: str | None, at: str | None, local_hour: int | None, *, at_once: bool) -> None:
    """Let a newsletter go out: in two minutes, at a moment, or at a local hour."""
    undo = timedelta() if at_once else broadcasts.UNDO
    with opened() as house, house.database.writing.begin() as session:
        now = house.clock.now()
        moment = read_moment(at, house.settings.clinic.zone) if at else None
        issue = broadcasts.send(session, slug, now, topic=topic, at=moment, local_hour=local_hour, undo=undo)
        _say(issue, audience_of.count(session, issue, now))


def _say(issue: Broadcast, people: Count) -> None:
    click.echo(f"{people.gets} people get this. Out of {people.everybody}:")
    for reason, number in people.left_out.items():
        click.echo(f"  {number} {reason}")
    when = iso(issue.starts_at) if issue.starts_at else ""
    own = f", at {issue.local_hour}:00 of each reader's own day" if issue.local_hour is not None else ""
    click.echo(f"It goes out from {when}{own}.")
    click.echo(f"To take it back: newsletter campaigns cancel {issue.slug}")
