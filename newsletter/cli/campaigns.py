"""`newsletter campaigns`: sequences and newsletters, who is in them, pause, resume and cancel."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import click

from newsletter.campaigns import broadcasts, enrollment, listing
from newsletter.campaigns.listing import Issue, Letter, Summary
from newsletter.cli.opening import opened
from newsletter.cli.send import send
from newsletter.cli.showing import echo_facts, echo_json, echo_table, iso, json_option, local


@click.group()
def campaigns() -> None:
    """Look at sequences and newsletters; send, pause, resume, cancel."""


campaigns.add_command(send)


@campaigns.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the sequences and the newsletters."""
    with opened() as house, house.database.reading() as session:
        sequences, issues = listing.summaries(session), listing.issues(session)
        zone = house.settings.clinic.zone
    if as_json:
        echo_json([*map(_summary_json, sequences), *map(_issue_json, issues)])
        return
    rows = [
        (each.slug, "sequence", each.state, local(each.on_since, zone), _counts(each.people))
        for each in sequences
    ]
    rows += [
        (each.slug, "newsletter", each.state, _start(each, zone), _counts(each.outcomes)) for each in issues
    ]
    head = ("Slug", "Kind", "State", "On since, or goes out", "People")
    echo_table(head, rows, empty="No campaigns yet; `newsletter migrate` loads the starter ones.")


@campaigns.command()
@click.argument("slug")
@json_option
def status(slug: str, *, as_json: bool) -> None:
    """Show one sequence letter by letter, or one newsletter."""
    with opened() as house, house.database.reading() as session:
        zone = house.settings.clinic.zone
        issue = listing.issue(session, slug)
        if issue:
            _show_issue(issue, zone, as_json=as_json)
        else:
            _show_sequence(
                listing.summary(session, slug), listing.letters(session, slug), zone, as_json=as_json
            )


@campaigns.command()
@click.argument("slug")
def pause(slug: str) -> None:
    """Stop a sequence or a newsletter where it is: nothing more of it leaves."""
    with opened() as house, house.database.writing.begin() as session:
        (broadcasts if listing.issue(session, slug) else enrollment).pause(session, slug)
    click.echo(f"“{slug}” is paused; resume it with: newsletter campaigns resume {slug}")


@campaigns.command()
@click.argument("slug")
def resume(slug: str) -> None:
    """Go on. Of a sequence's missed letters each person gets the newest that is still useful."""
    with opened() as house, house.database.writing.begin() as session:
        (broadcasts if listing.issue(session, slug) else enrollment).resume(session, slug)
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
        echo_json(_issue_json(issue))
        return
    facts = [("Name", issue.name), ("Subject", issue.subject), ("Topic", issue.topic), ("State", issue.state)]
    echo_facts(
        [*facts, ("Goes out", _start(issue, zone)), ("E-mails", _counts(issue.outcomes) or "none yet")]
    )
    if issue.state == "late":
        click.echo("Its moment passed while nobody was here. Send it now, or cancel it:")
        click.echo(f"  newsletter campaigns send {issue.slug}    newsletter campaigns cancel {issue.slug}")


def _show_sequence(summary: Summary, letters: list[Letter], zone: ZoneInfo, *, as_json: bool) -> None:
    if as_json:
        echo_json(_summary_json(summary) | {"steps": [_letter_json(each) for each in letters]})
        return
    people = _counts(summary.people) or "nobody yet"
    since = local(summary.on_since, zone)
    echo_facts(
        [("Name", summary.name), ("State", summary.state), ("Admits since", since), ("People", people)]
    )
    click.echo()
    rows = [(each.key, each.subject, _counts(each.outcomes)) for each in letters]
    echo_table(("Step", "Subject", "What became of it"), rows, empty="No letters yet.")


def _start(issue: Issue, zone: ZoneInfo) -> str:
    if issue.starts_at is None:
        return ""
    if issue.local_hour is not None:
        return f"{local(issue.starts_at, zone)} on, at {issue.local_hour}:00 of each reader"
    return local(issue.starts_at, zone)


def _issue_json(issue: Issue) -> dict[str, object]:
    return {
        "slug": issue.slug,
        "name": issue.name,
        "kind": "broadcast",
        "topic": issue.topic,
        "subject": issue.subject,
        "state": issue.state,
        "starts_at": iso(issue.starts_at) if issue.starts_at else None,
        "local_hour": issue.local_hour,
        "deliveries": issue.outcomes,
    }


def _summary_json(summary: Summary) -> dict[str, object]:
    return {
        "slug": summary.slug,
        "name": summary.name,
        "kind": "sequence",
        "class": summary.kind,
        "state": summary.state,
        "on_since": iso(summary.on_since),
        "letters": summary.letters,
        "people": summary.people,
    }


def _letter_json(letter: Letter) -> dict[str, object]:
    return {
        "step": letter.key,
        "subject": letter.subject,
        "timing": letter.intent.to_json(),
        "only_if": letter.only_if,
        "outcomes": letter.outcomes,
    }


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {word}" for word, number in sorted(counts.items()))
