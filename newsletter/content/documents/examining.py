"""Pure: what a careful colleague would say about a document from elsewhere; one line each, nothing here stops it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from newsletter.content.documents.keeping import LARGEST_STYLE
from newsletter.content.documents.markup import Tag
from newsletter.content.documents.reading import links
from newsletter.content.documents.styling import Styles
from newsletter.content.documents.trees import Tree

LARGE, TOO_LARGE = 80_000, 102_000  # bytes; Gmail cuts off at 102 KB
HOME = re.compile(r"localhost|127\..*|0\.0\.0\.0|\[?::1\]?|.*\.(?:local|test|localhost)", re.IGNORECASE)
LEAVING = re.compile(
    r"unsub|opt[-_ ]?out|abmeld|abbestell|desinscri|désinscri|cancelar|darse de baja|preferences|manage.{0,20}subscri",
    re.IGNORECASE,
)
UNSUPPORTED = {
    "form": "a form: most mail programs do not send it; right would be a link to a page",
    "input": "a form's field: most mail programs do not show it; right would be a link to a page",
    "iframe": "an <iframe>: mail programs leave it out; right would be a link",
    "object": "an <object>: mail programs leave it out",
    "embed": "an <embed>: mail programs leave it out",
    "video": "a video: few mail programs play it; right would be a picture with a link",
    "audio": "a sound: few mail programs play it; right would be a link",
    "svg": "an SVG drawing: Gmail and Outlook do not show it; right would be a PNG",
    "canvas": "a <canvas>: mail programs show nothing there",
    "template": "a <template>: mail programs show nothing there",
}
LAYOUT = re.compile(
    r"(?:^|[;{\s\"'])(?:(position)\s*:\s*(?:absolute|fixed|relative|sticky)|display\s*:\s*(?:inline-)?(flex|grid))",
    re.IGNORECASE,
)
TAG = re.compile(r"[\[{%*$<@]|q[yz]\d+q")
MOST_NAMED = 3


def remarks(finished: str, tags: list[Tag], tree: Tree, styles: Styles) -> list[str]:
    """One line per remark; `finished` is the compiled document, the rest what was found on the way."""
    return [
        *_on_styles(styles),
        *_on_head(finished, tags, tree),
        *_on_elements(tags),
        *_on_pictures(tags),
        *_on_links(tree),
        *_on_layout(finished, tags),
        *_on_size(finished),
    ]


def encoding_remark(name: str) -> list[str]:
    """What to say of a file that was not written in UTF-8."""
    if name == "utf-8":
        return []
    return [f"the file is written in {name}; what comes out is UTF-8 (save or send it as such)"]


def _on_styles(styles: Styles) -> Iterator[str]:
    for each in styles.imports:
        yield f"{_short(each)} was taken out; write its rules into a <style>"
    for selector, line in styles.unread[:MOST_NAMED]:
        yield f"line {line}: the CSS selector “{_short(selector)}” cannot be read; its rule stays in the <style>"
    if len(styles.unread) > MOST_NAMED:
        yield f"{len(styles.unread) - MOST_NAMED} more CSS selectors cannot be read; their rules stay in the <style>"
    if styles.left_out:
        yield f"{_times(styles.left_out, 'CSS rule')} for nothing in this document left out, to save room"
    if styles.torn:
        yield f"{_times(styles.torn, 'declaration')} may look different on phones: rules for them contradict each other"


def _on_head(finished: str, tags: list[Tag], tree: Tree) -> Iterator[str]:
    names = {tag.name for tag in tags if tag.kind == "start"}
    if "body" not in names and "html" not in names:
        yield "this is a piece of HTML without <html> and <body>; mail programs will add theirs"
    elif not tree.root.attributes.get("lang", "").strip():
        yield 'the language is missing; right would be <html lang="en">'
    if not re.search(r"<!doctype\b", finished[:5_000], re.IGNORECASE):
        yield "the doctype is missing; right would be <!DOCTYPE html> as the first line"
    left = [len(each.encode()) for each in re.findall(r"(?is)<style\b[^>]*>(.*?)</style", finished)]
    if sum(left) > LARGEST_STYLE:
        yield f"{sum(left) // 1024} KB of CSS stay in <style>; Gmail leaves out more than 16 KB, with all that is in it"


def _on_elements(tags: list[Tag]) -> Iterator[str]:
    for name, said in UNSUPPORTED.items():
        found = [tag for tag in tags if tag.name == name and tag.kind == "start"]
        if name == "input":
            found = [tag for tag in found if tag.get("type").lower() != "hidden"]
        if found:
            yield f"{said}{f' ({len(found)} of them)' if len(found) > 1 else ''}"


def _on_pictures(tags: list[Tag]) -> Iterator[str]:
    pictures = [tag for tag in tags if tag.name == "img" and tag.kind == "start"]
    silent = [tag for tag in pictures if "alt" not in tag.attributes]
    if silent:
        yield f"{_times(len(silent), 'picture')} without a description (alt text), first {_short(silent[0].get('src'))}"
    sources = [tag.get("src").strip() for tag in pictures]
    inside = [each for each in sources if each.lower().startswith("data:")]
    if inside:
        yield f"{_times(len(inside), 'picture')} inside the HTML (base64): Gmail shows none; right would be https://"
    if any(".svg" in each.lower().partition("?")[0][-4:] for each in sources):
        yield "an SVG picture: Gmail and Outlook do not show it; right would be a PNG"
    yield from _on_addresses([each for each in sources if each and each not in inside], "picture")


def _on_links(tree: Tree) -> Iterator[str]:
    found = list(links(tree))
    yield from _on_addresses(found, "link")
    words = " ".join(child for node in tree.body.walk() for child in node.children if isinstance(child, str))
    if not any(LEAVING.search(each) for each in [*found, words]):
        yield "no link to unsubscribe; right would be {{ unsubscribe_url }}"


def _on_addresses(addresses: list[str], what: str) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for each in addresses:
        found.setdefault(_trouble(each), []).append(each)
    for trouble, some in found.items():
        if trouble:
            yield f"{_times(len(some), what)} ({_short(some[0])}) {trouble}"


def _trouble(address: str) -> str:
    """What is wrong with an address; nothing where it is, or begins with, a merge tag."""
    if address == "#":
        return "leading nowhere"
    if address.startswith("#") or TAG.match(address):
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "that no program can read"
    if HOME.fullmatch(parts.hostname or "") or parts.scheme == "file":
        return "on this computer only"
    if parts.scheme == "http":
        return "without encryption; right would be https://"
    if not parts.scheme:
        return "relative to a page that an e-mail does not have; right would be https://…"
    return ""


def _on_layout(finished: str, tags: list[Tag]) -> Iterator[str]:
    found = {(hit[1] or hit[2]).lower() for hit in LAYOUT.finditer(finished)}
    for each in sorted(found):
        yield f"{each} is used for the layout; Outlook ignores it, right would be a table"
    if any("background" in tag.attributes for tag in tags):
        yield "a background picture; Outlook shows it only with VML"


def _on_size(finished: str) -> Iterator[str]:
    size = len(finished.encode())
    if size > TOO_LARGE:
        yield f"{size // 1000} KB of HTML are too many: Gmail cuts off at 102 KB"
    elif size > LARGE:
        yield f"{size // 1000} KB of HTML; Gmail cuts off at 102 KB"


def _times(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 70 else f"{words[:69]}…"
