"""Who is writing: the clinic's facts, as settings give them and as e-mails mention them."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo


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
