"""Pure: writes a document's styles into its elements, as edits; media rules and `:hover` stay behind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from newsletter.content.documents import keeping, stylesheets
from newsletter.content.documents import tags as tags_of
from newsletter.content.documents.cascade import Cascade, Given, Styled, pressed, raised, styled
from newsletter.content.documents.edits import Edit
from newsletter.content.documents.markup import Attribute, Tag
from newsletter.content.documents.properties import certain
from newsletter.content.documents.stylesheets import Declaration, Rule, Statement
from newsletter.content.documents.trees import Node, Tree

MADE = re.compile(tags_of.WORD)
NO_PLACE = {"style", "script", "link", "meta", "title", "base"}
EVERYWHERE = {"", "all", "screen"}
DOUBLE = re.compile(r'"([^"\'\\]*)"')


@dataclass
class Sheet:
    """One style element: its CSS, where that begins in the document, and its rules."""

    css: str
    begins: int
    rules: list[tuple[Rule, bool]] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)


@dataclass
class Styles:
    """What `write` found: the edits, what each element shows in the end, and numbers for the remarks."""

    edits: list[Edit]
    shown: dict[Node, dict[str, str]]
    unread: list[tuple[str, int]]
    imports: list[str]
    torn: int = 0
    left_out: int = 0


def write(html: str, tags: list[Tag], tree: Tree) -> Styles:
    """The edits that write `html`'s styles into its elements. Raises ContentRefused for what takes too long."""
    sheets = list(_sheets(html, tags))
    every = styled((pair for sheet in sheets for pair in sheet.rules), quirks=tree.quirks)
    cascade = Cascade(every)
    given = {
        node: cascade.given(node, stylesheets.declarations(node.attributes.get("style", ""))[0])
        for node in tree.root.walk()
    }
    given = _reached(given, tree)
    risen = raised(given.values())
    imports = [each for sheet in sheets for each in sheet.statements if each.name == "import"]
    styles = Styles([], {}, [], [each.text for each in imports])
    kept, styles.left_out = keeping.kept(every, keeping.outlook_names(html, tags))
    important = risen | {
        each for one in every if one in kept for each in one.rule.declarations if each.important
    }
    for node, found in given.items():
        styles.shown[node] = {one.declaration.name: one.declaration.value for one in found if not one.staying}
        _write_node(html, node, found, important, styles)
    rules = iter(every)
    for sheet in sheets:
        mine = [next(rules) for _ in sheet.rules]
        styles.edits.extend(_sheet_edits(sheet, mine, kept, risen))
        for one in mine:
            if not one.selectors:
                line = html.count("\n", 0, sheet.begins + one.rule.start) + 1
                styles.unread.append((one.rule.selectors, line))
    return styles


def _sheets(html: str, tags: list[Tag]) -> Iterable[Sheet]:
    hidden = 0
    for tag in tags:
        if tag.name == "noscript":
            hidden += 1 if tag.kind == "start" else -1
        if tag.name != "style" or tag.kind != "start" or tag.content is None:
            continue
        if tag.get("type").lower().strip() not in {"", "text/css"}:
            continue
        start, end = tag.content
        sheet = Sheet(html[start:end], start)
        media = tag.get("media").lower().strip()
        stays = hidden > 0 or media not in EVERYWHERE or "data-embed" in tag.attributes
        stays = stays or tag.get("data-premailer") == "ignore"
        for each in stylesheets.rules(sheet.css):
            if isinstance(each, Rule):
                sheet.rules.append((each, stays))
            else:
                sheet.statements.append(each)
        yield sheet


def _reached(given: dict[Node, list[Given]], tree: Tree) -> dict[Node, list[Given]]:
    """Without elements into whose tag no style can be written; what they get stays in the style sheets.

    They have no tag, are in the head, have merge tags among their attributes, or share a tag and get different
    things: `<b>` left open goes on in each paragraph that follows (HTML standard, 13.2.4.3).
    """
    kept: dict[Node, list[Given]] = {}
    shared: dict[int, Node] = {}
    torn: set[Node] = set()
    for node, found in given.items():
        if (
            node.tag is None
            or tree.head in {node, node.parent}
            or node.name in NO_PLACE
            or _is_made(node.tag)
        ):
            torn.add(node)
            continue
        first = shared.setdefault(node.tag.start, node)
        if first is node:
            kept[node] = found
        elif [one.declaration for one in found if one.rule] != [
            one.declaration for one in given[first] if one.rule
        ]:
            torn |= {first, node}
    for node in torn:
        kept.pop(node, None)
        for each in given[node]:
            if each.rule:
                each.rule.out_of_reach = True
    return kept


