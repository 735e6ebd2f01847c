from __future__ import annotations

import io
import json
import logging

import pytest
import structlog

from newsletter import logs


@pytest.fixture(autouse=True)
def _as_before():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def out():
    stream = io.StringIO()
    logs.configure(stream=stream)
    return stream


def test_elsewhere_than_on_a_terminal_each_line_is_json(out):
    structlog.get_logger("newsletter.delivery").info("sent", delivery=7)
    (line,) = lines(out)
    assert line.pop("timestamp")
    assert line == {"event": "sent", "delivery": 7, "level": "info", "logger": "newsletter.delivery"}


def test_a_library_speaks_json_too(out):
    logging.getLogger("waitress").warning("%d threads", 3)
    assert lines(out)[0]["event"] == "3 threads"


def test_on_a_terminal_people_read_it():
    stream = Terminal()
    logs.configure(stream=stream)
    structlog.get_logger("newsletter.delivery").info("sent", delivery=7)
    assert "sent" in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_what_is_below_the_level_is_not_written():
    stream = io.StringIO()
    logs.configure(logging.WARNING, stream)
    structlog.get_logger("newsletter").info("small talk")
    structlog.get_logger("newsletter").warning("heard")
    assert [line["event"] for line in lines(stream)] == ["heard"]


def test_configured_twice_a_line_is_written_once(out):
    again = io.StringIO()
    logs.configure(stream=again)
    structlog.get_logger("newsletter").info("once")
    assert (len(lines(out)), len(lines(again))) == (0, 1)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("refused reader@example.com today", "refused (address) today"),
        ("<Reader+tag@Example.co.uk>", "<(address)>"),
        ("rcpt=visitor014@exämple.example;", "rcpt=(address);"),
        ("Exception on /u/BIbexaIO1Or8pw2LWUeDJ-wDe7XEfjI [GET]", "Exception on /u/… [GET]"),
        ("http://127.0.0.1/confirm/BIbexaIO1Or8pw2L?x=1", "http://127.0.0.1/confirm/…?x=1"),
        ("GET /studio/enter/BIbexaIO1Or8pw2L", "GET /studio/enter/…"),
        ("worker vm:123:abcdef at 09:30", "worker vm:123:abcdef at 09:30"),
    ],
)
def test_no_address_and_no_link_reaches_a_line(out, text, left):
    structlog.get_logger("newsletter").info(text, also=text, many=[text])
    logging.getLogger("flask").error(text)
    ours, theirs = lines(out)
    assert (ours["event"], ours["also"], ours["many"]) == (left, left, [left])
    assert theirs["event"] == left


@pytest.mark.parametrize(
    "logger", [logging.getLogger("apart"), structlog.get_logger("ours")], ids=["library", "ours"]
)
def test_an_exception_names_its_kind_and_place_but_quotes_no_row(out, logger):
    try:
        raise ValueError("a name and reader@example.com")
    except ValueError:
        logger.exception("tick_failed")
    (line,) = lines(out)
    assert line["exception"] == "ValueError"
    assert "test_logs.py" in str(line["at"])
    assert "a name" not in out.getvalue()


def test_a_cause_is_named_too(out):
    try:
        try:
            raise KeyError("reader@example.com")
        except KeyError as missing:
            raise RuntimeError("broken") from missing
    except RuntimeError:
        structlog.get_logger("ours").exception("failed")
    assert lines(out)[0]["exception"] == "RuntimeError from KeyError"


def test_a_tick_that_outlasts_its_second_is_no_news(out):
    logging.getLogger("apscheduler.scheduler").warning("maximum number of running instances reached")
    assert out.getvalue() == ""
