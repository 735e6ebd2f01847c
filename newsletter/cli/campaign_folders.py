"""`newsletter campaigns export` and `import`: campaigns as folders, for an editor and for version control."""

from __future__ import annotations

from pathlib import Path

import click

from newsletter.campaigns.filing import current, exporting, importing
from newsletter.campaigns.filing.files import read_folders
from newsletter.campaigns.filing.folders import Campaign, SequenceFolder
from newsletter.campaigns.filing.importing import Imported
from newsletter.cli.opening import opened
from newsletter.cli.showing import echo_json, json_option
from newsletter.errors import NotFound


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.argument("slugs", nargs=-1, metavar="[SLUG]...")
@json_option
def export(directory: Path, slugs: tuple[str, ...], *, as_json: bool) -> None:
    """Write every sequence and newsletter, or those named, as folders into DIRECTORY.

    An older export of the same campaign is written over; a folder that holds anything else is left alone.
    """
    with opened() as house, house.database.reading() as session:
        known = current.slugs(session)
        for slug in slugs:
            if slug not in known:
                raise NotFound(
                    f"there is no campaign “{slug:.80}”; there is: {', '.join(known) or 'none yet'}"
                )
        found = [current.find(session, slug) for slug in dict.fromkeys(slugs or known)]
    campaigns = [each for each in found if each]
    written = exporting.export(campaigns, directory)
    if as_json:
        both = zip(campaigns, written, strict=True)
        echo_json([{"slug": each.slug, "kind": _kind(each), "folder": str(path)} for each, path in both])
        return
    for path in written:
        click.echo(path)
    if not written:
        click.echo("There is nothing to export yet; `newsletter migrate` loads the starter campaigns.")


@click.command("import")
@click.argument("directory", type=click.Path(path_type=Path))
@json_option
def import_(directory: Path, *, as_json: bool) -> None:
    """Read one campaign folder, or a folder of them; all or nothing. Nothing that people get changes yet."""
    folders = read_folders(directory)
    with opened() as house, house.database.writing.begin() as session:
        taken_in = importing.take_in(session, folders, house.clock.now())
    if as_json:
        echo_json([_as_json(each) for each in taken_in])
        return
    for each in taken_in:
        click.echo(_told(each))
        for command in _next(each):
            click.echo(f"  {command}")


def _kind(campaign: Campaign) -> str:
    return "sequence" if isinstance(campaign, SequenceFolder) else "broadcast"


def _as_json(each: Imported) -> dict[str, object]:
    return {"slug": each.slug, "kind": each.kind, "became": each.became, "next": _next(each)}


def _told(each: Imported) -> str:
    match each.kind, each.became:
        case _, "unchanged":
            return f"“{each.slug}” is unchanged."
        case "broadcast", "draft":
            return f"“{each.slug}” is a draft newsletter. Send it:"
        case "broadcast", _:
            return f"“{each.slug}” is a draft newsletter, now in these words. Send it:"
        case _, "draft":
            return f"“{each.slug}” waits as a draft; what people get has not changed. Use it, or let it go:"
        case _:
            return f"“{each.slug}” waits as a draft, in place of the one before. Use it, or let it go:"


def _next(each: Imported) -> list[str]:
    if each.became == "unchanged":
        return []
    verbs = ("use", "discard") if each.kind == "sequence" else ("send",)
    return [f"newsletter campaigns {verb} {each.slug}" for verb in verbs]
