"""Pure: the merge language of e-mails: `{{ first_name }}`, `{% if session.number > 1 %}`, and little else.

`parse` once per version, `fill` once per person. A text is refused when it is saved, with its line; a person's e-mail
is refused when a field that it prints is missing, with the field's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from jinja2 import TemplateSyntaxError
from jinja2.parser import Parser

from newsletter.content.expressions import Expression, Expressions, Run
from newsletter.content.language import Act, Language
from newsletter.content.refusals import MergeRefused, MissingField
from newsletter.content.scanning import JINJA, LONGEST_TAG, refused, scan
from newsletter.content.values import Value, checked

__all__ = ["Condition", "Merge", "MergeRefused", "MissingField", "one_line", "parse", "parse_condition"]

TOO_DEEP = "a tag is nested too deeply"


@dataclass(frozen=True)
class Merge:
    """A parsed text. `fields` names what it may ask for, such as `first_name` or `session.number`, in order of name."""

    name: str
    fields: tuple[str, ...]
    act: Act

    def fill(self, fields: Mapping[str, Value]) -> str:
        """The text for one person.

        Raises MissingField for a field that is printed, or compared by size, and has no value; MergeRefused for
        values that are not plain, and for what takes too many steps.
        """
        run = Run(dict(checked(fields)))
        self.act(run)
        return "".join(run.written)


@dataclass(frozen=True)
class Condition:
    """A parsed `only_if`."""

    fields: tuple[str, ...]
    expression: Expression

    def holds(self, fields: Mapping[str, Value]) -> bool:
        """Whether it is true for these fields. Raises as `Merge.fill` does."""
        return bool(self.expression(Run(dict(checked(fields)))))


def parse(source: str, *, html: bool, name: str = "") -> Merge:
    """Read `source`; with `html` what is filled in is escaped. `name` stands in every complaint.

    Raises MergeRefused, with the line, for whatever is not in the language.
    """
    scan(source, name)
    language = Language(name, html=html)
    try:
        act = language.read(JINJA.parse(source, name).body)
    except TemplateSyntaxError as broken:
        raise refused(broken, name) from None
    except RecursionError:
        raise MergeRefused(TOO_DEEP, name=name) from None
    return Merge(name, tuple(sorted(language.expressions.fields)), act)


def parse_condition(expression: str, *, name: str = "only_if") -> Condition:
    """Read a bare expression such as `session.number > 1 and "tips" in topics`. Raises MergeRefused."""
    if len(expression) > LONGEST_TAG:
        raise MergeRefused(f"a condition has at most {LONGEST_TAG} characters", name=name)
    expressions = Expressions(name)
    try:
        parser = Parser(JINJA, expression, name, state="variable")
        read = expressions.read(parser.parse_expression())
        if not parser.stream.eos:
            parser.fail("a condition is one expression, without {{ }} or {% %} around it", 1)
    except TemplateSyntaxError as broken:
        raise refused(broken, name) from None
    except RecursionError:
        raise MergeRefused(TOO_DEEP, name=name) from None
    return Condition(tuple(sorted(expressions.fields)), read)


def one_line(text: str) -> str:
    """`text` for a subject or a preview: every run of spaces, newlines and control characters is one space."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split())
