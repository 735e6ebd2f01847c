"""`newsletter worker`: one postman, or several identical ones."""

from __future__ import annotations

import os
import signal
import sys
import threading

import click

from newsletter import logs
from newsletter.cli.keeping import Child, Keeper, leash_option, on_leash
from newsletter.house import open_house
from newsletter.settings import Settings
from newsletter.worker import work


@click.command()
@click.option(
    "--senders", type=click.IntRange(1, 64), default=1, show_default=True, help="Identical processes."
)
@leash_option
def worker(senders: int, *, leash: bool) -> None:
    """Admit, queue and send what is due, until SIGTERM; then finish what is in hand."""
    logs.configure()
    settings = Settings.from_env()
    if senders > 1:
        sys.exit(not _several(senders, leash=leash))
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    if leash:
        on_leash(stopping.set)
    house = open_house(settings)
    try:
        work(house, stopping)
    finally:
        house.close()


def _several(senders: int, *, leash: bool) -> bool:
    """Keep so many workers, each spawned; True when all of them stopped in good order."""
    if leash:
        on_leash(lambda: os.kill(os.getpid(), signal.SIGTERM))
    children = [Child(f"worker {number}", ["worker"]) for number in range(1, senders + 1)]
    return Keeper(children, os.environ).run()
