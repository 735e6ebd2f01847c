"""Pure: the merge language between its tags: text, printed fields, `if`, and `for` over a list that was given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from jinja2 import nodes
from markupsafe import escape

from newsletter.content.expressions import Expressions, Run
from newsletter.content.filters import printed
from newsletter.content.refusals import MergeRefused, MissingField
from newsletter.content.values import Missing

DEEPEST_LOOP = 2
CHARACTERS_PER_STEP = 4  # so that fuel ends an output of more than 400,000 characters, too

Act = Callable[[Run], None]


class Language:
    """Turns the parsed text `name` into acts; with `html`, what is printed is escaped.

    `read` raises MergeRefused, with name and line, for what is not in the language.
    """

    def __init__(self, name: str, *, html: bool) -> None:
        self.html = html
        self.expressions = Expressions(name)

    def read(self, found: Sequence[nodes.Node]) -> Act:
        """Several nodes, one after the other."""
        acts = [act for node in found for act in self._acts(node)]

        def follow(run: Run) -> None:
            for act in acts:
                act(run)

        return follow

    def _acts(self, node: nodes.Node) -> list[Act]:
        match node:
            case nodes.Output():
                return [self._output(part) for part in node.nodes]
            case nodes.If():
                return [self._choice(node)]
            case nodes.For():
                return [self._loop(node)]
        raise self.expressions.refused(node)

    def _output(self, node: nodes.Node) -> Act:
        if isinstance(node, nodes.TemplateData):
            text = node.data
            return lambda run: _write(run, text)
        value, html = self.expressions.read(node), self.html

        def put(run: Run) -> None:
            found = value(run)
            if isinstance(found, Missing):
                raise MissingField(found.name)
            _write(run, str(escape(printed(found))) if html else printed(found))

        return self._located(node, put)

    def _choice(self, node: nodes.If) -> Act:
        ways = [(self.expressions.read(way.test), self.read(way.body)) for way in (node, *node.elif_)]
        otherwise = self.read(node.else_)

        def choose(run: Run) -> None:
            run.spend()
            for test, body in ways:
                if test(run):
                    return body(run)
            return otherwise(run)

        return self._located(node, choose)

    def _loop(self, node: nodes.For) -> Act:
        if node.test is not None or node.recursive or not isinstance(node.target, nodes.Name):
            raise self.expressions.refused(
                node, "a loop is written {% for letter in letters %}, and no other way"
            )
        if not isinstance(node.iter, nodes.Name | nodes.Getattr):
            raise self.expressions.refused(node, "a loop goes through a list that was given, such as letters")
        listed, each = self.expressions.read(node.iter), node.target.name
        if len(self.expressions.inside) >= DEEPEST_LOOP or each == "loop" or each.startswith("_"):
            raise self.expressions.refused(
                node, f"at most {DEEPEST_LOOP} loops stand inside each other, over names like letter"
            )
        self.expressions.inside.append(each)
        body = self.read(node.body)
        self.expressions.inside.pop()
        otherwise = self.read(node.else_)

        def repeat(run: Run) -> None:
            items, outer = _items(listed(run)), run.names
            for index, item in enumerate(items, 1):
                run.spend()
                loop = {"index": index, "first": index == 1, "last": index == len(items)}
                run.names = {**outer, each: item, "loop": loop}
                body(run)
            run.names = outer
            if not items:
                otherwise(run)

        return self._located(node, repeat)

    def _located(self, node: nodes.Node, act: Act) -> Act:
        """`act`, saying name and line when it refuses. A missing field needs none: its name says it."""

        def located(run: Run) -> None:
            try:
                act(run)
            except MergeRefused as wrong:
                if wrong.where or isinstance(wrong, MissingField):
                    raise
                raise MergeRefused(wrong.problem, name=self.expressions.name, line=node.lineno) from None

        return located


def _write(run: Run, text: str) -> None:
    run.spend(1 + len(text) // CHARACTERS_PER_STEP)
    run.written.append(text)


def _items(found: Any) -> list[Any]:
    if isinstance(found, Missing):
        raise MissingField(found.name)
    if not isinstance(found, list):
        raise MergeRefused("a loop goes through a list, and this is none")
    return found
