"""`newsletter campaigns status --watch`: an issue on its way, until nothing is left to do. Only looks."""

from __future__ import annotations

import click

from newsletter import clock
from newsletter.campaigns import issues
from newsletter.campaigns.issues import Issue
from newsletter.cli.progress import progress
from newsletter.cli.showing import iso
from newsletter.errors import NotFound
from newsletter.house import House

GLANCE = 1.0  # seconds between two looks


def follow(house: House, slug: str) -> Issue:
    """Show how an issue comes along; returns it as it is when it is settled. Raises NotFound for what is no issue."""
    issue = _look(house, slug)
    if not issue.settled:
        begun = f"begins {iso(issue.starts_at)}" if issue.state == "scheduled" else "is on its way"
        click.echo(f"“{slug}” {begun}; Ctrl-C stops looking, and nothing else.", err=True)
    while issue.audience is None and not issue.settled:
        clock.pause(GLANCE)
        issue = _look(house, slug)
    with progress(f"“{slug}”", issue.audience) as show:
        show(issue.outcomes.get("sent", 0))
        while not issue.settled:
            clock.pause(GLANCE)
            issue = _look(house, slug)
            show(issue.outcomes.get("sent", 0))
    return issue


def _look(house: House, slug: str) -> Issue:
    with house.database.reading() as session:
        issue = issues.find(session, slug)
    if issue is None:
        raise NotFound(f"there is no newsletter “{slug:.80}” to watch; a sequence has no end")
    return issue
