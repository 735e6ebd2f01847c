"""Pure: a letter as anybody may read it on a page: its words and nothing of the e-mail's looks, for no person.

Built from what was written, not from the HTML that was sent: a page brings its own type, light and dark, and under its
policy inline styles are dead anyway.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import nh3
from lxml import html as lxml_html

from newsletter.content import fragments, pictures
from newsletter.content.compiling import Source
from newsletter.content.designs import direction
from newsletter.content.merging import one_line, parse
from newsletter.content.tokens import Tokens
from newsletter.content.values import UNWANTED, Value

TAGS = set(
    "a abbr b blockquote br cite code dd del div dl dt em h2 h3 h4 h5 h6 hr i img ins li ol p pre q s small span "
    "strong sub sup table tbody td tfoot th thead tr u ul".split()
)
ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
CLASSES = {"a": {"class": {"button"}}}
TABLE = ("table", "caption", "colgroup", "thead", "tbody", "tfoot", "tr", "td")
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# What e-mails hide: a preview text of their own, or what only one mail program should show.
HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """One letter for a page. `title` is its own first heading, else the subject; `html` is the rest, from h2 down."""

    subject: str
    preview_text: str
    title: str
    html: str
    lang: str
    direction: str


def for_anybody(source: Source, facts: Mapping[str, Value], home: str) -> Reading:
    """`source` with `facts` that are true for every reader; what is said about a person counts as not known.

    `home` is the address our own pages begin with: pictures from elsewhere become their descriptions, since a page of
    ours tells no other host who reads it. Raises MissingField for a letter that prints what only a person has, and
    ContentRefused for one that cannot be read.
    """
    tokens = Tokens((source.body,))
    body, _ = tokens.protect(UNWANTED.sub(" ", re.sub(r"\r\n?", "\n", source.body)), "body")
    read = fragments.from_markdown if source.format == "markdown" else fragments.from_html
    written = parse(tokens.restore(pictures.sized(read(body, tokens).html)), html=True, name="body").fill(
        facts
    )
    subject, preview_text = (
        one_line(parse(one_line(text), html=False, name=name).fill(facts))
        for name, text in (("subject", source.subject), ("preview text", source.preview_text))
    )
    root = lxml_html.fragment_fromstring(written, create_parent="div")
    _show(root, home)
    title = _lift_title(root) or subject
    _level(root)
    return Reading(subject, preview_text, title, _inner(root), source.lang, direction(source.lang))


def _show(root: Any, home: str) -> None:
    """Leave out what was hidden, unfold tables that only place things, and let no other host's picture in."""
    for element in root.xpath(".//*[@style]"):
        if HIDDEN.search(element.get("style")):
            element.drop_tree()
    for table in root.xpath(".//table[not(.//th)]"):
        for part in table.iter(*TABLE):
            part.tag = "div"
    for picture in root.xpath(".//img"):
        if not picture.get("src", "").startswith(f"{home}/"):
            words = lxml_html.fragment_fromstring(escape(picture.get("alt", "")), create_parent="span")
            words.tail = picture.tail
            picture.getparent().replace(picture, words)


def _lift_title(root: Any) -> str:
    """Take out the heading that the letter begins with; empty where it begins with anything else."""
    first = root.find(".//h1")
    if first is None or "".join(first.xpath("preceding::text()")).strip():
        return ""
    title = one_line(first.text_content())
    first.drop_tree()
    return title


def _level(root: Any) -> None:
    """Headings under the page's own, each one level below the heading it stands under (WCAG 1.3.1)."""
    over: list[int] = []
    for heading in root.iter(*HEADINGS):
        written = int(heading.tag[1])
        while over and over[-1] >= written:
            over.pop()
        over.append(written)
        heading.tag = f"h{min(len(over) + 1, 6)}"


def _inner(root: Any) -> str:
    whole = lxml_html.tostring(root, encoding="unicode").removeprefix("<div>").removesuffix("</div>")
    return nh3.clean(
        whole,
        tags=TAGS,
        attributes=ATTRIBUTES,
        tag_attribute_values=CLASSES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=None,
    ).strip()
