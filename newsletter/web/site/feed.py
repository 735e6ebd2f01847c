"""Past issues as RSS 2.0 (https://www.rssboard.org/rss-specification), with each issue whole.

`content:encoded` carries the issue (RSS 1.0 content module), `atom:link` says where the feed itself is, as the RSS
Advisory Board's profile recommends. Built as a tree, so that no subject can break it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from lxml import etree

from newsletter.campaigns.archive import Issue

MOST = 20
CONTENT = "http://purl.org/rss/1.0/modules/content/"
ATOM = "http://www.w3.org/2005/Atom"
# What XML 1.0 section 2.2 does not count as characters.
NO_CHARACTER = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Channel:
    """Whose feed it is; `home` is the address its pages begin with."""

    clinic_name: str
    home: str


def rss(issues: Sequence[Issue], channel: Channel) -> bytes:
    """The document, UTF-8. `issues` newest first; all addresses are absolute."""
    home = channel.home.rstrip("/")
    root = etree.Element("rss", {"version": "2.0"}, nsmap={"content": CONTENT, "atom": ATOM})
    top = etree.SubElement(root, "channel")
    _say(top, "title", f"Letters from {channel.clinic_name}")
    _say(top, "link", f"{home}/archive/")
    _say(top, "description", f"Past issues of the letters from {channel.clinic_name}.")
    itself = {"href": f"{home}/archive.xml", "rel": "self", "type": "application/rss+xml"}
    etree.SubElement(top, f"{{{ATOM}}}link", itself)
    if issues:
        _say(top, "language", issues[0].reading.lang)
        _say(top, "lastBuildDate", _rfc_822(max(issue.at for issue in issues)))
    for issue in issues:
        _item(etree.SubElement(top, "item"), issue, f"{home}/archive/{issue.slug}")
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _item(item: Any, issue: Issue, address: str) -> None:
    _say(item, "title", issue.reading.subject)
    _say(item, "link", address)
    _say(item, "guid", address).set("isPermaLink", "true")
    _say(item, "pubDate", _rfc_822(issue.at))
    if issue.topic:
        _say(item, "category", issue.topic)
    _say(item, "description", issue.reading.preview_text)
    _say(item, f"{{{CONTENT}}}encoded", issue.reading.html)


def _say(parent: Any, name: str, text: str) -> Any:
    element = etree.SubElement(parent, name)
    element.text = NO_CHARACTER.sub("", text)
    return element


def _rfc_822(moment: datetime) -> str:
    """With a four-digit year, as RFC 2822 section 3.3 and every feed reader have it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)
