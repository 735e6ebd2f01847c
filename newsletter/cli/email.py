"""`newsletter email`: any HTML document through the compiler. Nothing is stored, sent or fetched."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from newsletter.cli.showing import echo_json, json_option, plain
from newsletter.errors import Refused

if TYPE_CHECKING:
    from newsletter.content.documents.compiling import Document

LARGEST_FILE = 4_000_000  # bytes; UTF-16 takes two for a letter
LONGEST_LISTED = 20
target = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.group()
def email() -> None:
    """E-mails as HTML files."""


@email.command("compile")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@click.option("--fields", metavar="JSON", help='Values for its merge tags: \'{"first_name": "Reader"}\'.')
@click.option("--html", "html_file", type=target, help="Write the HTML to this file.")
@click.option("--text", "text_file", type=target, help="Write the text part to this file.")
@json_option
def compile_(
    file: Path, fields: str | None, html_file: Path | None, text_file: Path | None, *, as_json: bool
) -> None:
    """Write FILE's styles into its elements, make its text part, and say what is wrong with it."""
    # Late, because they bring the compiler: --help stays quick.
    from newsletter.content.documents.compiling import compile_document
    from newsletter.content.documents.decoding import decoded
    from newsletter.content.documents.examining import encoding_remark

    try:
        source, encoding = decoded(_read(file))
        made = compile_document(source, _fields(fields))
    except Refused as refused:
        if not as_json:
            raise
        echo_json({"error": refused.line})
        raise click.exceptions.Exit(1) from None
    for path, words in ((html_file, made.html), (text_file, made.text)):
        if path:
            path.write_text(words + "\n" * (not words.endswith("\n")), encoding="utf-8", newline="\n")
    warnings = [*encoding_remark(encoding), *made.warnings]
    if as_json:
        echo_json({"html": made.html, "text": made.text, "links": list(made.links), "warnings": warnings})
    else:
        _show(made, warnings, written=bool(html_file or text_file))


def _read(file: Path) -> bytes:
    """At most a little more than we take: a device or a pipe may never end."""
    if str(file) == "-":
        raw = sys.stdin.buffer.read(LARGEST_FILE + 1)
    else:
        with file.open("rb") as opened:
            raw = opened.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        raise Refused(f"the file is larger than {LARGEST_FILE // 1_000_000} MB; no e-mail is")
    return raw


def _fields(given: str | None) -> dict[str, Any] | None:
    if given is None:
        return None
    try:
        fields = json.loads(given)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise Refused('--fields is no JSON object; right would be \'{"first_name": "Reader"}\'')
    return fields


def _show(made: Document, warnings: list[str], *, written: bool) -> None:
    click.echo(f"HTML: {len(made.html.encode()) / 1000:.1f} KB. Links: {len(made.links)}.")
    for link in made.links[:LONGEST_LISTED]:
        click.echo(f"  {plain(link)}")
    if len(made.links) > LONGEST_LISTED:
        click.echo(f"  and {len(made.links) - LONGEST_LISTED} more")
    click.echo(f"Warnings: {len(warnings)}.")
    for warning in warnings:
        click.echo(f"  {plain(warning)}")
    if not written:
        click.echo("The text part:\n")
        click.echo("\n".join(plain(line) if line.strip() else "" for line in made.text.split("\n")))
