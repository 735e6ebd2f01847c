"""What is kept so that its table alone betrays nothing: keyed hashes of addresses, and short texts under a seal."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from newsletter.errors import Refused


class SealBroken(Refused):
    """This was sealed under another key; add the earlier NEWSLETTER_SECRET_KEY behind the new one, after a comma."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True)
class Vault:
    """Holds the pepper and the keys.

    The pepper never rotates: what was hashed with it must stay recognizable for years. Of the keys the first seals,
    and each opens.
    """

    pepper: str = field(repr=False)
    keys: tuple[str, ...] = field(default=(), repr=False)

    def fingerprint(self, address_key: str) -> str:
        """HMAC-SHA256 of a normalized address, in hexadecimal. Raises Refused without a pepper."""
        if not self.pepper:
            raise Refused(
                "there is no pepper; right would be NEWSLETTER_PEPPER, or a data directory that holds one"
            )
        return hmac.digest(self.pepper.encode(), b"mailbox:" + address_key.encode(), "sha256").hex()

    def seal(self, text: str) -> str:
        """`text` as only the holder of a key reads it: Fernet (AES-128-CBC and HMAC-SHA256), printable ASCII."""
        return self._seals().encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """What `seal` was given. Raises SealBroken for a key that is gone, and for what was changed."""
        try:
            return self._seals().decrypt(sealed.encode()).decode()
        except InvalidToken as broken:
            raise SealBroken from broken

    def _seals(self) -> MultiFernet:
        if not self.keys:
            raise Refused("there is no key to seal with; right would be NEWSLETTER_SECRET_KEY")
        return MultiFernet([Fernet(_derived(key)) for key in self.keys])


def _derived(key: str) -> bytes:
    """A key of its own for seals: the one that signs links and cookies is never used for anything else (RFC 5869)."""
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"newsletter seal")
    return urlsafe_b64encode(derive.derive(key.encode()))
