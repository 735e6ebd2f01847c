"""Pure: an HTML document from anywhere becomes an e-mail: styles written in, a text part, links, and remarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from newsletter.content.documents import cleaning, examining, markup, reading, styling
from newsletter.content.documents.edits import applied
from newsletter.content.documents.filling import Filling
from newsletter.content.documents.foreign import foreign_remarks
from newsletter.content.documents.tags import Tags
from newsletter.content.documents.trees import Tree
from newsletter.content.refusals import ContentRefused
from newsletter.content.values import Value

LARGEST = 2_000_000  # characters; the largest real template seen has 300,000
LONGEST_TEXT = 300_000
MOST_DECLARATIONS = 40_000  # every semicolon counts
MOST_TAGS = 20_000  # the largest real template seen has 3,000


@dataclass(frozen=True)
class Document:
    """What a document became. `links` are the targets in order, each once; `warnings` one line each."""

    html: str
    text: str
    links: tuple[str, ...]
    warnings: tuple[str, ...]


def compile_document(source: str, fields: Mapping[str, Value] | None = None) -> Document:
    """Compile a whole document. With `fields` its merge tags are filled; one without a value stays, with a warning.

    Raises ContentRefused for what is no HTML, too large, or made to take for ever.
    """
    if not source.strip():
        raise ContentRefused("the file is empty; right would be an HTML document")
    if len(source) > LARGEST:
        raise ContentRefused(f"the file has {len(source) // 1000} KB; at most {LARGEST // 1000} KB")
    protected = Tags(source)
    html = protected.text
    if html.count(";") > MOST_DECLARATIONS:
        raise ContentRefused(f"the file has more than {MOST_DECLARATIONS} CSS declarations; make it shorter")
    tags = list(islice(markup.scan(html), MOST_TAGS + 1))
    if len(tags) > MOST_TAGS:
        raise ContentRefused(f"the file has more than {MOST_TAGS} HTML tags; make it shorter")
    words = len(html) - sum((tag.close or tag.end) - tag.start for tag in tags)
    if words > LONGEST_TEXT:
        raise ContentRefused(f"the file has {words // 1000} KB of text; at most {LONGEST_TEXT // 1000} KB")
    tree = Tree(html, tags)
    styles = styling.write(html, tags, tree)
    edits, taken_out = cleaning.clean(html, tags)
    written = applied(html, [*edits, *styles.edits])
    text = reading.text(tree, styles.shown, protected.tokens)
    filling = Filling(protected, fields)
    finished = filling.fill(written, html=True)
    links = tuple(dict.fromkeys(filling.fill(each, html=False) for each in reading.links(tree)))
    text = reading.shortened(filling.fill(text, html=False))
    remarks = [
        *taken_out,
        *protected.restored(examining.remarks(written, tags, tree, styles)),
        *foreign_remarks(source, protected.tokens),
        *filling.remarks,
    ]
    return Document(finished, text, links, tuple(dict.fromkeys(remarks)))
