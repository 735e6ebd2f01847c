"""Pure: a letter as it was written becomes a letter as it is sent, but for the person's fields. Once per version.

Tags become words; Markdown or HTML becomes a clean fragment; the fragment gets the design, premailer's styles and a
text part; the words become tags again, and the result is read once more as the merge language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from newsletter.content import checking, fragments, pictures, plain, structure
from newsletter.content.designs import Design
from newsletter.content.fragments import Fragment
from newsletter.content.inlining import inline
from newsletter.content.merging import one_line, parse
from newsletter.content.refusals import ContentRefused
from newsletter.content.tokens import Tokens
from newsletter.content.values import UNWANTED

Kind = Literal["marketing", "account"]
LARGEST_HTML = 100_000  # bytes; Gmail cuts off at 102 KB
LONGEST_SUBJECT = 250
BODY = re.compile(r"<body[^>]*>(.*)</body>", re.DOTALL)
STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True)
class Source:
    """A letter as somebody wrote it. `text`, where given, is the text part; else it is written from the body."""

    subject: str
    preview_text: str
    body: str
    format: Literal["markdown", "html"] = "markdown"
    text: str | None = None
    lang: str = "en"


@dataclass(frozen=True)
class Compiled:
    """A letter ready to be filled: four texts in the merge language, and what is known of them.

    `links` are the targets in order, plain or as `{{ booking_url }}`; `fields` all names it may ask for; `warnings`
    what a careful colleague would say.
    """

    subject: str
    preview_text: str
    html: str
    text: str
    links: tuple[str, ...]
    fields: tuple[str, ...]
    warnings: tuple[str, ...]


def compile_letter(source: Source, design: Design, kind: Kind = "marketing") -> Compiled:
    """Compile `source`. The footer is the design's: address and stop link for marketing, the reason for account mail.

    Raises ContentRefused (MergeRefused with name and line where a tag is to blame) for what cannot go out.
    """
    pieces = _pieces(source)
    tokens = Tokens(pieces.values())
    kept = {name: tokens.protect(text, name) for name, text in pieces.items()}
    fragment = _fragment(source.format, kept["body"][0], tokens)
    words = {
        "lang": source.lang,
        "kind": kind,
        "subject": kept["subject"][0],
        "preview_text": kept["preview text"][0],
        "field": tokens.field,
        "when": tokens.when,
        "end": tokens.end,
    }
    html = inline(design.html(fragment.html, css=fragment.css, **words))
    for name in ("subject", "preview text", "body"):
        tokens.check(html, kept[name][1])
    links = structure.links(html, tokens)
    text = design.text(_written(source, kept, fragment, tokens), **words)
    return _read(source, tokens.restore(html), tokens.restore(text), links, tokens.restore(fragment.html))


def fragment_of(source: Source) -> str:
    """The clean HTML that the body of `source` becomes before the design dresses it, its merge tags as they were.

    As the body of an HTML letter it says the same. Raises ContentRefused.
    """
    body = _pieces(source)["body"]
    tokens = Tokens([body])
    kept, _ = tokens.protect(body, "body")
    return tokens.restore(_fragment(source.format, kept, tokens).html)


def _pieces(source: Source) -> dict[str, str]:
    """What may hold tags, by the name that complaints use; each read for itself, so that lines are the author's."""
    if not source.subject.strip() or "\n" in source.subject.strip():
        raise ContentRefused("a letter needs a subject, on one line")
    if len(source.subject) > LONGEST_SUBJECT or len(source.preview_text) > LONGEST_SUBJECT:
        raise ContentRefused(f"subject and preview text have at most {LONGEST_SUBJECT} characters")
    if not LANGUAGE.fullmatch(source.lang):
        raise ContentRefused(f"“{source.lang[:20]}” is not a language tag; right would be en, or pt-BR")
    pieces = {
        "subject": one_line(source.subject),
        "preview text": one_line(source.preview_text),
        "body": UNWANTED.sub(" ", source.body.replace("\r\n", "\n").replace("\r", "\n")),
        "text part": (source.text or "").replace("\r\n", "\n"),
    }
    for name, text in pieces.items():
        parse(text, html=False, name=name)
    return pieces


def _fragment(written_as: str, body: str, tokens: Tokens) -> Fragment:
    made = fragments.from_markdown if written_as == "markdown" else fragments.from_html
    fragment = made(body, tokens)
    fragment = replace(fragment, html=pictures.sized(fragment.html))
    if not fragment.css.strip():
        return fragment
    # Its own styles reach its own elements only: they must not repaint, or hide, the design's footer.
    alone = inline(f"<html><head><style>{fragment.css}</style></head><body>{fragment.html}</body></html>")
    inner = BODY.search(alone)
    return Fragment(inner[1] if inner else "", "\n".join(STYLE.findall(alone)))


def _written(source: Source, kept: dict[str, tuple[str, range]], fragment: Fragment, tokens: Tokens) -> str:
    if source.text is not None:
        return plain.from_text(kept["text part"][0], tokens)
    written = plain.from_fragment(fragment.html, tokens)
    tokens.check(written, kept["body"][1])
    return written


def _read(source: Source, html: str, text: str, links: tuple[str, ...], fragment: str) -> Compiled:
    size = len(html.encode())
    if size > LARGEST_HTML:
        raise ContentRefused(
            f"{size // 1000} KB of HTML are too many: Gmail cuts off at 102 KB; at most 100 KB"
        )
    longest = max(len(line.encode()) for line in text.split("\n"))
    if longest > plain.LONGEST_LINE:
        raise ContentRefused(
            f"a line of the text part has {longest} characters; at most {plain.LONGEST_LINE}"
        )
    subject, preview_text = one_line(source.subject), one_line(source.preview_text)
    merges = [
        parse(piece, html=piece is html, name=name)
        for name, piece in (
            ("subject", subject),
            ("preview text", preview_text),
            ("HTML", html),
            ("text part", text),
        )
    ]
    return Compiled(
        subject,
        preview_text,
        html,
        text,
        links,
        tuple(sorted({field for merge in merges for field in merge.fields})),
        checking.remarks(subject, preview_text, fragment, html),
    )
