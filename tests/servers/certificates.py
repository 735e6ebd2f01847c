"""An authority of the tests' own, and certificates as they should not be."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

import trustme


class Authority:
    """A certificate authority that only `trust()` believes in."""

    def __init__(self) -> None:
        self._ca = trustme.CA()

    def trust(self) -> ssl.SSLContext:
        """What a client that believes this authority uses."""
        context = ssl.create_default_context()
        self._ca.configure_trust(context)
        return context

    def server(self, *names: str, not_after: datetime | None = None) -> ssl.SSLContext:
        """A server's certificate for `names`."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._ca.issue_cert(*names, not_after=not_after).configure_cert(context)
        return context

    def expired(self, *names: str) -> ssl.SSLContext:
        """One that was good until 2020."""
        return self.server(*names, not_after=datetime(2020, 1, 1, tzinfo=UTC))
