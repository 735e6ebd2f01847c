"""Pure: which declarations an element gets, in the order of their force (css-cascade-4, 6.1).

Written into attributes, a declaration beats every rule that stays in a style sheet unless that one is `!important`. So
a rule for phones or for dark mode that won before becomes important, and a declaration that won over a rule which is
important now becomes important itself. What cannot be said by importance alone is counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from newsletter.content.documents.matching import Unreadable
from newsletter.content.documents.properties import longhands, overlap
from newsletter.content.documents.selectors import Selector, parse
from newsletter.content.documents.stylesheets import Declaration, Rule
from newsletter.content.documents.trees import Node

ATTRIBUTE = (1, 0, 0, 0)  # a style attribute is stronger than any selector


@dataclass(eq=False)
class Styled:
    """A rule with its selectors. `stays`: it depends on the reader's device, or was not understood."""

    rule: Rule
    selectors: tuple[Selector, ...]
    stays: bool
    matched: set[int] = field(default_factory=set)
    out_of_reach: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """A declaration that an element gets. `force` orders them; `staying` ones come from rules that stay."""

    declaration: Declaration
    force: tuple[object, ...]
    staying: bool
    sets: frozenset[str]
    rule: Styled | None = None

    @property
    def important(self) -> bool:
        """As it was written."""
        return self.declaration.important


def styled(rules: Iterable[tuple[Rule, bool]], *, quirks: bool) -> list[Styled]:
    """Each rule with its selectors; none where one of them cannot be read, for then a browser drops them all."""
    found = []
    for rule, stays in rules:
        try:
            selectors = parse(rule.selectors, quirks=quirks)
        except Unreadable:
            selectors = ()
        found.append(Styled(rule, selectors, stays or bool(rule.within) or not rule.plain))
    return found


class Cascade:
    """All rules of a document, ready to be asked about each element."""

    def __init__(self, rules: list[Styled]) -> None:
        self.rules = rules
        self._by_key: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
        for number, each in enumerate(rules):
            for place, selector in enumerate(each.selectors):
                self._by_key[selector.key].append((number, place))

    def given(self, node: Node, own: tuple[Declaration, ...]) -> list[Given]:
        """What `node` gets, weakest first; `own` is its style attribute. Raises ContentRefused past all patience."""
        node.patience.spend(4 * len(own))
        found = [
            Given(each, (each.important, ATTRIBUTE, 0, place), staying=False, sets=longhands(each.name))
            for place, each in enumerate(own)
        ]
        best: dict[tuple[int, bool], Selector] = {}
        for number, place in self._candidates(node):
            each = self.rules[number]
            selector = each.selectors[place]
            node.patience.spend()
            if not selector.matches(node):
                continue
            if not selector.moving:
                each.matched.add(place)
            if selector.part:
                continue
            key = number, each.stays or selector.moving
            if key not in best or best[key].weight < selector.weight:
                best[key] = selector
        for (number, staying), selector in best.items():
            each = self.rules[number]
            node.patience.spend(4 * len(each.rule.declarations))
            for place, declaration in enumerate(each.rule.declarations):
                force = (declaration.important, (0, *selector.weight), number, place)
                found.append(Given(declaration, force, staying, longhands(declaration.name), each))
        return sorted(found, key=lambda one: one.force)

    def _candidates(self, node: Node) -> Iterator[tuple[int, int]]:
        yield from self._by_key.get(("", ""), ())
        yield from self._by_key.get(("tag", node.name), ())
        for name in node.classes:
            yield from self._by_key.get(("class", name), ())
        if "id" in node.attributes:
            yield from self._by_key.get(("id", node.attributes["id"]), ())


def raised(everybody: Iterable[list[Given]]) -> set[Declaration]:
    """The declarations of staying rules that must become important, so that they still win where they won."""
    alike = {tuple(each.declaration for each in given): given for given in everybody}
    mixed = [given for given in alike.values() if any(each.staying for each in given)]
    found: set[Declaration] = set()
    size = -1
    while size != len(found):
        size = len(found)
        for given in mixed:
            for place, each in enumerate(given):
                if each.staying and not each.important and _must_rise(given, place, found):
                    found.add(each.declaration)
    return found


def pressed(given: list[Given], important: set[Declaration]) -> tuple[set[Declaration], int]:
    """Of an element's written declarations those that must be important, and how many cannot be had right.

    `important` are the declarations that were raised, or that stay important in a rule which is kept.
    """
    found: set[Declaration] = set()
    torn = 0
    if not any(each.declaration in important for each in given):
        return found, torn
    for place, each in enumerate(given):
        if each.staying or (each.important and each.rule is None):
            continue
        beaten = any(one.declaration in important and overlap(one.sets, each.sets) for one in given[:place])
        if not beaten:
            continue
        if any(one.staying and overlap(one.sets, each.sets) for one in given[place + 1 :]):
            torn += 1
        else:
            found.add(each.declaration)
    return found, torn


def _must_rise(given: list[Given], place: int, risen: set[Declaration]) -> bool:
    """Whether it won over a written declaration, or over one that has risen, in anything that it sets."""
    each = given[place]
    written = [one.sets for one in given[place + 1 :] if not one.staying or _within(one) == _within(each)]
    for one in given[:place]:
        if not one.staying or one.declaration in risen:
            won = overlap(one.sets, each.sets)
            if won and any(not any(name in sets for sets in written) for name in won):
                return True
    return False


def _within(each: Given) -> tuple[str, ...] | None:
    """The groups around its rule: of two in the same groups, the stronger one always covers the weaker one."""
    return each.rule.rule.within if each.rule and not any(one.moving for one in each.rule.selectors) else None
