"""The environment read one setting at a time, gathering what is wrong instead of stopping at the first mistake.

A secret NAME may be given as NAME_FILE, the path of a file that holds it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from newsletter.clinic import SETTINGS, Clinic, host_of, not_a_web_address, wrong_with

PREFIX = "NEWSLETTER_"
SHORTEST_KEY = 32
MAIL_SCHEMES = ("inbox", "smtp", "smtps", "maildir")
KNOWN = frozenset(
    "DATA_DIR DATABASE_URL MAIL_URL BASE_URL SECRET_KEY DATA_KEY CLINIC_NAME CLINIC_FROM CLINIC_CARE_FROM "
    "CLINIC_REPLY_TO CLINIC_POSTAL_ADDRESS CLINIC_CITY CLINIC_TIME_ZONE CLINIC_PHONE CLINIC_BOOKING_URL "
    "CLINIC_PRIVACY_URL DKIM_DOMAIN DKIM_SELECTOR DKIM_KEY_FILE BOUNCE_ADDRESS BOUNCE_MAILBOX BROKER_URL "
    "HEARTBEAT_URL TRUSTED_PROXIES PEPPER ARCHIVE".split()
)


class Environment:
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
        """NEWSLETTER_<name> without blanks around it; an empty one counts as not given."""
        return self.env.get(PREFIX + name, "").strip() or default

    def wrong(self, name: str, what: str) -> None:
        """Note a mistake: the setting and what would be right."""
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

    def keys(self, name: str, *, practice: bool) -> tuple[str, ...]:
        """A comma-separated list, the first signs; a short one is an error where real mail leaves."""
        keys = tuple(key.strip() for key in self.secret(name).split(",") if key.strip())
        if any(len(key) < SHORTEST_KEY for key in keys):
            complaint = (
                f"has a key under {SHORTEST_KEY} characters; right would be the output of: "
                "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
            )
            if practice:
                self.notes.append(f"{PREFIX}{name} {complaint}")
            else:
                self.wrong(name, complaint)
        return keys

    def mail_url(self) -> str:
        """How mail leaves; which queries a scheme takes is the transport's to say."""
        url = self.secret("MAIL_URL") or "inbox:"
        if url.partition(":")[0] not in MAIL_SCHEMES or ":" not in url:
            self.wrong(
                "MAIL_URL",
                "is not known; right would be inbox:, smtp://user:pass@host:587, smtps://… "
                "or maildir:///path",
            )
        elif url.startswith("smtp") and not host_of(url):
            self.wrong("MAIL_URL", "names no host; right would be smtp://user:pass@host:587")
        return url

    def database_url(self, data_dir: Path) -> str:
        """Where the rows are: a file in `data_dir` unless said otherwise."""
        url = self.secret("DATABASE_URL") or f"sqlite:///{data_dir / 'newsletter.db'}"
        if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
            self.wrong(
                "DATABASE_URL",
                "is not supported; right would be sqlite:////path/newsletter.db or "
                "postgresql://user:pass@host/name",
            )
        return url

    def base_url(self) -> str:
        """The address that links start with, without a slash at its end."""
        host = self.env.get("HOST") or "127.0.0.1"
        reachable = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  (compared, not bound)
        reachable = f"[{reachable}]" if ":" in reachable else reachable
        default = f"http://{reachable}:{self.env.get('PORT') or '8000'}"
        url = self.web_address("BASE_URL", default).rstrip("/")
        if not url.isascii():
            self.wrong("BASE_URL", "is not ASCII; right would be the host's xn--… form, as browsers send it")
        return url

    def web_address(self, name: str, default: str = "") -> str:
        """A full http or https address, or nothing."""
        url = self.get(name, default)
        if url and (complaint := not_a_web_address(url)):
            self.wrong(name, complaint)
        return url

    def number(self, name: str, default: int) -> int:
        """A whole number, not negative."""
        text = self.get(name, str(default))
        if not text.isdigit():
            self.wrong(name, f"is not a number: “{text}”; right would be 0, 1, 2 …")
            return default
        return int(text)

    def one_of(self, name: str, words: tuple[str, ...]) -> str:
        """One of `words`; the first where nothing is given."""
        word = self.get(name, words[0])
        if word not in words:
            self.wrong(name, f"is “{word}”; right would be {', '.join(words)}")
        return word

    def clinic(self, known: Clinic) -> Clinic:
        """The clinic's facts, `known` where nothing is given; in UTC where no zone is known either."""
        facts = {fact: self._fact(fact, getattr(known, fact)) for fact in SETTINGS}
        if not facts["time_zone"]:
            self.notes.append(
                f"{PREFIX}CLINIC_TIME_ZONE is not given: hours are UTC unless the studio says otherwise; "
                "right would be Europe/London"
            )
        return Clinic(**facts | {"time_zone": facts["time_zone"] or "UTC"})

    def given_facts(self) -> frozenset[str]:
        """The facts of the clinic that stand here: the studio shows them and cannot change them."""
        return frozenset(fact for fact, name in SETTINGS.items() if self.get(f"CLINIC_{name}"))

    def _fact(self, fact: str, default: str) -> str:
        name = f"CLINIC_{SETTINGS[fact]}"
        text = self.get(name, default)
        if complaint := wrong_with(fact, text):
            self.wrong(name, complaint)
        return text


def kept_key(path: Path, problems: list[str]) -> str:
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
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        os.link(fresh, path)  # unlike a rename it never replaces the key of whoever was first
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
