"""Pure: one row of a list, said in our words, or the reason why it cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import Any

from newsletter.audience import addresses, quick, zones
from newsletter.audience.addresses import AddressRefused
from newsletter.audience.lists import cells as cell
from newsletter.audience.lists import foreign
from newsletter.audience.lists.columns import ALL, LONGEST_FIELD, MOST_FIELDS, Layout, spelled, usable
from newsletter.audience.lists.entry import LEFT_ELSEWHERE, Agreed, Entry, Stated, Stop
from newsletter.audience.lists.records import Remark
from newsletter.audience.plaintext import plain

LONGEST_VALUE = 500
NO_SOURCE = "says nothing of where she agreed; say it for the whole list: --source"


class RowRefused(Exception):
    """One row cannot be taken; the others can."""

    def __init__(self, meaning: str, reason: str) -> None:
        self.meaning = meaning
        super().__init__(reason)


class Entries:
    """Reads rows of one layout. `remarks` is what was left out of rows that are fine otherwise."""

    def __init__(self, layout: Layout, stated: Stated) -> None:
        self.layout, self.stated = layout, stated
        self.remarks: list[Remark] = []
        self.attributes_left_out: set[str] = set()
        self._at = layout.at
        self._email = layout.at["email"]
        self._slugs = {spelled(name): slug for slug, name in stated.known.items()}
        self._slugs |= {spelled(slug): slug for slug in stated.known}
        self._topics_named = lru_cache(1000)(self._topics)
        self._source_named = lru_cache(1000)(lambda text: plain(cell.armed(text), 200))
        self._may_stop = not layout.at.keys().isdisjoint({"status", "left_at", "cleaned_at"})
        # What a list has no column for is not looked for, in none of its half a million rows.
        self._proofs = self._present(
            confirmed_at=self._learn_confirmed_at,
            confirmed_ip=lambda agreed, text: setattr(agreed, "confirmed_ip", cell.ip(text)),
            requested_at=self._learn_requested_at,
            requested_ip=lambda agreed, text: setattr(agreed, "requested_ip", cell.ip(text)),
            consent_wording=lambda agreed, text: setattr(agreed, "wording", cell.wording(text)),
        )
        self._traits = self._present(
            first_name=lambda entry, text: setattr(entry, "first_name", cell.first_name(text)),
            name=lambda entry, text: setattr(entry, "first_name", cell.first_name(text.split()[0])),
            time_zone=self._learn_zone,
            tags=lambda entry, text: setattr(entry, "tags", cell.words(text)),
            attributes=self._learn_attributes,
        )

    def read(self, row: int, cells: Sequence[str]) -> Entry | Remark:
        """The person in this row, or why she cannot be taken."""
        try:
            return self._entry(row, cells)
        except RowRefused as refused:
            column = self._at.get(refused.meaning)
            return Remark(row, "" if column is None else self.layout.headers[column], str(refused))

    def _present(
        self, **learners: Callable[[Any, str], None]
    ) -> list[tuple[int, Callable[[Any, str], None]]]:
        return [(self._at[meaning], learn) for meaning, learn in learners.items() if meaning in self._at]

    def _entry(self, row: int, cells: Sequence[str]) -> Entry:
        text = cell.armed(cells[self._email])
        address, key = quick.plain(text) or _judged(text)
        if self._may_stop and (stop := self._stop(cells)):
            return Entry(row, address, key, stop=stop)
        topics = self._topics_named(self._cell(cells, "topics"))
        entry = Entry(row, address, key, topics=topics, agreed=self._agreed(cells))
        if self.layout.fields:
            found = {
                name: plain(cell.armed(cells[at]), LONGEST_VALUE) for name, at in self.layout.fields.items()
            }
            entry.fields = {name: value for name, value in found.items() if value}
        for column, learn in self._traits:
            if text := cells[column].strip():
                learn(entry, cell.armed(text))
        return entry

    def _cell(self, cells: Sequence[str], meaning: str) -> str:
        column = self._at.get(meaning)
        return "" if column is None else cell.armed(cells[column].strip())

    def _topics(self, text: str) -> tuple[str, ...]:
        named = cell.words(text)
        for word in named:
            if spelled(word) not in self._slugs:
                there = ", ".join(self.stated.known)
                raise RowRefused("topics", f"there is no topic “{word[:40]}”; right would be {there}")
        wanted = {self._slugs[spelled(word)] for word in named}
        return tuple(slug for slug in self.stated.known if slug in wanted) or self.stated.topics

    def _agreed(self, cells: Sequence[str]) -> Agreed:
        source = self.stated.source
        if "consent_source" in self._at:
            source = self._source_named(cells[self._at["consent_source"]]) or source
        if not source:
            raise RowRefused("consent_source", NO_SOURCE)
        agreed = Agreed(source)
        for column, learn in self._proofs:
            if text := cells[column].strip():
                learn(agreed, cell.armed(text))
        return agreed

    def _moment(self, meaning: str, text: str) -> datetime:
        try:
            moment = cell.instant(text)
        except ValueError as unreadable:
            raise RowRefused(meaning, str(unreadable)) from None
        if moment > self.stated.now:
            raise RowRefused(meaning, f"“{text}” is still to come; nobody has agreed in the future")
        return moment

    def _learn_confirmed_at(self, agreed: Agreed, text: str) -> None:
        agreed.confirmed_at = self._moment("confirmed_at", text)

    def _learn_requested_at(self, agreed: Agreed, text: str) -> None:
        """When she asked, where another tool tells it; it is no proof, so what cannot be read is left out."""
        with suppress(RowRefused):
            agreed.requested_at = self._moment("requested_at", text)

    def _learn_zone(self, entry: Entry, name: str) -> None:
        entry.time_zone = zones.known(name)
        if entry.time_zone is None:
            why = f"“{plain(name, 40)}” is not a time zone, left out; right would be Europe/London"
            self.remarks.append(Remark(entry.row, self.layout.headers[self._at["time_zone"]], why))

    def _stop(self, cells: Sequence[str]) -> Stop | None:
        """Whether she left there. A file of leavers needs no word for it; elsewhere her status says so."""
        status = spelled(self._cell(cells, "status"))
        leavers = self.layout.leavers_only
        cleaned = leavers and ("left_at" not in self._at or self._cell(cells, "cleaned_at"))
        if status in foreign.CLEANED or cleaned:
            return Stop("all", foreign.CLEANED.get(status, "cleaned elsewhere"), self._left_at(cells))
        if status in foreign.LEFT or leavers:
            return Stop("marketing", LEFT_ELSEWHERE, self._left_at(cells))
        if status in foreign.WAITS:
            raise RowRefused("status", f"she is “{status}” there and never said yes; let her sign up here")
        if status and status not in foreign.HEARS:
            said = plain(self._cell(cells, "status"), 40)
            raise RowRefused(
                "status", f"“{said}” is not known; right would be subscribed, unsubscribed or cleaned"
            )
        return None

    def _left_at(self, cells: Sequence[str]) -> datetime | None:
        for meaning in ("cleaned_at", "left_at"):
            with suppress(RowRefused):
                if text := self._cell(cells, meaning):
                    return self._moment(meaning, text)
        return None

    def _learn_attributes(self, entry: Entry, text: str) -> None:
        """Listmonk's attributes are a JSON object; of it the single values."""
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            column = self.layout.headers[self._at["attributes"]]
            self.remarks.append(Remark(entry.row, column, "not a JSON object, left out"))
            return
        fields = entry.fields = entry.fields or {}
        for title, value in told.items():
            name, single = spelled(title), isinstance(value, str | int | float)
            wanted = single and (ALL in self.layout.wanted or name in self.layout.wanted)
            kept = plain(str(value), LONGEST_VALUE) if wanted and usable(name) else None
            if kept and len(fields) < MOST_FIELDS:
                fields[name] = kept
            elif not kept and len(self.attributes_left_out) < MOST_FIELDS:
                self.attributes_left_out.add(plain(title, LONGEST_FIELD) or "")


def _judged(text: str) -> tuple[str, str]:
    try:
        good = addresses.judge(text)
    except AddressRefused as refused:
        raise RowRefused("email", refused.line) from None
    return good.address, good.key
