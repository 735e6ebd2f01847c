"""Ctrl-C and SIGTERM in the middle of work: finish the letter in hand, give the rest back, then stop."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from newsletter.rounds import Rounds


@contextmanager
def finishing(rounds: Rounds) -> Iterator[None]:
    """Let either signal stop `rounds` in good order. Afterwards raises KeyboardInterrupt if one came.

    Otherwise Ctrl-C could fall between a hand-over and its record, and the letter would be “maybe sent”.
    """
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, lambda *_: rounds.stop()) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
        rounds.close()
    if rounds.stopping:
        raise KeyboardInterrupt
