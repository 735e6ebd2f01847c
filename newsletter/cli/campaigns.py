"""`newsletter campaigns`: sequences, who is in them, pause and resume."""

from __future__ import annotations

from collections.abc import Mapping

import click

from newsletter.campaigns import enrollment, listing
from newsletter.campaigns.listing import Letter, Summary
from newsletter.cli.opening import opened
from newsletter.cli.showing import echo_facts, echo_json, echo_table, iso, json_option, local


@click.group()
def campaigns() -> None:
    """Look at sequences; pause and resume them."""


@campaigns.command("list")
@json_option
def list_(*, as_json: bool) -> None:
    """List the sequences."""
    with opened() as house, house.database.reading() as session:
        found = listing.summaries(session)
        zone = house.settings.clinic.zone
    if as_json:
        echo_json([_summary_json(each) for each in found])
        return
    rows = [(s.slug, s.kind, s.state, local(s.on_since, zone), s.letters, _counts(s.people)) for s in found]
    head = ("Slug", "Kind", "State", "On since", "Letters", "People")
    echo_table(head, rows, empty="No campaigns yet; `newsletter up` loads the starter ones.")


@campaigns.command()
@click.argument("slug")
@json_option
def status(slug: str, *, as_json: bool) -> None:
    """Show one sequence, letter by letter."""
    with opened() as house, house.database.reading() as session:
        summary, letters = listing.summary(session, slug), listing.letters(session, slug)
        since = local(summary.on_since, house.settings.clinic.zone)
    if as_json:
        echo_json(_summary_json(summary) | {"steps": [_letter_json(each) for each in letters]})
        return
    people = _counts(summary.people) or "nobody yet"
    echo_facts(
        [("Name", summary.name), ("State", summary.state), ("Admits since", since), ("People", people)]
    )
    click.echo()
    rows = [(each.key, each.subject, _counts(each.outcomes)) for each in letters]
    echo_table(("Step", "Subject", "What became of it"), rows, empty="No letters yet.")


@campaigns.command()
@click.argument("slug")
def pause(slug: str) -> None:
    """Stop a sequence where it is: nothing more of it leaves."""
    with opened() as house, house.database.writing.begin() as session:
        enrollment.pause(session, slug)
    click.echo(f"“{slug}” is paused; resume it with: newsletter campaigns resume {slug}")


@campaigns.command()
@click.argument("slug")
def resume(slug: str) -> None:
    """Let a sequence go on: of what was missed, each person gets the newest letter that is still useful."""
    with opened() as house, house.database.writing.begin() as session:
        enrollment.resume(session, slug)
    click.echo(f"“{slug}” is on.")


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
