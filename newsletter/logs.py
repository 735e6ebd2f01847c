"""Logs: readable lines on a terminal, JSON lines elsewhere. They carry ids, never an address, a name or a secret.

Whoever logs obeys that; what libraries say, and what exceptions quote, passes the two nets below.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from typing import TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

ADDRESS = re.compile(r"[^\s@<>\"'(),;:=\[\]]+@[^\s@<>\"'(),;:=\[\]]+")
# The tail of a link is a key to somebody's letters: `/u/<token>`, `/confirm/<token>` ...
TOKEN = re.compile(r"(/(?:u|c|confirm|preferences|care|enter)/)[\w.~-]{8,}")


SHARED: tuple[structlog.typing.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def configure(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send structlog's and the libraries' lines from `level` up to `stream` (stderr when None)."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    logging.basicConfig(level=level, handlers=[_handler(stream or sys.stderr)], force=True)
    # It warns whenever a tick outlasts its second, which is what coalescing is for.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it greets at every look at the schema
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns whenever a second visitor comes


def _handler(stream: TextIO) -> logging.Handler:
    """What writes a line, ours or a library's: for people on a terminal, for programs elsewhere."""
    people = structlog.dev.ConsoleRenderer()
    programs = structlog.processors.JSONRenderer(default=str)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *SHARED],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            name_the_place,
            scrub,
            people if stream.isatty() else programs,
        ],
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    return handler


def name_the_place(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Turn an exception into its kind and the lines it passed: its message may quote a row."""
    given = event.pop("exc_info", None)
    failure = given[1] if isinstance(given, tuple) else sys.exc_info()[1] if given is True else given
    if isinstance(failure, BaseException):
        frames = traceback.extract_tb(failure.__traceback__)
        event["exception"] = " from ".join(type(each).__name__ for each in _chain(failure))
        event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def scrub(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blot out what looks like an e-mail address or the tail of a signed link, in every text of the line."""
    return {name: _clean(value) for name, value in event.items()}


def _chain(failure: BaseException | None) -> Iterator[BaseException]:
    """A failure and what caused it, as far as a person would follow."""
    for _ in range(5):
        if failure is None:
            return
        yield failure
        failure = failure.__cause__


def _clean(value: object) -> object:
    if isinstance(value, str):
        return TOKEN.sub(r"\1…", ADDRESS.sub("(address)", value))
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    return value
