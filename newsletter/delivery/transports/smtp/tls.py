"""Who may read along: when a letter needs TLS, and when the server must prove its name."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from newsletter.delivery.transports.urls import SmtpPlace


@dataclass(frozen=True)
class Need:
    """What a connection must offer before a letter may cross it."""

    encrypted: bool
    verified: bool


def need(place: SmtpPlace, stream: str) -> Need:
    """What `place` asks for, and *care* always: encrypted to a proven server, except within this machine.

    `opportunistic` encrypts where the server offers it and does not ask who it is: in the clear would be accepted
    too, so an unproven certificate is never worse (RFC 7435). A login is never sent that way. A server that offers TLS
    and then fails at it is not tried in the clear.
    """
    if place.tls == "required" or (stream == "care" and not place.loopback):
        return Need(encrypted=True, verified=True)
    if place.user and not place.loopback:
        return Need(encrypted=True, verified=True)
    return Need(encrypted=False, verified=False)


def verifying() -> ssl.SSLContext:
    """Proven by an authority that this machine trusts (`SSL_CERT_FILE` names others); TLS 1.2 at least."""
    return ssl.create_default_context()


def unverified() -> ssl.SSLContext:
    """Encrypted to whoever answers."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
