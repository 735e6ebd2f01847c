"""Pure: what no e-mail may bring along is taken out, as edits with a remark each: scripts, and what loads by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newsletter.content.documents.edits import Edit
from newsletter.content.documents.markup import Attribute, Tag

LOADING = re.compile(
    r"\b(?:stylesheet|import|preload|prefetch|preconnect|dns-prefetch|modulepreload|manifest)\b"
)
SCHEME = re.compile(r"[\s\x00-\x1f]*(?:j\s*a\s*v\s*a|v\s*b)\s*s\s*c\s*r\s*i\s*p\s*t\s*:", re.IGNORECASE)
ADDRESSES = {"href", "src", "action", "formaction", "background", "xlink:href", "data"}


def clean(html: str, tags: list[Tag]) -> tuple[list[Edit], list[str]]:
    """The edits, and what was taken out in plain words."""
    edits: list[Edit] = []
    remarks: list[str] = []
    for tag, remark in _unwanted(tags):
        remarks.append(remark)
        edits.append(Edit(tag.start, tag.close or tag.end, ""))
    for tag in tags:
        for name, attribute in tag.attributes.items() if tag.kind == "start" else ():
            if name.startswith("on") and len(name) > 4:
                remarks.append(f"a script in {name}= was taken out")
                edits.append(Edit(_before(html, attribute), attribute.end, ""))
            elif name in ADDRESSES and SCHEME.match(attribute.value):
                remarks.append("a link that runs a script was taken out")
                edits.append(Edit(attribute.start, attribute.end, f'{name}="#"'))
    return edits, remarks


def _unwanted(tags: list[Tag]) -> Iterator[tuple[Tag, str]]:
    for tag in tags:
        if tag.kind != "start":
            continue
        address = tag.get("href")[:80]
        if tag.name == "script":
            yield tag, "a script was taken out; no mail program runs one"
        elif tag.name == "link" and LOADING.search(tag.get("rel").lower()):
            yield (
                tag,
                f"the external style sheet or file {address} was taken out; write its rules into a <style>",
            )
        elif tag.name == "base":
            yield tag, "<base> was taken out; write every address in full"
        elif tag.name == "meta" and tag.get("http-equiv").lower() == "refresh":
            yield tag, "a <meta> that loads another page was taken out"


def _before(html: str, attribute: Attribute) -> int:
    """Where the space before an attribute begins."""
    start = attribute.start
    while html[start - 1 : start].isspace():
        start -= 1
    return start
