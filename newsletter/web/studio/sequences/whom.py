"""Whom a draft changes, in sentences: one per letter that changes, for somebody about to say yes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from newsletter.campaigns.desk.saying import spell_when
from newsletter.campaigns.filing.folders import SequenceFolder
from newsletter.campaigns.impact import Between, Impact, Met

WHAT = {
    "moved": "moves",
    "reworded": "other words",
    "condition": "another condition",
    "new": "new",
    "gone": "taken out",
}


@dataclass(frozen=True)
class Said:
    """One letter that changes: its heading, what changes, and the sentences about people."""

    key: str
    subject: str
    what: str
    sentences: tuple[str, ...]


def said(impact: Impact, before: SequenceFolder, after: SequenceFolder, zone: ZoneInfo) -> list[Said]:
    """What `impact` means, letter by letter; moments on the wall clock of `zone`."""
    steps = {each.key: each for each in (*before.steps, *after.steps)}
    was = {each.key: spell_when(each.intent.timing) for each in before.steps}
    found = []
    for met in impact.letters:
        what = [WHAT[each] for each in met.change.what]
        if "moved" in met.change.what:
            now = spell_when(steps[met.change.key].intent.timing)
            what[0] = f"{was[met.change.key]} becomes {now}"
        sentences = tuple(_sentences(met, impact.active, zone))
        found.append(Said(met.change.key, met.change.subject, ", ".join(what), sentences))
    return found


def _sentences(met: Met, active: int, zone: ZoneInfo) -> Iterator[str]:
    is_gone, is_new = "gone" in met.change.what, "new" in met.change.what
    if met.had:
        yield f"{met.had} had it already: nothing."
    if is_gone:
        yield f"{_wait(met.waiting)} for it and will not get it."
        if met.canceled:
            yield f"{_are(met.canceled, 'is', 'are')} in the queue already and will not leave."
        if met.change.renamed:
            yield "The same words stand in a new letter now: whoever had this one gets them again."
        return
    if met.before_it:
        yield f"{_wait(met.before_it)} before it{_becomes(met, zone)}."
    if further := met.waiting - met.before_it:
        yield f"{_have(further)} not got there."
    if met.lost:
        yield f"{_are(met.lost, 'waits', 'wait')} for it and will not get it any more: its new moment is past for them."
    if is_new and active > met.waiting:
        yield f"{_are(active - met.waiting, 'is', 'are')} past its day and will not get it."
    if not (met.had or met.waiting or met.lost) and not is_new:
        yield "Nobody here waits for it."


def _becomes(met: Met, zone: ZoneInfo) -> str:
    """“: Tuesday 3 March, 10:00 becomes Wednesday ...” where it moves; when it comes where that stays."""
    if met.will is None:
        return ""
    now = _between(met.will, zone)
    if met.was is None or _between(met.was, zone) == now:
        return f": {now}"
    return f": {_between(met.was, zone)} becomes {now}"


def _between(moments: Between, zone: ZoneInfo) -> str:
    one, other = (_moment(each, zone) for each in moments)
    return one if one == other else f"from {one} to {other}"


def _moment(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"


def _wait(number: int) -> str:
    return _are(number, "waits", "wait")


def _have(number: int) -> str:
    return _are(number, "has", "have")


def _are(number: int, one: str, several: str) -> str:
    return f"{number or 'Nobody'} {one if number <= 1 else several}"
