"""What we hold about one person (privacy.exporting), said as a person would say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from newsletter.audience import counting
from newsletter.campaigns.fates import SAYS
from newsletter.privacy.exporting import LINK

ACTS = {"requested": "You asked for", "confirmed": "You said yes to", "withdrawn": "You stopped"}
WAYS = {
    "form": "on a sign-up form",
    "confirm-page": "from the e-mail that we sent you",
    "preferences": "on the page of your letters",
    "address-change": "from the e-mail to your new address",
    "one-click": "by the button of your mail program",
    "unsubscribe-page": "on the page that stops them",
}
COUNTED = "counting whether you open and click"
SOURCES = {"form:site": "The form on our site"}
BREAKS = {"break": "A break that you took", "healing": "A break while you heal"}
WAYS_ON = {"active": "Under way", "paused": "Paused", "complete": "Complete", "exited": "Ended"}


@dataclass(frozen=True)
class Fact:
    """A name and what is known under it; `more` is small print, `words` a text that she was shown."""

    name: str
    value: str
    more: str = ""
    words: str = ""


@dataclass(frozen=True)
class Section:
    """A heading and its facts; with none, the sentence `nothing`."""

    title: str
    facts: list[Fact]
    nothing: str


def sections(held: dict[str, Any], zone: ZoneInfo) -> list[Section]:
    """The export as the page shows it, with times on the wall clock of `zone`."""
    told = _Telling({each["topic"]: each["name"] for each in held["topics"]}, zone)
    return [
        Section("You", told.person(held), ""),
        Section("What you hear about", [told.topic(each) for each in held["topics"]], "Nothing."),
        Section("What you agreed to", [told.consent(each) for each in held["consents"]], "Nothing yet."),
        Section("Breaks", [told.pause(each) for each in held["breaks"]], "You took none."),
        Section("Sequences you are in", [told.sequence(each) for each in held["sequences"]], "None."),
        Section("E-mails we wrote to you", [told.email(each) for each in held["emails"]], "None."),
        Section("Where we must not write", [told.stop(each) for each in held["stops"]], "No such note."),
        *told.practice(held["practice_inbox"]),
    ]


@dataclass(frozen=True)
class _Telling:
    topics: dict[str, str]
    zone: ZoneInfo

    def person(self, held: dict[str, Any]) -> list[Fact]:
        person, mailbox = held["person"], held["mailbox"]
        source = SOURCES.get(person["source"], person["source"])
        facts = [
            Fact(
                "E-mail",
                mailbox["address"],
                "Somebody else gets e-mail here too." if mailbox["shared"] else "",
            ),
            Fact("First name", person["first_name"] or "We do not know it."),
            Fact("Times follow", person["time_zone"] or "the clinic"),
            Fact("You came by", source),
            Fact("Here since", self.moment(person["since"])),
            Fact("Opens and clicks", "Counted, as you agreed" if person["counted"] else "Not counted"),
        ]
        if person["tags"]:
            facts.append(Fact("Our notes", ", ".join(map(str, person["tags"]))))
        return facts + [Fact(str(name), str(value)) for name, value in person["fields"].items()]

    def topic(self, each: dict[str, Any]) -> Fact:
        if each["state"] == "confirmed":
            return Fact(each["name"], "Yes", f"since {self.moment(each['confirmed_at'])}")
        if each["state"] == "pending":
            return Fact(each["name"], "Not confirmed", f"asked for {self.moment(each['requested_at'])}")
        return Fact(each["name"], "No", f"stopped {self.moment(each['ended_at'])}")

    def consent(self, each: dict[str, Any]) -> Fact:
        topics = ", ".join(self.topics.get(slug, slug) for slug in each["topics"])
        if each["stream"] == counting.STREAM:
            topics = COUNTED
        how = WAYS.get(each["how"], f"by {each['how']}")
        traces = ", ".join(part for part in (each["ip"], each["user_agent"]) if part)
        more = f"{how}, from {traces}" if traces else how
        return Fact(self.moment(each["at"]), f"{ACTS[each['act']]} {topics}", more, each["wording"] or "")

    def pause(self, each: dict[str, Any]) -> Fact:
        ended = f"ended {self.moment(each['ended_at'])}" if each["ended_at"] else ""
        return Fact(
            self.moment(each["from"]), f"{BREAKS[each['kind']]}, until {self.moment(each['until'])}", ended
        )

    def sequence(self, each: dict[str, Any]) -> Fact:
        following = each["next_letter_at"]
        state = WAYS_ON[each["state"]] + (f", next letter {self.moment(following)}" if following else "")
        written = sum(step["outcome"] == "queued" for step in each["letters"])
        others = [
            f"“{step['letter'].replace('-', ' ')}” not sent"
            for step in each["letters"]
            if step["outcome"] != "queued"
        ]
        past = [f"{written} {'letter' if written == 1 else 'letters'} written"] if written else []
        return Fact(each["name"], state, "; ".join([*past, *others]))

    def email(self, each: dict[str, Any]) -> Fact:
        at = each["sent_at"] or each["due_at"]
        reason = f": {each['reason']}" if each["reason"] else ""
        filled = ", ".join(_filled(each["filled_in"]))
        more = f"{SAYS[each['state']]}{reason}" + (f"; filled in: {filled}" if filled else "")
        more += "".join(f"; {each}" for each in self.signs(each["read"]))
        return Fact(self.moment(at), each["subject"] or "(an e-mail)", more)

    def signs(self, read: list[dict[str, Any]]) -> list[str]:
        """What was counted of her, who agreed to it."""
        return [
            " ".join(
                (
                    f"clicked link {each['link']}" if each["link"] else each["kind"],
                    self.moment(each["at"]),
                    *(["(a program, we think)"] if each["by_machine"] else []),
                )
            )
            for each in read
        ]

    def stop(self, each: dict[str, Any]) -> Fact:
        what = "No e-mails at all" if each["scope"] == "all" else "No news"
        lifted = f"lifted {self.moment(each['lifted_at'])}" if each["lifted_at"] else ""
        return Fact(self.moment(each["since"]), f"{what}: {each['reason']}", lifted)

    def practice(self, letters: list[dict[str, Any]]) -> list[Section]:
        if not letters:
            return []
        facts = [Fact(self.moment(each["received_at"]), each["subject"]) for each in letters]
        return [Section("Kept in the practice inbox", facts, "")]

    def moment(self, iso: str) -> str:
        """“2 March 2026, 10:04”."""
        local = datetime.fromisoformat(iso).astimezone(self.zone)
        return f"{local.day} {local:%B %Y, %H:%M}"


def _filled(fields: dict[str, Any]) -> list[str]:
    """What can be said in a line; tables and links are for the file."""
    words = {name: ", ".join(value) if _is_words(value) else value for name, value in fields.items()}
    said = {name: value for name, value in words.items() if isinstance(value, str | int) and value != LINK}
    return [f"{name.replace('_', ' ')} {value}" for name, value in said.items()]


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
