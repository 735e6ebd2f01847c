"""What is wrong with an RSS 2.0 feed: a validator that needs no network."""

from __future__ import annotations

import warnings
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser  # type: ignore[import-untyped]
from lxml import etree
from lxml import html as lxml_html

GRAMMAR = etree.RelaxNG(etree.parse(Path(__file__).with_name("rss.rng")))
SPACES = {"atom": "http://www.w3.org/2005/Atom", "content": "http://purl.org/rss/1.0/modules/content/"}


def problems(document: bytes, address: str) -> list[str]:
    """One line for each; none when `document`, served at `address`, is a sound feed."""
    try:
        root = etree.fromstring(document)
    except etree.XMLSyntaxError as broken:
        return [f"not well-formed: {broken}"]
    found = [] if GRAMMAR.validate(root) else [f"grammar: {GRAMMAR.error_log.last_error}"]
    found += [
        f"{spoken.tag}: {spoken.text} names another weekday"
        for spoken in root.iter("pubDate", "lastBuildDate")
        if not _is_its_weekday(spoken.text)
    ]
    itself = root.xpath("string(channel/atom:link/@href)", namespaces=SPACES)
    if itself != address:
        found.append(f"atom:link says {itself}, it is served at {address}")
    guids = [guid.text for guid in root.iter("guid")]
    found += [
        f"guid {guid} comes twice" for guid in sorted({each for each in guids if guids.count(each) > 1})
    ]
    for item in root.iter("item"):
        found += _of_one(item)
    return found + _as_readers_see_it(document, len(guids))


def _is_its_weekday(text: str) -> bool:
    try:
        return f"{parsedate_to_datetime(text):%a}" == text[:3]
    except (TypeError, ValueError):
        return False


def _of_one(item: Any) -> list[str]:
    guid = item.findtext("guid")
    found = [] if guid == item.findtext("link") else [f"{guid} is called a permalink and is not the link"]
    whole = item.findtext("content:encoded", namespaces=SPACES)
    tree = lxml_html.fragment_fromstring(whole, create_parent="div")
    found += [
        f"{guid}: {link} is relative, or nothing that opens"
        for _, _, link, _ in tree.iterlinks()
        if not link.startswith(("http://", "https://", "mailto:", "tel:"))
    ]
    found += [
        f"{guid}: <{each.tag}> does not belong in a feed" for each in tree.iter("script", "style", "iframe")
    ]
    return found


def _as_readers_see_it(document: bytes, count: int) -> list[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # feedparser's own
        read = feedparser.parse(
            document, response_headers={"content-type": "application/rss+xml; charset=utf-8"}
        )
    found = [f"feedparser: {read.get('bozo_exception')}"] if read.bozo else []
    if read.version != "rss20" or len(read.entries) != count:
        found.append(f"feedparser sees {read.version} with {len(read.entries)} of {count} items")
    return found + [f"{entry.link} has no date" for entry in read.entries if entry.published_parsed is None]
