"""From a parsed `broadcast.toml` to a newsletter. Whether its topics exist is found when it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from newsletter.campaigns.filing.bodies import Body, Folder
from newsletter.campaigns.filing.folders import BROADCAST_FILE, SLUG, BroadcastFolder
from newsletter.campaigns.filing.reading import Reading, needed
from newsletter.campaigns.spelling import Misspelled, read_flag, read_text

KEYS = ("name", "subject", "preview_text", "topic", "except", "file", "archive")
NO_BODY = Body("", "markdown", "", None)


def read_broadcast(folder: Folder, source: str, table: Mapping[str, Any]) -> BroadcastFolder:
    """The newsletter that `table`, parsed from `source`, describes; raises BadFolder with every mistake in it."""
    reading = Reading(folder, BROADCAST_FILE, source)
    reading.refuse_unknown(table, KEYS)

    def text(key: str, example: str) -> str:
        return reading.attempt(lambda: read_text(key, needed(table, key, example)), "")

    name = text("name", "Spring guide")
    subject = text("subject", "A short guide to microneedling")
    preview_text = text("preview_text", "What to expect, and when.")
    topic = reading.attempt(lambda: _read_topic(needed(table, "topic", "resources")), "")
    nobody: tuple[str, ...] = ()
    except_topics = reading.attempt(lambda: _read_except(table.get("except", []), topic), nobody)
    body = reading.attempt(lambda: reading.body(table, "issue.md"), NO_BODY)
    archived = reading.attempt(lambda: read_flag("archive", table.get("archive", True)), fallback=True)
    reading.refuse_mistakes()
    return BroadcastFolder(
        slug=folder.name,
        name=name,
        subject=subject,
        preview_text=preview_text,
        topic=topic,
        except_topics=except_topics,
        body=body,
        archived=archived,
        files=folder.files,
    )


def _read_topic(value: object) -> str:
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        raise Misspelled("topic", f'“{value!s:.40}” names no topic; right would be one, as in "resources"')
    return value


def _read_except(value: object, topic: str) -> tuple[str, ...]:
    right = 'right would be a list, as in ["news"]; a line to leave out if nobody is excepted'
    if not isinstance(value, list) or not all(
        isinstance(each, str) and SLUG.fullmatch(each) for each in value
    ):
        raise Misspelled("except", f"“except” names the topics whose readers do not get it; {right}")
    if topic in value:
        raise Misspelled("except", f"“{topic}” is the newsletter's own topic: nobody would get it; {right}")
    return tuple(dict.fromkeys(value))
