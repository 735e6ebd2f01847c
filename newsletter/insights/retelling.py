"""What happened to one person, in the words of the screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from newsletter.audience import blocking, holds
from newsletter.audience.models import Consent, Hold
from newsletter.campaigns.fates import SAYS
from newsletter.campaigns.models import Enrollment
from newsletter.delivery.models import Delivery, Event, Suppression
from newsletter.insights.happenings import Happening
from newsletter.insights.history import Page
from newsletter.privacy.subjects import DECIDED, PRINTED

Tone = Literal["", "well", "alarm", "soft"]
HOW = {
    "form": "on the sign-up form",
    "confirm-page": "by the button behind the link that we mailed her",
    "one-click": "by one tap in her mail program",
    "unsubscribe-page": "on the page behind the link in a letter",
    "preferences": "on her own page",
    "address-change": "from her new mailbox",
    "import": "as a list states it",
    "staff": "told to the staff",
}
ACTS = {"requested": "Asked for", "confirmed": "Agreed to", "withdrawn": "Left"}
ENDS = {"complete": "Came to the end of", "exited": "Left the sequence"}
TONES: dict[str, Tone] = {"sent": "well", "failed": "alarm", "unknown": "alarm", "poison": "alarm"}
DO_NOT_MAIL = "do not mail: "


@dataclass(frozen=True)
class Told:
    """One entry of the story. `words` is a text she agreed to, `letter` the e-mail that can be opened."""

    at: datetime
    sign: str
    title: str
    chip: str = ""
    tone: Tone = ""
    lines: tuple[str, ...] = ()
    words: str = ""
    letter: int | None = None


def retold(page: Page, zone: ZoneInfo) -> list[Told]:
    """The page in words; days that stand inside them on the clock of `zone`."""
    return [_told(each, page, zone) for each in page.happenings]


def reason(text: str | None) -> str:
    """Why something was not sent, with the words of the do-not-mail list."""
    if text and text.startswith(DO_NOT_MAIL):
        return f"Do not mail: {blocking.said(text.removeprefix(DO_NOT_MAIL))}"
    return f"{text[:1].upper()}{text[1:]}" if text else ""


def _told(each: Happening, page: Page, zone: ZoneInfo) -> Told:
    at, row = each.place.at, each.row
    match each.kind:
        case "consent":
            return _consent(at, row, page.topics)
        case "letter":
            return _letter(at, row, each.subject, page.campaigns)
        case "event":
            return _event(at, row, each)
        case "stopped" | "released":
            return _stop(at, row, released=each.kind == "released")
        case "held" | "let go":
            return _hold(at, row, zone, over=each.kind == "let go")
        case "began" | "ended":
            return _way(at, row, over=each.kind == "ended")
        case kind:
            name = page.campaigns.get(kind.partition(":")[2], "")
            title = f"“{DECIDED.sub('', PRINTED.sub('…', each.subject))}”"
            return Told(at, "letter", title, "not sent", "soft", _some(reason(row.reason), name))


def _consent(at: datetime, act: Consent, topics: Mapping[str, str]) -> Told:
    what = ", ".join(topics.get(slug, slug) for slug in act.topics) or "no topic"
    where = "stated source" if act.how in {"staff", "import"} else "page"
    lines = _some(
        HOW.get(act.how, act.how),
        f"{where}: {act.page}" if act.page else "",
        f"from {act.ip}" if act.ip else "",
        act.user_agent or "",
    )
    words = act.wording.text if act.wording else ""
    tone: Tone = "well" if act.act == "confirmed" else ""
    return Told(at, "sign", f"{ACTS[act.act]} {what}", lines=(_joined(lines),), words=words, tone=tone)


def _letter(at: datetime, sent: Delivery, subject: str, campaigns: Mapping[str, str]) -> Told:
    kind = "Account letter" if sent.stream == "account" else campaigns.get(sent.campaign or "", "")
    return Told(
        at,
        "letter",
        f"“{subject}”" if subject else "A letter",
        SAYS[sent.state],
        TONES.get(sent.state, "" if sent.state in {"queued", "claimed", "handoff"} else "soft"),
        _some(reason(sent.reason), kind if kind != subject else "Newsletter"),
        letter=sent.id,
    )


def _event(at: datetime, event: Event, each: Happening) -> Told:
    did = "Opened" if event.kind == "opened" else f"Followed link {event.link} of"
    lines = _some(
        f"{event.times:,} times, first then" if event.times > 1 else "",
        "perhaps only a program of her mail server" if event.by_machine else "",
    )
    return Told(at, "eye", f"{did} “{each.subject}”", lines=lines, letter=event.delivery_id)


def _stop(at: datetime, stop: Suppression, *, released: bool) -> Told:
    scope = "Everything" if stop.scope == "all" else "News"
    if released:
        lines = _some(f"Was stopped: {blocking.said(stop.reason)}", stop.note or "")
        return Told(at, "check", f"{scope} may be mailed again", lines=lines)
    title = f"Do not mail: {blocking.said(stop.reason)}"
    return Told(at, "stop", title, tone="alarm", lines=_some(f"{scope} stopped", stop.evidence))


def _hold(at: datetime, hold: Hold, zone: ZoneInfo, *, over: bool) -> Told:
    until = hold.until.astimezone(zone)
    day = f"{until.day} {until:%B %Y}"
    if over:
        return Told(at, "check", f"No longer {holds.REASONS[hold.kind]}", lines=(f"It was until {day}",))
    words = holds.REASONS[hold.kind]
    return Told(at, "clock", f"{words[:1].upper()}{words[1:]} until {day}")


def _way(at: datetime, way: Enrollment, *, over: bool) -> Told:
    name = way.sequence.name
    if over:
        return Told(at, "steps", f"{ENDS.get(way.state, 'Ended')} {name}", lines=_some(reason(way.reason)))
    return Told(at, "steps", f"Began {name}", lines=(f"Times follow {way.zone}",))


def _joined(lines: tuple[str, ...]) -> str:
    text = ", ".join(lines)
    return f"{text[:1].upper()}{text[1:]}"


def _some(*lines: str) -> tuple[str, ...]:
    return tuple(line for line in lines if line)
