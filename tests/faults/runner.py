"""A worker without a metronome: the same rounds, with a short lease, until SIGTERM. Made to be killed."""

from __future__ import annotations

import logging
import signal
from datetime import timedelta
from pathlib import Path

from newsletter import logs
from newsletter.clock import SandboxClock, pause
from newsletter.house import open_house
from newsletter.rounds import open_rounds
from newsletter.settings import Settings


def work(settings: Settings, lease: timedelta, story: Path | None = None) -> None:
    """Round after round; `story` is the file of a clock that the test turns."""
    logs.configure(logging.ERROR)
    house = open_house(settings, SandboxClock(story) if story else None)
    rounds = open_rounds(house, lease)
    signal.signal(signal.SIGTERM, lambda *_: rounds.stop())
    while not rounds.stopping:
        rounds.round()
        pause(0.05)
    rounds.close()
    house.close()
