"""Pure: what may stand inside a merge tag, and what it comes to: fields, literals, comparisons, and/or/not, filters.

Jinja only reads. What it read is checked against this short list and turned into small functions over plain values: no
Python is generated, no attribute is ever looked up, nothing can be called. Every act costs fuel, so that loops over
loops end in a clear error, by count and not by clock.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from newsletter.content.filters import FILTERS, check_date_format, filtered
from newsletter.content.refusals import MergeRefused, MissingField
from newsletter.content.values import Missing

FUEL = 100_000
DEEPEST_PATH = 3
ORDER = {"gt": operator.gt, "gteq": operator.ge, "lt": operator.lt, "lteq": operator.le}
ARITHMETIC = "arithmetic is not part of the merge language"
INSTEAD = {
    "Call": "calls are not part of the merge language; it prints fields, such as {{ first_name }}",
    "Getitem": "square brackets are not part of the merge language; write session.number",
    "CondExpr": "write {% if … %}…{% else %}…{% endif %} instead of an if within a tag",
    "Test": "tests with “is” are not part of the merge language; a missing field is false: {% if first_name %}",
    "Concat": "“~” is not part of the merge language; put two tags side by side",
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "FloorDiv", "Mod", "Pow", "Neg", "Pos"), ARITHMETIC),
}


@dataclass(slots=True)
class Run:
    """One filling: the names in reach, what was written so far, and the fuel left."""

    names: dict[str, Any]
    written: list[str] = field(default_factory=list)
    fuel: int = FUEL

    def spend(self, amount: int = 1) -> None:
        """Raise MergeRefused once the fuel is gone."""
        self.fuel -= amount
        if self.fuel < 0:
            raise MergeRefused("this asks for too many steps; its loops go round too often")


Expression = Callable[[Run], Any]


class Expressions:
    """Turns the expressions of one text into functions; `fields` are the outside names used so far, with their dots.

    `read` raises MergeRefused, with name and line, for what is not in the language.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.fields: set[str] = set()
        self.inside: list[str] = []  # what the loops around this place call their items

    def read(self, node: nodes.Node) -> Expression:
        """One expression."""
        match node:
            case nodes.Const():
                return self._literal(node)
            case nodes.Name() | nodes.Getattr():
                return self._path(node)
            case nodes.Filter():
                return self._filter(node)
            case nodes.Compare():
                return self._comparison(node)
            case nodes.Not() | nodes.And() | nodes.Or():
                return self._logic(node)
            case nodes.List() | nodes.Tuple():
                items = [self.read(item) for item in node.items]
                return lambda run: [item(run) for item in items]
        raise self.refused(node)

    def refused(self, node: nodes.Node, problem: str = "") -> MergeRefused:
        """The failure that says `node` is not in the language, or what else is wrong with it."""
        kind = type(node).__name__
        problem = problem or INSTEAD.get(kind, f"“{kind.lower()}” is not part of the merge language")
        return MergeRefused(problem, name=self.name, line=node.lineno)

    def _literal(self, node: nodes.Const) -> Expression:
        value = Missing("none") if node.value is None else node.value
        if not isinstance(value, str | int | float | Missing):
            raise self.refused(node)
        return lambda _: value

    def _path(self, node: nodes.Node) -> Expression:
        steps: list[str] = []
        while isinstance(node, nodes.Getattr):
            steps.insert(0, node.attr)
            node = node.node
        if not isinstance(node, nodes.Name):
            raise self.refused(node)
        steps.insert(0, node.name)
        whole = ".".join(steps)
        if len(steps) > DEEPEST_PATH or any(step.startswith("_") for step in steps):
            raise self.refused(
                node, f"“{whole}” is not a field; a field is named like first_name or session.number"
            )
        if not (steps[0] in self.inside or (steps[0] == "loop" and self.inside)):
            self.fields.add(whole)
        return lambda run: _found(run, steps, whole)

    def _filter(self, node: nodes.Filter) -> Expression:
        known = FILTERS.get(node.name)
        if known is None or node.node is None:
            raise self.refused(node, f"there is no filter “{node.name}”; there are {', '.join(FILTERS)}")
        if node.kwargs or node.dyn_args or node.dyn_kwargs or not known.least <= len(node.args) <= known.most:
            wanted = "one plain value" if known.most else "nothing"
            raise self.refused(node, f"{node.name} takes {wanted} in its parentheses")
        if node.name == "date":
            self._check_pattern(node, node.args[0])
        name, value, given = node.name, self.read(node.node), [self.read(arg) for arg in node.args]

        def apply(run: Run) -> Any:
            result = filtered(name, value(run), [argument(run) for argument in given])
            run.spend(1 + (len(result) // 64 if isinstance(result, str) else 0))
            return result

        return apply

    def _check_pattern(self, node: nodes.Node, pattern: nodes.Node) -> None:
        try:
            check_date_format(pattern.value if isinstance(pattern, nodes.Const) else None)
        except MergeRefused as wrong:
            raise self.refused(node, wrong.problem) from None

    def _comparison(self, node: nodes.Compare) -> Expression:
        first = self.read(node.expr)
        others = [(operand.op, self.read(operand.expr)) for operand in node.ops]

        def compare(run: Run) -> bool:
            left = first(run)
            for op, expression in others:
                run.spend()
                right = expression(run)
                if not compared(op, left, right):
                    return False
                left = right
            return True

        return compare

    def _logic(self, node: nodes.Not | nodes.And | nodes.Or) -> Expression:
        if isinstance(node, nodes.Not):
            inner = self.read(node.node)
            return lambda run: not inner(run)
        left, right = self.read(node.left), self.read(node.right)
        if isinstance(node, nodes.And):
            return lambda run: left(run) and right(run)
        return lambda run: left(run) or right(run)


def compared(op: str, left: Any, right: Any) -> bool:
    """`left op right`. What is missing equals '' and nothing else, is in nothing, and has no order.

    Raises MissingField where a missing field is asked for its order, MergeRefused where two kinds have none.
    """
    if op in {"in", "notin"}:
        return _holds(left, right) is (op == "in")
    if op in {"eq", "ne"}:
        return _same(left, right) is (op == "eq")
    for side in (left, right):
        if isinstance(side, Missing):
            raise MissingField(side.name)
    try:
        return bool(ORDER[op](left, right))
    except TypeError:
        kinds = f"{type(left).__name__} and {type(right).__name__}"
        raise MergeRefused(f"{kinds} cannot be compared by size") from None


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, Missing) or isinstance(right, Missing):
        return all(isinstance(side, Missing) or side == "" for side in (left, right))
    return bool(left == right)


def _holds(item: Any, group: Any) -> bool:
    if isinstance(item, Missing) or isinstance(group, Missing):
        return False
    if isinstance(group, str) and isinstance(item, str):
        return item in group
    if isinstance(group, list):
        return any(_same(item, other) for other in group)
    raise MergeRefused("“in” asks whether a text is in a text, or something in a list")


def _found(run: Run, steps: list[str], whole: str) -> Any:
    run.spend()
    found: Any = run.names
    for step in steps:
        if not isinstance(found, dict) or step not in found:
            return Missing(whole)
        found = found[step]
    return found
