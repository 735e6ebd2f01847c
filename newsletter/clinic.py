"""Pure: who is writing. The clinic's facts, what is wrong with one, and which of them somebody still has to give."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

STORED = "clinic"
"""Under this name the studio keeps what it decided of the facts (newsletter/stored)."""

# Each fact, and the end of the setting NEWSLETTER_CLINIC_… that gives it.
SETTINGS = {
    "name": "NAME",
    "sender": "FROM",
    "reply_to": "REPLY_TO",
    "postal_address": "POSTAL_ADDRESS",
    "city": "CITY",
    "time_zone": "TIME_ZONE",
    "phone": "PHONE",
    "booking_url": "BOOKING_URL",
    "privacy_url": "PRIVACY_URL",
}
REQUIRED = ("name", "sender", "postal_address")
"""What an e-mail must say by law before it leaves: who writes, from where, and a postal address (CAN-SPAM, GDPR)."""


@dataclass(frozen=True)
class Clinic:
    """Who is writing. Empty means not given: an e-mail leaves the line out."""

    name: str
    sender: str
    reply_to: str
    postal_address: str
    city: str
    time_zone: str
    phone: str
    booking_url: str
    privacy_url: str

    @property
    def zone(self) -> ZoneInfo:
        """The clinic's IANA zone."""
        return ZoneInfo(self.time_zone)

    @property
    def domain(self) -> str:
        """The domain of the From address: Message-IDs and List-Id end with it."""
        return self.sender.rpartition("@")[2]

    def fields(self) -> dict[str, str]:
        """The facts that an e-mail may mention, by the names that marketers insert."""
        return {
            "clinic_name": self.name,
            "clinic_postal_address": self.postal_address,
            "clinic_city": self.city,
            "clinic_phone": self.phone,
            "booking_url": self.booking_url,
            "privacy_url": self.privacy_url,
        }


EXAMPLE_CLINIC = Clinic(
    name="Example Skin Clinic",
    sender="letters@clinic.example",
    reply_to="",
    postal_address="1 Example Street, Springfield",
    city="Springfield",
    time_zone="America/New_York",
    phone="+1 555 0100",
    booking_url="https://clinic.example/book",
    privacy_url="",
)

NOBODY = Clinic(*[""] * 9)


def decided(clinic: Clinic, stored: Mapping[str, str], given: Collection[str]) -> Clinic:
    """`clinic` with what the studio `stored` of it, except for the facts that the environment has `given`."""
    chosen = {fact: stored[fact] for fact in SETTINGS if fact in stored and fact not in given}
    return replace(clinic, **chosen)


def missing(clinic: Clinic) -> tuple[str, ...]:
    """The facts that must be there before real mail leaves and are not."""
    return tuple(fact for fact in REQUIRED if not getattr(clinic, fact))


def wrong_with(fact: str, text: str) -> str:
    """What is wrong with `text` as this fact, and what would be right; empty for a good one and for none at all."""
    check = CHECKS.get(fact)
    return check(text) if check and text else ""


def not_an_address(text: str) -> str:
    """A complaint, unless `text` is one plain e-mail address."""
    try:
        Address(addr_spec=text)
        plain = "@" in text and parseaddr(text)[1] == text
    except (ValueError, IndexError, MessageError):  # the parser lets all of them out
        plain = False
    return "" if plain else "is not one plain e-mail address; right would be letters@clinic.example"


def not_a_web_address(text: str) -> str:
    """A complaint, unless `text` is a full http or https address."""
    if text.startswith(("http://", "https://")) and host_of(text):
        return ""
    return f"is not a web address: “{text}”; right would be https://clinic.example/…"


def not_a_zone(text: str) -> str:
    """A complaint, unless `text` is an IANA zone that this machine knows."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return f"is not an IANA zone: “{text}”; right would be Europe/London"
    return ""


CHECKS: Mapping[str, Callable[[str], str]] = {
    "sender": not_an_address,
    "reply_to": not_an_address,
    "time_zone": not_a_zone,
    "booking_url": not_a_web_address,
    "privacy_url": not_a_web_address,
}


def host_of(url: str) -> str:
    """The host in a URL; empty for what is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
