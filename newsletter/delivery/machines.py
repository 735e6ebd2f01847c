"""Pure: whether a look at a letter was a program's: a mail server that tries every link, a phone that loads ahead.

Nobody can know. The rule errs towards the machine, because a click that nobody made flatters a letter. Of a reader who
is not counted by herself only the request is known; of one who is, also when her letter left and what else she clicked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

HASTE = timedelta(seconds=5)  # nobody has opened, read and clicked a letter so soon after it was handed over
TOGETHER = timedelta(seconds=1)  # two links of one letter within this are one program's

# Programs that say who they are. GoogleImageProxy and YahooMailProxy are not among them: they fetch a picture when its
# reader opens the letter. Apple's mail privacy loads all pictures ahead, and says "Mozilla/5.0" and nothing else.
PROGRAMS = re.compile(
    r"bot\b|bot[/;-]|crawl|spider|scan|preview|prefetch|monitor|proofpoint|barracuda|mimecast|trendmicro|symantec"
    r"|urldefense|safelinks|existencebot|facebookexternalhit|curl/|wget/|python|java/|go-http-client|okhttp|libwww"
    r"|headless|phantom|^mozilla/5\.0$",
    re.IGNORECASE,
)
AHEAD = re.compile(r"prefetch|preview|prerender", re.IGNORECASE)


@dataclass(frozen=True)
class Look:
    """One request for a link or the pixel. `purpose` is what a browser says of loading ahead (Sec-Purpose, Purpose)."""

    method: str
    agent: str
    purpose: str = ""


def by_program(look: Look) -> bool:
    """What the request itself gives away: it asks for the head only, names a program or none, or loads ahead."""
    return (
        look.method != "GET"
        or not look.agent.strip()
        or bool(PROGRAMS.search(look.agent.strip()))
        or bool(AHEAD.search(look.purpose))
    )


def in_haste(since_sent: timedelta | None) -> bool:
    """Whether it came too soon: within seconds of the hand-over, or before we had written that down (None)."""
    return since_sent is None or since_sent < HASTE
