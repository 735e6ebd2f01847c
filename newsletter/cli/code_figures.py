"""Pure: the figures of the house's style, measured on source text.

A line is a line of the file. A function's length is from `def` to its last line; a public function is one whose own
name and whose class's name have no underscore in front, nested functions left out.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median, quantiles

MODULE_CEILING = 300

# Only this module asks what time it is.
CLOCK = "newsletter/clock.py"
TIME_READERS = frozenset(
    "time time_ns monotonic monotonic_ns perf_counter perf_counter_ns gmtime localtime".split()
)
# Each of these looks at the clock when it is not given a time.
MAIL_CLOCKS = frozenset(["formatdate", "make_msgid"])
DATABASE_CLOCKS = frozenset("now current_timestamp current_time current_date localtimestamp".split())

# Elsewhere an import stands at the head of its module. Here a command, an engine or a scheme is loaded when asked for.
LATE_IMPORTS = ("newsletter/cli/", "newsletter/fleet.py", "newsletter/delivery/transports/__init__.py")

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the checkout's root, with forward slashes, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text, self.path)

    @property
    def lines(self) -> int:
        """How long the file is."""
        return len(self.text.splitlines())


@dataclass(frozen=True)
class Figure:
    """One measured number beside what we aim for."""

    figure: str
    value: float
    target: str
    ok: bool


def figures(package: Sequence[Source], tests: Sequence[Source]) -> list[Figure]:
    """Measure the package's modules, and the tests against them."""
    modules = [source.lines for source in package]
    functions = [length for source in package for length in function_lengths(source)] or [0]
    ratio = sum(source.lines for source in tests) / max(sum(modules), 1)
    undocumented = sum(len(modules_without_docstring(source)) for source in package)
    public = [has for source in package for has in public_docstrings(source).values()]
    return [
        _at_most("module lines, median", median(modules), 90),
        _at_most("module lines, 90 %", _ninety(modules), 200),
        _at_most("module lines, longest", max(modules), MODULE_CEILING),
        _at_most("function lines, median", median(functions), 8),
        _at_most("function lines, 90 %", _ninety(functions), 25),
        _at_most("clock reads outside clock.py", _count(clock_reads, package), 0),
        _at_most("current_app outside web/", _count(current_app_uses, package), 0),
        _at_most("imports inside functions", _count(late_imports, package), 0),
        _at_least("test lines per source line", ratio, 1.3),
        _at_least("modules with a docstring, %", 100 * (1 - undocumented / len(modules)), 100),
        _at_least("public functions with a docstring, %", 100 * sum(public) / max(len(public), 1), 80),
    ]


def clock_reads(source: Source) -> list[str]:
    """Where a module asks Python, an e-mail function or the database what time it is: "path:line name" each."""
    if source.path == CLOCK:
        return []
    found = []
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and _is_clock(node):
            found.append(_at(source, node, ast.unparse(node)))
        if isinstance(node, ast.ImportFrom) and node.module in {"time", "email.utils"}:
            names = {alias.name for alias in node.names} & (TIME_READERS | MAIL_CLOCKS)
            found += [_at(source, node, name) for name in sorted(names)]
    return found


def current_app_uses(source: Source) -> list[str]:
    """Where a module outside web/ reaches for Flask's global."""
    if source.path.startswith("newsletter/web/"):
        return []
    return [
        _at(source, node, "current_app")
        for node in ast.walk(source.tree)
        if (isinstance(node, ast.alias | ast.Name | ast.Attribute) and _name(node) == "current_app")
    ]


def late_imports(source: Source) -> list[str]:
    """Imports inside functions, where they are not allowed."""
    if source.path.startswith(LATE_IMPORTS):
        return []
    inner = (node for function in _functions(source.tree) for node in ast.walk(function))
    late = {node: None for node in inner if isinstance(node, ast.Import | ast.ImportFrom)}
    return [_at(source, node, "import") for node in late]


def function_lengths(source: Source) -> list[int]:
    """The lines of every function, nested ones too."""
    return [(node.end_lineno or node.lineno) - node.lineno + 1 for node in _functions(source.tree)]


def modules_without_docstring(source: Source) -> list[str]:
    """The module's path, if nothing says what it is for."""
    return [] if ast.get_docstring(source.tree) else [source.path]


def public_docstrings(source: Source) -> dict[str, bool]:
    """Each public function and method, "path:line name", and whether it has a docstring."""
    return {
        _at(source, node, node.name): ast.get_docstring(node) is not None
        for node in _public(source.tree.body)
    }


def _public(body: Iterable[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in body:
        if isinstance(node, FUNCTIONS) and not node.name.startswith("_"):
            yield node
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from _public(node.body)


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, FUNCTIONS))


def _is_clock(node: ast.Attribute) -> bool:
    owner = _name(node.value).lower()
    return (
        node.attr == "utcnow"
        or (node.attr in {"now", "today"} and owner in {"datetime", "dt", "date"})
        or (node.attr in TIME_READERS and owner == "time")
        or (node.attr in DATABASE_CLOCKS and owner == "func")
        or (node.attr in MAIL_CLOCKS)
    )


def _name(node: ast.AST) -> str:
    for attribute in ("id", "attr", "name"):
        if isinstance(value := getattr(node, attribute, None), str):
            return value
    return ""


def _at(source: Source, node: ast.AST, what: str) -> str:
    return f"{source.path}:{getattr(node, 'lineno', 1)} {what}"


def _count(look: Callable[[Source], list[str]], sources: Iterable[Source]) -> int:
    return sum(len(look(source)) for source in sources)


def _ninety(values: Sequence[int]) -> float:
    return quantiles(values, n=10, method="inclusive")[-1] if len(values) > 1 else values[0]


def _at_most(figure: str, value: float, limit: float) -> Figure:
    return Figure(figure, round(value, 2), f"at most {limit}", value <= limit)


def _at_least(figure: str, value: float, limit: float) -> Figure:
    return Figure(figure, round(value, 2), f"at least {limit}", value >= limit)
