"""A report's figures as sentences, and what of them is too little to be one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from newsletter.insights import chance
from newsletter.insights.readings import Link, Reading
from newsletter.insights.reports import Issue
from newsletter.web.studio.reports.charts import Line, line

TOO_FEW, NOTHING = "too few to tell", "–"
WAYS = {
    "one-click": "by the button of her mail program",
    "unsubscribe-page": "by the link in a letter",
    "preferences": "on the page of her letters",
}


def sentence(reading: Reading) -> str:
    """In a line: “812 handed over, 3 addresses gone, 3 waiting. 2 left. 96 clicks on 4 links”."""
    first = [
        f"{reading.sent:,} handed over to the mail server",
        *([_several(reading.gone, "address gone", "addresses gone")] if reading.gone else []),
        *([f"{reading.waiting:,} waiting"] if reading.waiting else []),
        *([f"{reading.maybe:,} maybe sent"] if reading.maybe else []),
    ]
    followed = [link for link in reading.links if link.clicks]
    clicks = _several(reading.clicks, "click", "clicks")
    where = f" on {_several(len(followed), 'link', 'links')}" if followed else ""
    return f"{', '.join(first)}. {reading.left:,} left. {clicks}{where}."


def opens(reading: Reading) -> str:
    """Of whom we know it: “118 of the 240 who agreed to be counted; the others are not”."""
    if not reading.agreed:
        return "Nobody it was sent to has agreed to be counted, so nobody is."
    told = f"{reading.opened:,} of the {reading.agreed:,} who agreed to be counted; the others are not."
    few = chance.too_few(min(reading.opened, reading.agreed), reading.agreed)
    return f"{told} That is {TOO_FEW} about everybody." if few else told


def rate(some: int, reading: Reading, per: int) -> float:
    """So many of `per` people it was handed over to; 0 where it was handed over to nobody."""
    return per * some / reading.sent if reading.sent else 0.0


def clicks_per_100(reading: Reading) -> str:
    """Clicks for each 100 people, as a figure, or that they are too few."""
    return _rate(reading.clicks, reading, 100, chance.WIDEST)


def left_per_1000(reading: Reading) -> str:
    """How many left of each 1,000 people, as a figure, or that they are too few."""
    return _rate(reading.left, reading, 1000, chance.RARE)


def compared(this: Reading, earlier: Sequence[Reading]) -> list[str]:
    """Whether it did better or worse than those before it together; said only where chance is no answer."""
    if not earlier:
        return ["It is the first one: there is nothing to compare it with yet."]
    before = f"the {len(earlier)} before it" if len(earlier) > 1 else "the one before it"
    everybody = sum(each.sent for each in earlier)
    told = []
    for words, one, others in (
        ("clicks", this.clicks, sum(each.clicks for each in earlier)),
        ("people who left", this.left, sum(each.left for each in earlier)),
    ):
        way = chance.differs((min(one, this.sent), this.sent), (min(others, everybody), everybody))
        if way:
            told.append(f"{'More' if way > 0 else 'Fewer'} {words} than {before}.")
    if not told and chance.too_few(min(this.clicks, this.sent), this.sent):
        return [f"Whether it did better or worse than {before} is {TOO_FEW}."]
    return told or [f"No difference from {before} that could not be chance."]


def lines(issues: Sequence[Issue], zone: ZoneInfo) -> list[Line]:
    """Clicks, and who left, over these issues, oldest first; no line where there is no figure to draw."""
    days, every = [_day(each.moment(zone), zone) for each in issues], [each.reading for each in issues]
    clicks = [(rate(each.clicks, each, 100), clicks_per_100(each)) for each in every]
    left = [(rate(each.left, each, 1000), left_per_1000(each)) for each in every]
    drawn = [
        line(title, [(day, _shown(*figure), figure[1]) for day, figure in zip(days, figures, strict=True)])
        for title, figures in (("Clicks per 100 people", clicks), ("Left, per 1,000 people", left))
    ]
    return [each for each in drawn if each.path]


def leads(link: Link, booking_url: str) -> tuple[str, str]:
    """What a link is called, and its address: the booking page by its name."""
    return ("Booking page", booking_url) if link.is_booking else (link.leads.partition("://")[2], link.leads)


def way(how: str) -> str:
    """How somebody left."""
    return WAYS.get(how, f"by {how}")


def _rate(some: int, reading: Reading, per: int, widest: float) -> str:
    if not reading.sent:
        return NOTHING
    if chance.too_few(min(some, reading.sent), reading.sent, widest):
        return TOO_FEW
    return f"{rate(some, reading, per):.1f}"


def _shown(value: float, words: str) -> float | None:
    return None if words in {TOO_FEW, NOTHING} else value


def _several(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _day(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b}"
