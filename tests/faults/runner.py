"""A worker without a metronome: the same rounds, with a short lease, until SIGTERM. Made to be killed."""

from __future__ import annotations

import logging
import signal
from datetime import timedelta

from newsletter import logs
from newsletter.clock import pause
from newsletter.house import open_house
from newsletter.rounds import open_rounds
from newsletter.settings import Settings


def work(settings: Settings, lease: timedelta) -> None:
    """Round after round."""
    logs.configure(logging.ERROR)
    house = open_house(settings)
    rounds = open_rounds(house, lease)
    signal.signal(signal.SIGTERM, lambda *_: rounds.stop())
    while not rounds.stopping:
        rounds.round()
        pause(0.05)
    rounds.close()
    house.close()
