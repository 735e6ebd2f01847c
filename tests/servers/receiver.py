"""A receiving mail server in a process of its own, whose log outlives every kill.

    python -m tests.servers.receiver --port 0 --log accepted.jsonl --refuse 0.1 --latency 20

Prints `listening on PORT` when it is ready. `--refuse`: this share of recipients gets a 450; `--lose`: after this share of
final dots the letter is kept and the line is cut before the answer. `--seed` makes a run repeatable.
"""

from __future__ import annotations

import argparse
import random
import signal
import threading
from pathlib import Path

from tests.servers.acts import Act, Cut, Say, Wait
from tests.servers.log import Log
from tests.servers.scripted import ScriptedSMTP


def chooser(refuse: float, lose: float, latency: float, seed: int):
    """Which act a stage gets, by lot."""
    lots = random.Random(seed)

    def choose(stage: str) -> Act | None:
        if stage == "rcpt" and lots.random() < refuse:
            return Say("450 4.2.0 not now")
        if stage == "dot" and lots.random() < lose:
            return Cut(keep=True)
        return Wait(latency / 1000) if stage == "dot" and latency else None

    return choose


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--refuse", type=float, default=0.0)
    parser.add_argument("--lose", type=float, default=0.0)
    parser.add_argument(
        "--latency", type=float, default=0.0, help="milliseconds before the answer to the dot"
    )
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    choose = chooser(given.refuse, given.lose, given.latency, given.seed)
    with ScriptedSMTP(port=given.port, log=Log(given.log), choose=choose) as server:
        print(f"listening on {server.port}", flush=True)
        stop.wait()


if __name__ == "__main__":
    main()
