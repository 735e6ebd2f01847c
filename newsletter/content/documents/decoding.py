"""Pure: a file's bytes become text: by its byte order mark, by what it declares, else by what fits."""

from __future__ import annotations

import codecs
import re

MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-z0-9_:.-]+)""", re.IGNORECASE)
LOOKED_AT = 4096
# What pages call by these names is in truth the larger set (Encoding Standard, 4.2).
LATIN = {"iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii", "iso8859-1", "windows-1252", "cp1252"}


def decoded(raw: bytes) -> tuple[str, str]:
    """The text, every newline a line feed, and its encoding's name. A byte that fits nothing becomes �."""
    mark = next((mark for mark in MARKS if raw.startswith(mark)), b"")
    name = MARKS.get(mark) or _wide(raw) or _declared(raw)
    text = raw[len(mark) :].decode(name, errors="replace")
    if name == "utf-8" and "�" in text and not mark and not _is_utf8(raw):
        name = "windows-1252"
        text = raw.decode(name, errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", " ").replace("\0", "�"), name


def _wide(raw: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of the beginning is zero."""
    head = raw[:200]
    if len(head) >= 8 and head[1::2].count(0) > len(head) * 0.4:
        return "utf-16-le"
    return "utf-16-be" if len(head) >= 8 and head[0::2].count(0) > len(head) * 0.4 else None


def _declared(raw: bytes) -> str:
    found = DECLARED.search(raw[:LOOKED_AT])
    name = found[1].decode("ascii", "replace").lower() if found else "utf-8"
    if name in LATIN:
        return "utf-8" if _is_utf8(raw) else "windows-1252"
    try:
        known = codecs.lookup(name)
    except LookupError:
        return "utf-8"
    is_wide = known.name.startswith(("utf-16", "utf-32"))  # a page that can be searched for it is not
    return "utf-8" if is_wide or not getattr(known, "_is_text_encoding", True) else known.name


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
