"""`newsletter campaigns use` and `discard`: what becomes of a draft, after saying whom it changes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from sqlalchemy.orm import Session

from newsletter.campaigns import impact
from newsletter.campaigns.filing import drafts
from newsletter.campaigns.filing.folders import Campaign, SequenceFolder
from newsletter.campaigns.impact import Impact, Met
from newsletter.cli.opening import opened
from newsletter.cli.progress import progress
from newsletter.cli.showing import echo_table, local
from newsletter.errors import Refused


@click.command()
@click.argument("slug")
@click.option("--yes", is_flag=True, help="Without asking, after it was said whom it changes.")
@click.option(
    "--new-people-only", is_flag=True, help="Whoever is under way keeps the letters that are live now."
)
def use(slug: str, *, yes: bool, new_people_only: bool) -> None:
    """Make the draft of SLUG live, after saying whom it changes."""
    with opened() as house:
        with house.database.reading() as session:
            draft = drafts.find(session, slug)
            seen, folder = (draft.id, draft.revision), drafts.read(draft)
            met = _whom(session, folder, house.clock.now())
        if new_people_only and not met:
            raise Refused(
                f"“{slug}” is no sequence with people under way; right would be without --new-people-only"
            )
        if met and not new_people_only:
            _say(slug, met, house.settings.clinic.zone)
            if met.active and not yes:
                _ask(slug)
        with house.database.writing.begin() as session:
            drafts.use(session, slug, house.clock.now(), seen, new_people_only=new_people_only)
    if not isinstance(folder, SequenceFolder):
        click.echo(
            f"“{slug}” is a draft newsletter in these words. Send it: newsletter campaigns send {slug}"
        )
    elif met and new_people_only:
        click.echo(
            f"“{slug}” is live in these words for whoever comes; {met.active + met.pinned} keep theirs."
        )
    elif met:
        click.echo(f"“{slug}” is live in these words.")
    else:
        click.echo(f"“{slug}” is on: it admits whoever confirms from now.")


@click.command()
@click.argument("slug")
def discard(slug: str) -> None:
    """Let the draft of SLUG go; what people get stays as it is."""
    with opened() as house, house.database.writing.begin() as session:
        drafts.discard(session, slug, house.clock.now())
    click.echo(f"The draft of “{slug}” is gone; nothing that people get has changed.")


def _whom(session: Session, folder: Campaign, now: datetime) -> Impact | None:
    if not isinstance(folder, SequenceFolder):
        return None
    with progress(f"Looking whom “{folder.slug}” changes") as show:
        return impact.of(session, folder, now, show)


def _ask(slug: str) -> None:
    if not sys.stdin.isatty():
        raise Refused(f"nothing was changed; to make it live say so: newsletter campaigns use {slug} --yes")
    if not click.confirm("Make it live?"):
        raise Refused("nothing was changed")


def _say(slug: str, met: Impact, zone: ZoneInfo) -> None:
    click.echo(f"Under way in “{slug}”: {met.active}. Through it, and untouched by this: {met.complete}.")
    if met.pinned:
        click.echo(f"Under way with letters that they keep, and untouched by this: {met.pinned}.")
    for remark in met.remarks:
        click.echo(f"Of the sequence: {remark}.")
    rows = [
        (
            each.change.key,
            ", ".join(each.change.what),
            each.had,
            each.waiting,
            local(each.first, zone),
            local(each.last, zone),
        )
        for each in met.letters
    ]
    head = ("Letter", "Change", "Had it", "Wait for it", "First", "Last")
    echo_table(head, rows, empty="No letter changes.")
    for each in met.letters:
        for line in _of_gone(each):
            click.echo(line)


def _of_gone(met: Met) -> Iterator[str]:
    if "gone" not in met.change.what:
        return
    key, renamed = met.change.key, met.change.renamed
    yield (
        f"The key “{key}” is gone: {met.waiting} wait for its letter and do not get it, "
        f"{met.canceled} in the queue are canceled."
    )
    yield (
        f"Its words stand under “{renamed}” now: a renamed key counts as a new letter, "
        f"also for those {met.had} who had it. To reword or move a letter keep its key."
        if renamed
        else "A renamed key counts as a new letter: to reword or move a letter keep its key."
    )
