"""A sequence's letters on the desk: put at their moments, added, taken out. The order follows from the moments.

Everything here writes on open papers and raises before anything is half done; `desk.save` keeps what it left.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from newsletter.campaigns.desk.drafting import Papers
from newsletter.campaigns.filing.bodies import Body, beside
from newsletter.campaigns.filing.folders import SEQUENCE_FILE, SequenceFolder, StepFile
from newsletter.campaigns.intents import KEYS, Intent, read_step
from newsletter.campaigns.ordering import following
from newsletter.campaigns.spacing import APART
from newsletter.campaigns.spelling import EVERY_DAY, Misspelled, read_text, spell_weekdays
from newsletter.campaigns.timings import After, Day, Next, Timing, Until, spell_timing, spell_until
from newsletter.errors import NotFound, Refused

A_DAY = timedelta(days=1)
LAST_ONES = "7d"
"""How long a letter stays worth sending that lasted until the next one, once there is no next one."""


def folder(slug: str, papers: Papers) -> SequenceFolder:
    """What the papers say, though a letter of them may be without words yet.

    Raises NotFound where they are a newsletter's, Misspelled for a moment that cannot be read.
    """
    if papers.kind != SEQUENCE_FILE:
        raise NotFound(f"“{slug}” is a newsletter; it stands under Newsletters")
    table = papers.table
    return SequenceFolder(
        slug=slug,
        name=str(table.get("name", slug)),
        kind=table.get("class", "marketing"),
        trigger=table.get("trigger", "confirmed"),
        topics=tuple(table.get("topics", ())),
        reentry=bool(table.get("reentry", False)),
        steps=tuple(_step(papers, each, index) for index, each in enumerate(papers.letters)),
    )


def intent_of(letter: dict[str, Any]) -> Intent:
    """When a letter's table says that it comes; raises Misspelled."""
    return read_step({key: letter[key] for key in KEYS if key in letter})


def place(papers: Papers, key: str, timing: Timing) -> list[str]:
    """Put a letter at a moment; returns the keys of letters that had to get an end of their own, being last now.

    Raises NotFound, and Misspelled with the key `when` where the letter's own end would be over by then.
    """
    letter = papers.letter(key)
    _write_timing(letter, timing)
    try:
        intent_of(letter)
    except Misspelled as problem:
        says = "its end would be over before it comes; right would be an earlier moment, or a later end"
        raise Misspelled("when", says) from problem
    return arrange(papers)


def shift(papers: Papers, key: str, days: int) -> list[str]:
    """Put a letter earlier or later by whole days; as `place`."""
    timing = intent_of(papers.letter(key)).timing
    if isinstance(timing, Day):
        moved: Timing = Day(timing.day + days, timing.at)
        early = timing.day + days < 0
    else:
        moved = After(max(timing.span + days * A_DAY, timedelta()))
        early = timing.span + days * A_DAY < timedelta()
    if early:
        raise Misspelled("when", "a letter follows the sign-up; it cannot come a day earlier than that")
    return place(papers, key, moved)


def settle(
    papers: Papers, key: str, timing: Timing, until: Until, weekdays: Collection[int], only_if: str
) -> list[str]:
    """Write all of a letter's terms at once: when, until when, on which weekdays, for whom; as `place`.

    Raises Misspelled with the key at fault: `until`, `weekdays`, `only_if`.
    """
    if not weekdays:
        raise Misspelled("weekdays", "it needs a day on which it may come; right would be at least one")
    letter = papers.letter(key)
    _write_timing(letter, timing)
    letter["until"] = spell_until(until)
    letter.pop("weekdays", None)
    letter.pop("only_if", None)
    if set(weekdays) != EVERY_DAY:
        letter["weekdays"] = spell_weekdays(weekdays)
    if only_if.strip():
        letter["only_if"] = read_text("only_if", only_if)
    intent = intent_of(letter)
    ended = arrange(papers)
    if isinstance(intent.until, Next) and key in ended:
        raise Misspelled("until", "no letter comes after this one; right would be “7 days”")
    return ended


def add(papers: Papers, subject: str) -> str:
    """One more letter, without words yet, two days after the last one; returns its key. Raises Misspelled."""
    subject = read_text("subject", subject)
    key = _free_key(papers, subject)
    last = max((intent_of(each).timing for each in papers.letters), key=_middle)
    at = last.at if isinstance(last, Day) else time(10)
    name = f"{key}.md"
    letter = {"key": key, "file": name, "subject": subject, "day": day_of(last) + APART} | {
        "at": f"{at:%H:%M}",
        "until": LAST_ONES,
    }
    papers.letters.append(letter)
    papers.bodies[name] = ""
    arrange(papers)
    return key


def remove(papers: Papers, key: str) -> list[str]:
    """Take a letter out, its words with it; as `place`. Raises Refused for the only letter, NotFound."""
    letter = papers.letter(key)
    if len(papers.letters) == 1:
        raise Refused("a sequence has at least one letter; right would be to write another one first")
    papers.letters.remove(letter)
    if letter["file"] not in {each.get("file") for each in papers.letters}:  # two letters may say the same
        for name in (letter["file"], beside(letter["file"])):
            papers.bodies.pop(name, None)
    return arrange(papers)


def arrange(papers: Papers) -> list[str]:
    """List the letters in the order in which they come; who lasted until the next one and has none gets a week."""
    papers.letters.sort(key=lambda letter: _middle(intent_of(letter).timing))
    intents = [intent_of(letter) for letter in papers.letters]
    ended = [
        letter
        for index, letter in enumerate(papers.letters)
        if isinstance(intents[index].until, Next) and following(intents, index) is None
    ]
    for letter in ended:
        letter["until"] = LAST_ONES
    return [letter["key"] for letter in ended]


def day_of(timing: Timing) -> int:
    """The day of the calendar that a moment stands on, day 0 being the sign-up's."""
    return timing.day if isinstance(timing, Day) else timing.span.days


def _middle(timing: Timing) -> timedelta:
    """What sorts moments as `ordering` wants them.

    A local hour lies anywhere from a day before its distance from midnight to that distance: its middle is compared.
    """
    if isinstance(timing, After):
        return timing.span
    return timedelta(days=timing.day, hours=timing.at.hour - 12, minutes=timing.at.minute)


def _write_timing(letter: dict[str, Any], timing: Timing) -> None:
    for key in ("day", "at", "after"):
        letter.pop(key, None)
    letter.update(spell_timing(timing))


def _free_key(papers: Papers, subject: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", subject.lower()).strip("-")[:60].strip("-") or "letter"
    taken = {each.get("key") for each in papers.letters} | {Path(name).stem for name in papers.bodies}
    number = 1
    while (key := plain if number == 1 else f"{plain}-{number}") in taken:
        number += 1
    return key


def _step(papers: Papers, letter: dict[str, Any], index: int) -> StepFile:
    name = str(letter.get("file", ""))
    body = Body(
        name,
        "html" if name.endswith(".html") else "markdown",
        papers.bodies.get(name, ""),
        papers.bodies.get(beside(name)) if name else None,
    )
    return StepFile(
        key=str(letter["key"]),
        position=index,
        intent=intent_of(letter),
        subject=str(letter.get("subject", "")),
        preview_text=str(letter.get("preview_text", "")),
        only_if=letter.get("only_if"),
        body=body,
        line=1,
    )