def _is_made(tag: Tag) -> bool:
    """Whether a program decides which attributes it has: `<td {% if wide %}style="…"{% endif %}>`."""
    return any(
        MADE.search(name) or (not each.quote and MADE.search(each.value))
        for name, each in tag.attributes.items()
    )


def _write_node(
    html: str, node: Node, found: list[Given], important: set[Declaration], styles: Styles
) -> None:
    forced, torn = pressed(found, important)
    styles.torn += torn
    before: list[Given] = []
    after: list[Given] = []
    own: list[Given] = []
    for each in _needed(found):
        if each.rule is None:
            own.append(each)
        else:
            (after if each.important else before).append(each)
    if node.tag is None or not (before or after or any(each.declaration in forced for each in own)):
        return
    again = [each for each in own if each.declaration in forced]
    written = ["".join(_written(each, forced) for each in part) for part in (before, [*after, *again])]
    styles.edits.append(_edit(html, node.tag, *written))


def _needed(found: list[Given]) -> list[Given]:
    """The written declarations without those that a later one surely replaces; weakest first."""
    covered: set[str] = set()
    said: set[tuple[str, str]] = set()
    needed: list[Given] = []
    for each in reversed(found):
        pair = each.declaration.name, each.declaration.value
        if each.staying or not pair[1]:
            continue
        if each.rule is None or (pair not in said and not each.sets <= covered):
            needed.append(each)
        said.add(pair)
        if certain(*pair):
            covered |= each.sets
    return needed[::-1]


def _written(each: Given, forced: set[Declaration]) -> str:
    value = stylesheets.bare(each.declaration.value)
    if not each.declaration.name.startswith("--"):  # a custom property's letters are its value
        value = DOUBLE.sub(r"'\1'", value)
    return f"{each.declaration.name}:{value}{' !important' * (each.declaration in forced)};"


def _edit(html: str, tag: Tag, before: str, after: str) -> Edit:
    own = tag.attributes.get("style")
    if own is None:
        place = tag.start + 1 + len(tag.name)
        return Edit(place, place, f' style="{_escaped((before + after).rstrip(";"), chr(34))}"')
    start, end = own.inner
    written = html[start:end].strip()
    quote = own.quote or '"'
    if not own.quote:
        written = written.replace('"', "&quot;")
    if after and written and not own.value.rstrip().endswith(";"):
        written += ";"
    text = _escaped(before, quote) + written + _escaped(after.rstrip(";"), quote)
    return _placed(own, text, quote)


def _placed(own: Attribute, text: str, quote: str) -> Edit:
    start, end = own.inner
    if own.quote:
        return Edit(start, end, text)
    if start in {own.start, end}:  # `style` alone, or `style=` before the bracket
        return Edit(own.start, own.end, f"style={quote}{text}{quote}")
    return Edit(start, end, f"{quote}{text}{quote}")


def _escaped(text: str, quote: str) -> str:
    text = text.replace("&", "&amp;")
    return text.replace('"', "&quot;") if quote == '"' else text.replace("'", "&#39;")


def _sheet_edits(
    sheet: Sheet, mine: list[Styled], kept: set[Styled], risen: set[Declaration]
) -> Iterable[Edit]:
    for each in mine:
        rule = each.rule
        if each not in kept:
            blank = re.compile(r"[ \t]*\n?").match(sheet.css, rule.end)
            yield Edit(sheet.begins + rule.start, sheet.begins + (blank.end() if blank else rule.end), "")
            continue
        for declaration in rule.declarations:
            if declaration in risen:
                place = sheet.begins + declaration.end
                yield Edit(place, place, " !important")
    for statement in sheet.statements:
        if statement.name == "import":
            yield Edit(sheet.begins + statement.start, sheet.begins + statement.end, "")
