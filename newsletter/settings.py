"""Settings: read once from the environment, checked as a whole, then frozen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from newsletter.clinic import EXAMPLE_CLINIC, NOBODY, Clinic, host_of
from newsletter.environment import Environment, kept_key
from newsletter.errors import Mistakes


@dataclass(frozen=True)
class Settings:
    """Everything the deployer decides. Built by `from_env`; tests build it by hand."""

    data_dir: Path
    database_url: str
    mail_url: str
    base_url: str
    secret_keys: tuple[str, ...]
    clinic: Clinic
    # The clinic's facts that stand in the environment: the studio only shows them.
    clinic_given: frozenset[str] = frozenset()
    heartbeat_url: str = ""
    pepper: str = ""
    archive: str = "open"  # who may find past issues: open (search engines too), noindex, off
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
        reader = Environment(os.environ if env is None else env)
        data_dir = Path(reader.get("DATA_DIR", "var")).resolve()
        mail_url = reader.mail_url()
        practice = mail_url == "inbox:"
        clinic = reader.clinic(EXAMPLE_CLINIC if practice else NOBODY)
        base_url = reader.base_url()
        if not practice and host_of(base_url) in ("127.0.0.1", "localhost"):
            reader.notes.append(
                f"NEWSLETTER_BASE_URL is not given: links lead to {base_url}, which only this computer can open"
            )
        heartbeat_url = reader.web_address("HEARTBEAT_URL")
        database_url = reader.database_url(data_dir)
        proxies = reader.number("TRUSTED_PROXIES", 0)
        keys = reader.keys("SECRET_KEY", practice=practice)
        pepper = reader.secret("PEPPER")
        archive = reader.one_of("ARCHIVE", ("open", "noindex", "off"))
        if not reader.problems and not keys:
            keys = (kept_key(data_dir / "secret.key", reader.problems),)
        if not reader.problems and not pepper:
            pepper = kept_key(data_dir / "pepper", reader.problems)
        if reader.problems:
            raise Mistakes(reader.problems)
        return cls(
            data_dir=data_dir,
            database_url=database_url,
            mail_url=mail_url,
            base_url=base_url,
            secret_keys=keys,
            clinic=clinic,
            clinic_given=reader.given_facts(),
            heartbeat_url=heartbeat_url,
            pepper=pepper,
            archive=archive,
            trusted_proxies=proxies,
            notes=tuple(reader.notes),
        )
