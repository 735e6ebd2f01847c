"""Logs: readable lines on a terminal, JSON lines elsewhere. They carry ids, never an address, a name or a secret.

Whoever logs obeys that; what libraries say, and what exceptions quote, passes the two nets below.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from typing import TextIO

import structlog
from structlog.typing import EventDict, WrappedLogger

ADDRESS = re.compile(r"[^\s@<>\"'(),;:=\[\]]+@[^\s@<>\"'(),;:=\[\]]+")
# The tail of a link is a key to somebody's letters: `/u/<token>`, `/confirm/<token>` ...
TOKEN = re.compile(r"(/(?:u|c|confirm|preferences|care|enter)/)[\w.~-]{8,}")


def configure(level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send structlog's and the libraries' lines from `level` up to `stream` (stderr when None)."""
    stream = stream or sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    on_terminal = stream.isatty()
    renderer = (
        structlog.dev.ConsoleRenderer() if on_terminal else structlog.processors.JSONRenderer(default=str)
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                name_the_place,
                scrub,
                renderer,
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # It warns whenever a tick outlasts its second, which is what coalescing is for.
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it greets at every look at the schema
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it warns whenever a second visitor comes


def name_the_place(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Turn an exception into its kind and the lines it passed: its message may quote a row."""
    given = event.pop("exc_info", None)
    failure = given if isinstance(given, BaseException) else sys.exc_info()[1] if given is True else None
    if isinstance(given, tuple):
        failure = given[1]
    if failure is not None:
        frames = traceback.extract_tb(failure.__traceback__)
        event["exception"] = type(failure).__name__
        event["at"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def scrub(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blot out what looks like an e-mail address or the tail of a signed link, in every text of the line."""
    return {name: _clean(value) for name, value in event.items()}


def _clean(value: object) -> object:
    if isinstance(value, str):
        return TOKEN.sub(r"\1…", ADDRESS.sub("(address)", value))
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value]
    return value
