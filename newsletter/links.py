"""Signed links, one purpose each.

A token is a few bytes: the purpose, the key's id, up to a handful of row numbers, an optional last minute, and
a 96-bit HMAC-SHA256 over all of it. Row numbers are small, so a token stays within the 36 characters that keep
`List-Unsubscribe` on one line (RFC 8058). The key's id inside lets old links live through a rotation.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

from newsletter.errors import Refused

MAC_BYTES = 12
LONGEST = 64


class Purpose(IntEnum):
    """What a link may do. The numbers stand in links already mailed: never renumber."""

    CONFIRM = 1
    PREFERENCES = 2
    UNSUBSCRIBE = 3
    ENTER = 4
    FORM = 5
    PENDING = 6
    DATA = 7
    NEW_ADDRESS = 8
    LOOK = 9
    COUNT = 10
    CLICK = 11
    OPEN = 12


class LinkDamaged(Refused):
    """This link is not complete. Copy all of it, or use the newest e-mail."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class LinkLapsed(Refused):
    """This link was good for a limited time, which is over."""

    def __init__(self, ids: tuple[int, ...]) -> None:
        self.ids = ids
        super().__init__(self.__doc__)


@dataclass(frozen=True)
class Links:
    """Signs with the first key, accepts every key, and knows the one address that links start with."""

    base_url: str
    keys: tuple[str, ...]

    def sign(self, purpose: Purpose, *ids: int, until: datetime | None = None) -> str:
        """A token for `ids` (non-negative), good until `until` (aware) or for ever."""
        minute = 0 if until is None else -(-int(until.timestamp()) // 60)
        body = bytes([purpose]) + _key_id(self.keys[0]) + b"".join(_varint(n) for n in (minute, *ids))
        return urlsafe_b64encode(body + _mac(self.keys[0], body)).rstrip(b"=").decode()

    def read(self, purpose: Purpose, token: str, now: datetime) -> tuple[int, ...]:
        """The ids inside. Raises LinkDamaged for anything not signed by us for `purpose`, LinkLapsed when over."""
        if len(token) > LONGEST:
            raise LinkDamaged
        try:
            raw = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except ValueError as broken:
            raise LinkDamaged from broken
        if urlsafe_b64encode(raw).rstrip(b"=").decode() != token:  # one spelling per token
            raise LinkDamaged
        body, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
        known = [key for key in self.keys if _key_id(key) == body[1:2]]
        if not any(hmac.compare_digest(_mac(key, body), mac) for key in known) or body[0] != purpose:
            raise LinkDamaged
        minute, *ids = _numbers(body[2:])
        if minute and now >= datetime.fromtimestamp(minute * 60, UTC):
            raise LinkLapsed(tuple(ids))
        return tuple(ids)

    def url(self, path: str) -> str:
        """The full address of `path`: from the setting, never from a request's Host header."""
        return f"{self.base_url.rstrip('/')}{path}"


def _key_id(key: str) -> bytes:
    return hashlib.sha256(b"id:" + key.encode()).digest()[:1]


def _mac(key: str, body: bytes) -> bytes:
    return hmac.digest(key.encode(), b"link:" + body, "sha256")[:MAC_BYTES]


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _numbers(raw: bytes) -> Sequence[int]:
    numbers, current, shift = [], 0, 0
    for byte in raw:
        current |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            numbers.append(current)
            current, shift = 0, 0
    return numbers
