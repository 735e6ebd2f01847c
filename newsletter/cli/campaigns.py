"""`newsletter campaigns`: sequences and newsletters, who is in them, pause, resume and cancel."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import click

from newsletter.campaigns import broadcasts, enrollment, issues, listing
from newsletter.campaigns.issues import Issue
from newsletter.campaigns.listing import Letter, Summary
from newsletter.cli.campaign_drafts import discard, use
from newsletter.cli.campaign_folders import export, import_
from newsletter.cli.campaign_rows import (
    came_along,
    counts,
    issue_json,
    letter_json,
    start,
    summary_json,
    waits,
)
from newsletter.cli.following import follow
from newsletter.cli.opening import opened
from newsletter.cli.send import send
from newsletter.cli.showing import echo_facts, echo_json, echo_table, json_option, local


@click.group()
def campaigns() -> None:
    """Look at sequences and newsletters; send, pause, resume, cancel; as folders, out and in."""


for _command in (send, export, import_, use, discard):
    campaigns.add_command(_command)


@campaigns.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the sequences and the newsletters."""
    with opened() as house, house.database.reading() as session:
        sequences, newsletters = listing.summaries(session), issues.every(session)
        zone = house.settings.clinic.zone
    if as_json:
        echo_json([*map(summary_json, sequences), *map(issue_json, newsletters)])
        return
    rows = [
        (
            each.slug,
            "sequence",
            each.state,
            local(each.on_since, zone),
            counts(each.people),
            waits(each.draft),
        )
        for each in sequences
    ]
    rows += [
        (
            each.slug,
            "newsletter",
            each.state,
            start(each, zone),
            counts(each.outcomes),
            waits(each.draft),
        )
        for each in newsletters
    ]
    head = ("Slug", "Kind", "State", "On since, or goes out", "People", "Draft that waits")
    echo_table(head, rows, empty="No campaigns yet; `newsletter migrate` loads the starter ones.")


@campaigns.command()
@click.argument("slug")
@click.option(
    "--watch", is_flag=True, help="Follow a newsletter until it has gone out; Ctrl-C only stops looking."
)
@json_option
def status(slug: str, *, watch: bool, as_json: bool) -> None:
    """Show one sequence letter by letter, or one newsletter."""
    with opened() as house:
        zone = house.settings.clinic.zone
        if watch:
            _show_issue(follow(house, slug), zone, as_json=as_json)
            return
        with house.database.reading() as session:
            issue = issues.find(session, slug)
            if issue:
                _show_issue(issue, zone, as_json=as_json)
                return
            summary, letters = listing.summary(session, slug), listing.letters(session, slug)
        _show_sequence(summary, letters, zone, as_json=as_json)


@campaigns.command()
@click.argument("slug")
def pause(slug: str) -> None:
    """Stop a sequence or a newsletter where it is: nothing more of it leaves."""
    with opened() as house, house.database.writing.begin() as session:
        (broadcasts if issues.find(session, slug) else enrollment).pause(session, slug)
    click.echo(f"“{slug}” is paused; resume it with: newsletter campaigns resume {slug}")


@campaigns.command()
@click.argument("slug")
def resume(slug: str) -> None:
    """Go on. Of a sequence's missed letters each person gets the newest that is still useful."""
    with opened() as house, house.database.writing.begin() as session:
        (broadcasts if issues.find(session, slug) else enrollment).resume(session, slug)
    click.echo(f"“{slug}” is on.")


@campaigns.command()
@click.argument("slug")
def cancel(slug: str) -> None:
    """Take a newsletter back: before it has begun it is a draft again, after that nobody else gets it."""
    with opened() as house, house.database.writing.begin() as session:
        state = broadcasts.cancel(session, slug).state
    told = (
        "is a draft again; nobody got it" if state == "draft" else "is canceled; what was handed over stays"
    )
    click.echo(f"“{slug}” {told}.")


def _show_issue(issue: Issue, zone: ZoneInfo, *, as_json: bool) -> None:
    if as_json:
        echo_json(issue_json(issue))
        return
    facts = [("Name", issue.name), ("Subject", issue.subject), ("Topic", issue.topic), ("State", issue.state)]
    echo_facts([*facts, ("Goes out", start(issue, zone)), ("E-mails", came_along(issue))])
    _show_draft(issue.slug, issue.draft)
    if issue.state == "late":
        click.echo("Its moment passed while nobody was here. Send it now, or cancel it:")
        click.echo(f"  newsletter campaigns send {issue.slug}    newsletter campaigns cancel {issue.slug}")


def _show_sequence(summary: Summary, letters: list[Letter], zone: ZoneInfo, *, as_json: bool) -> None:
    if as_json:
        echo_json(summary_json(summary) | {"steps": [letter_json(each) for each in letters]})
        return
    people = counts(summary.people) or "nobody yet"
    since = local(summary.on_since, zone)
    echo_facts(
        [("Name", summary.name), ("State", summary.state), ("Admits since", since), ("People", people)]
    )
    _show_draft(summary.slug, summary.draft)
    click.echo()
    rows = [(each.key, each.subject, counts(each.outcomes)) for each in letters]
    echo_table(("Step", "Subject", "What became of it"), rows, empty="No letters yet.")


def _show_draft(slug: str, origin: str | None) -> None:
    if origin:
        click.echo(f"A draft waits ({waits(origin)}). Use it, or let it go:")
        click.echo(f"  newsletter campaigns use {slug}    newsletter campaigns discard {slug}")
