"""The house as a command opens it: settings from the environment, a database at the right schema, quiet logs."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from newsletter import logs, migrating
from newsletter.cli.listening import served_at
from newsletter.house import House, open_house
from newsletter.settings import Settings

SAY_WHERE = {"NEWSLETTER_BASE_URL", "HOST", "PORT"}


@contextmanager
def opened() -> Iterator[House]:
    """An open house for one short command, the clinic as the studio has it.

    Raises Mistakes or DatabaseUnusable; closes whatever happens.
    """
    logs.configure(logging.WARNING)
    house = open_house(_settings())
    try:
        migrating.ensure_current(house.database)
        with house.database.reading() as session:
            decided = house.as_decided(session)
        yield decided
    finally:
        house.close()


def _settings() -> Settings:
    """As the environment says; links lead to the `up` that serves this data, where the environment does not say where.

    Else `PORT=9000 make run` here and `clock advance 24d` in another terminal would write letters with dead links.
    """
    settings = Settings.from_env()
    running = None if SAY_WHERE & os.environ.keys() else served_at(settings.data_dir)
    return replace(settings, base_url=running) if running else settings
