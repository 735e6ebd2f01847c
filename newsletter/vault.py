"""Keyed hashes: how an address is recognized after it was erased, without being kept."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from newsletter.errors import Refused


@dataclass(frozen=True)
class Vault:
    """Holds the pepper, which never rotates: what was hashed with it must stay recognizable for years."""

    pepper: str

    def fingerprint(self, address_key: str) -> str:
        """HMAC-SHA256 of a normalized address, in hexadecimal. Raises Refused without a pepper."""
        if not self.pepper:
            raise Refused(
                "there is no pepper; right would be NEWSLETTER_PEPPER, or a data directory that holds one"
            )
        return hmac.digest(self.pepper.encode(), b"mailbox:" + address_key.encode(), "sha256").hex()
