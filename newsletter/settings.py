"""Settings: read once from the environment, checked as a whole, then frozen.

`from_env` reports every mistake at once, each with the name of the setting and what would be right.
A secret NAME may be given as NAME_FILE, the path of a file that holds it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from newsletter.errors import Mistakes

PREFIX = "NEWSLETTER_"
MAIL_SCHEMES = ("inbox", "smtp", "smtps", "maildir")
KNOWN = frozenset(
    "DATA_DIR DATABASE_URL MAIL_URL BASE_URL SECRET_KEY DATA_KEY CLINIC_NAME CLINIC_FROM CLINIC_CARE_FROM "
    "CLINIC_REPLY_TO CLINIC_POSTAL_ADDRESS CLINIC_CITY CLINIC_TIME_ZONE CLINIC_PHONE CLINIC_BOOKING_URL "
    "CLINIC_PRIVACY_URL DKIM_DOMAIN DKIM_SELECTOR DKIM_KEY_FILE BOUNCE_ADDRESS BOUNCE_MAILBOX BROKER_URL "
    "HEARTBEAT_URL TRUSTED_PROXIES".split()
)


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


@dataclass(frozen=True)
class Settings:
    """Everything the deployer decides. Built by `from_env`; tests build it by hand."""

    data_dir: Path
    database_url: str
    mail_url: str
    base_url: str
    secret_keys: tuple[str, ...]
    clinic: Clinic
    heartbeat_url: str = ""
    trusted_proxies: int = 0
    notes: tuple[str, ...] = ()  # what `check` mentions though it stops nothing

    @property
    def practice(self) -> bool:
        """Nothing leaves this computer: letters go to the practice inbox, and the clock may be turned."""
        return self.mail_url == "inbox:"

    @property
    def clock_file(self) -> Path:
        """Where practice keeps how far its story is ahead."""
        return self.data_dir / "clock.json"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read `env` (the process's when None). Raises Mistakes with every problem; creates the data directory."""
        reader = _Reader(os.environ if env is None else env)
        data_dir = Path(reader.get("DATA_DIR", "var")).resolve()
        mail_url = reader.mail_url()
        practice = mail_url == "inbox:"
        clinic = reader.clinic(EXAMPLE_CLINIC if practice else None)
        base_url = reader.base_url()
        if not practice and _host(base_url) in ("127.0.0.1", "localhost"):
            reader.notes.append(
                f"NEWSLETTER_BASE_URL is not given: links lead to {base_url}, which only this computer can open"
            )
        given = reader.secret("SECRET_KEY")
        heartbeat_url = reader.web_address("HEARTBEAT_URL")
        database_url = reader.database_url(data_dir)
        proxies = reader.number("TRUSTED_PROXIES", 0)
        keys = tuple(key.strip() for key in given.split(",") if key.strip())
        reader.problems += [
            "NEWSLETTER_SECRET_KEY has a key under 32 characters; "
            "right would be the output of: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            for key in keys
            if len(key) < 32
        ][:1]
        if not reader.problems and not keys:
            keys = (_kept_key(data_dir / "secret.key", reader.problems),)
        if reader.problems:
            raise Mistakes(reader.problems)
        return cls(
            data_dir,
            database_url,
            mail_url,
            base_url,
            keys,
            clinic,
            heartbeat_url,
            proxies,
            tuple(reader.notes),
        )


