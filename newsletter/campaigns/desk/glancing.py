"""A letter on the desk at a glance: as one reader would get it, and what a careful colleague says of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from newsletter.campaigns.desk import penned, signposts
from newsletter.campaigns.desk.drafting import Papers
from newsletter.campaigns.filing import files, proofreading
from newsletter.campaigns.filing.bodies import KeptFolder
from newsletter.campaigns.filing.folders import BROADCAST_FILE, BadFolder
from newsletter.content import checking
from newsletter.content.checking import SIZE
from newsletter.content.linking import ABOUT_LINKS
from newsletter.content.previewing import Preview, compiled_once, preview
from newsletter.content.refusals import ContentRefused
from newsletter.content.wearing import worn

IN_FILE = re.compile(r"^[a-z0-9-]+/[^:\s]+(?::\d+)?: ")
NO_PREVIEW = "the preview text is missing, and a newsletter needs one"
NO_WORDS = "the body has no words yet"


@dataclass(frozen=True)
class Glance:
    """`seen` is None while the letter cannot be shown; `mistakes` keep it from going out, remarks and `fine` do not."""

    seen: Preview | None
    mistakes: tuple[str, ...] = ()
    fine: tuple[str, ...] = ()
    remarks: tuple[str, ...] = field(default=())


def glance(
    session: Session,
    slug: str,
    papers: Papers,
    key: str | None,
    everybody: Mapping[str, Any],
    reader: Mapping[str, Any],
    *,
    home: str = "",
) -> Glance:
    """The letter `key` of `papers` (None: a newsletter's own) for one reader. Raises NotFound.

    `home` is the address that our own pages begin with: links to them are looked up.
    """
    source = penned.source(papers, key)
    if not source.body.strip():
        return Glance(None, (*_no_subject(source.subject), NO_WORDS))
    try:
        seen = preview(source, everybody, reader, worn(session))
    except ContentRefused as problem:
        return Glance(None, (problem.line,))
    unknown = tuple(_unknown(session, seen))
    mistakes = unknown or tuple(_of_the_table(session, slug, papers))
    told = ("would stop",) if unknown else ("preview text missing",) if NO_PREVIEW in mistakes else ()
    said = (*seen.remarks, *_of_here(session, papers, seen, home))
    remarks = tuple(_sentence(each) for each in said if not each.startswith(told))
    return Glance(seen, mistakes, tuple(_fine(seen, said)), remarks)


def mistakes(session: Session, papers: Papers, key: str | None) -> tuple[str, ...]:
    """What keeps this one letter from going out, a line each; the rest of its folder is not asked."""
    source = penned.source(papers, key)
    if not source.body.strip():
        return (*_no_subject(source.subject), NO_WORDS)
    try:
        proofreading.check_fields(session, compiled_once(source, worn(session)).fields)
    except ContentRefused as problem:
        return (problem.line,)
    return ()


def _no_subject(subject: str) -> Iterator[str]:
    if not subject.strip():
        yield "a letter needs a subject"


def _unknown(session: Session, seen: Preview) -> Iterator[str]:
    try:
        proofreading.check_fields(session, seen.fields)
    except ContentRefused as problem:
        yield problem.line


def _of_the_table(session: Session, slug: str, papers: Papers) -> Iterator[str]:
    """Of a newsletter also what is wrong around the letter, such as a topic that is gone; in words without files."""
    if papers.kind != BROADCAST_FILE:
        return
    if not penned.of(papers, None).preview_text.strip():
        yield NO_PREVIEW
        return
    try:
        proofreading.check_table(session, files.read(KeptFolder(slug, papers.files)))
    except BadFolder as bad:
        yield from (IN_FILE.sub("", problem) for problem in bad.problems)


def _of_here(session: Session, papers: Papers, seen: Preview, home: str) -> Iterator[str]:
    """What the words alone do not tell: where links to ourselves lead, and that these words are for patients."""
    if home:
        yield from signposts.astray(session, seen.links, seen.html, home)
    if papers.table.get("class") == "care":
        yield from checking.promotion(f"{seen.subject}\n{seen.preview_text}\n{seen.text}")


def _fine(seen: Preview, said: Iterable[str]) -> Iterator[str]:
    if not any(ABOUT_LINKS.match(remark) for remark in said):
        yield "links"
    if not any(SIZE.match(remark) for remark in said):
        yield f"size {-(-seen.size // 1000)} KB"
    if "unsubscribe_url" in seen.fields:
        yield "unsubscribe"
    if "clinic_postal_address" not in seen.stops:
        yield "address"


def _sentence(remark: str) -> str:
    first = remark if "://" in remark[:12] else f"{remark[:1].upper()}{remark[1:]}"
    return f"{first}."
