"""The lines of a file that anybody may have made, decoded, a piece at a time: a gigabyte costs no memory."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from newsletter.errors import Refused

PIECE = 1 << 18
LONGEST = 1_000_000  # characters in one line; what is longer is cut there, and refused by whoever reads rows
NO_LISTS = (
    (b"PK\x03\x04", "is a spreadsheet or a zip archive, not a CSV file; unpack it, or save it as CSV"),
    (b"\xd0\xcf\x11\xe0", "is an old spreadsheet, not a CSV file; save it as CSV"),
    (b"\x1f\x8b", "is compressed; unpack it first"),
    (b"%PDF", "is a PDF, not a CSV file; save the list as CSV"),
)
# What no cell may hold: a NUL, and the marks that stand for bytes which are not UTF-8.
UNREADABLE = re.compile("[\0\udc80-\udcff]")


class NotAList(Refused):
    """The whole file is not what can be imported."""


def encoding_of(head: bytes) -> str:
    """Pure: the codec for a file that begins with `head`; raises NotAList for what is no text."""
    for signature, what in NO_LISTS:
        if head.startswith(signature):
            raise NotAList(what)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.count(0) > len(head) // 8:
        raise NotAList("is not a CSV file in UTF-8; save it as “CSV UTF-8”")
    return "utf-8-sig"  # which also reads a file without the mark


class Lines:
    """Iterate over the lines, ends included. `read` is how many bytes were used so far."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._head = stream.read(PIECE)
        self.read = 0
        # Whether the piece in hand holds anything that no cell may hold: then each line has to be looked at.
        self.suspect = False
        if not self._head:
            raise NotAList("is empty")
        self._encoding = encoding_of(self._head)

    def __iter__(self) -> Iterator[str]:
        """Lines end with LF, CRLF or CR. One that is too long is cut, and its rest passed over."""
        tail, skipping = "", False
        for piece in self._texts():
            text = tail + piece
            if skipping:
                skipping, text = _after_line(text)
            self.suspect = UNREADABLE.search(text) is not None
            lines = io.StringIO(text, newline="").readlines()
            # A CR at the very end may be half of a CRLF.
            tail = lines.pop() if lines and not lines[-1].endswith("\n") else ""
            yield from lines
            if len(tail) > LONGEST:
                yield tail[: LONGEST + 1] + "\n"
                tail, skipping = "", True
        if tail:
            yield tail

    def _texts(self) -> Iterator[str]:
        errors = "surrogateescape" if self._encoding == "utf-8-sig" else "replace"
        decoder = codecs.getincrementaldecoder(self._encoding)(errors)
        piece = self._head
        while piece:
            self.read += len(piece)
            yield decoder.decode(piece)
            piece = self._stream.read(PIECE)
        yield decoder.decode(b"", final=True)


def _after_line(text: str) -> tuple[bool, str]:
    """(whether the line still runs on, what comes after it)."""
    ends = [at for at in (text.find("\n"), text.find("\r")) if at >= 0]
    return (False, text[min(ends) + 1 :]) if ends else (True, "")