class _Reader:
    """Takes settings one by one and gathers what is wrong with them."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env
        self.problems: list[str] = []
        # Not an error: an orchestrator may add names of its own, such as NEWSLETTER_SERVICE_HOST.
        self.notes = [
            f"{name} is not a setting of this program; the settings are listed in README.md"
            for name in sorted(env)
            if name.startswith(PREFIX)
            and name.removeprefix(PREFIX).removesuffix("_FILE") not in KNOWN
            and name.removeprefix(PREFIX) not in KNOWN
        ]

    def get(self, name: str, default: str = "") -> str:
        return self.env.get(PREFIX + name, "").strip() or default

    def wrong(self, name: str, what: str) -> None:
        self.problems.append(f"{PREFIX}{name} {what}")

    def secret(self, name: str) -> str:
        """NAME, else what NAME_FILE holds."""
        path = self.get(f"{name}_FILE")
        if not path or self.get(name):
            return self.get(name)
        try:
            return Path(path).read_text().strip()
        except (OSError, UnicodeDecodeError):
            self.wrong(f"{name}_FILE", f"names a file that cannot be read: {path}")
            return ""

    def mail_url(self) -> str:
        url = self.secret("MAIL_URL") or "inbox:"
        if url.partition(":")[0] not in MAIL_SCHEMES or ":" not in url:
            self.wrong(
                "MAIL_URL",
                "is not known; right would be inbox:, smtp://user:pass@host:587, smtps://… "
                "or maildir:///path",
            )
        elif url.startswith("smtp") and not _host(url):
            self.wrong("MAIL_URL", "names no host; right would be smtp://user:pass@host:587")
        return url

    def database_url(self, data_dir: Path) -> str:
        url = self.secret("DATABASE_URL") or f"sqlite:///{data_dir / 'newsletter.db'}"
        if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            self.wrong(
                "DATABASE_URL",
                "is not supported; right would be sqlite:////path/newsletter.db or "
                "postgresql://user:pass@host/name",
            )
        return url

    def base_url(self) -> str:
        host = self.env.get("HOST") or "127.0.0.1"
        reachable = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  (compared, not bound)
        default = f"http://{reachable}:{self.env.get('PORT') or '8000'}"
        return self.web_address("BASE_URL", default).rstrip("/")

    def web_address(self, name: str, default: str = "") -> str:
        url = self.get(name, default)
        if url and not (url.startswith(("http://", "https://")) and _host(url)):
            self.wrong(
                name,
                f"is not a web address: “{url}”; right would be https://clinic.example/…",
            )
        return url

    def number(self, name: str, default: int) -> int:
        text = self.get(name, str(default))
        if not text.isdigit():
            self.wrong(name, f"is not a number: “{text}”; right would be 0, 1, 2 …")
            return default
        return int(text)

    def address(self, name: str, default: str) -> str:
        text = self.get(name, default)
        if text:
            try:
                Address(addr_spec=text)
            except (ValueError, IndexError):
                text = ""
            if "@" not in text or parseaddr(text)[1] != text:
                self.wrong(
                    name,
                    "is not one plain e-mail address; right would be letters@clinic.example",
                )
        return text

    def clinic(self, example: Clinic | None) -> Clinic:
        facts = {
            "CLINIC_NAME": example.name if example else "",
            "CLINIC_FROM": example.sender if example else "",
            "CLINIC_POSTAL_ADDRESS": example.postal_address if example else "",
        }
        for name, default in facts.items():
            if not self.get(name, default):
                self.wrong(name, "is missing; it is required before real mail leaves")
        zone = self.get("CLINIC_TIME_ZONE", example.time_zone if example else "")
        if not zone:
            zone = "UTC"
            self.notes.append(
                "NEWSLETTER_CLINIC_TIME_ZONE is not given: hours are UTC; right would be Europe/London"
            )
        elif not _known_zone(zone):
            self.wrong(
                "CLINIC_TIME_ZONE",
                f"is not an IANA zone: “{zone}”; right would be Europe/London",
            )
            zone = "UTC"
        return Clinic(
            name=self.get("CLINIC_NAME", facts["CLINIC_NAME"]),
            sender=self.address("CLINIC_FROM", facts["CLINIC_FROM"]),
            reply_to=self.address("CLINIC_REPLY_TO", ""),
            postal_address=self.get("CLINIC_POSTAL_ADDRESS", facts["CLINIC_POSTAL_ADDRESS"]),
            city=self.get("CLINIC_CITY", example.city if example else ""),
            time_zone=zone,
            phone=self.get("CLINIC_PHONE", example.phone if example else ""),
            booking_url=self.web_address("CLINIC_BOOKING_URL", example.booking_url if example else ""),
            privacy_url=self.web_address("CLINIC_PRIVACY_URL", ""),
        )


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _known_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _kept_key(path: Path, problems: list[str]) -> str:
    """The key in `path`, made on first use, readable by its owner only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make_key(path)
        key = path.read_text().strip()
    except OSError as failure:
        problems.append(f"{PREFIX}DATA_DIR cannot be written: {failure.strerror or failure}")
        return ""
    if len(key) < 32:
        problems.append(f"{path} holds no key; right would be to remove it: a new one is made")
    return key


def _make_key(path: Path) -> None:
    """Appears whole or not at all, so that processes which start together read the same key, never half of one."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(fresh, path)  # unlike a rename it never replaces the key of whoever was first
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
