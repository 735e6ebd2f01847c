"""Pure: a letter whose links lead through our counter, and where the n-th of them leads.

Only addresses out of the version's own link table are counted: plain ones, and the booking page, which is the clinic's
and the same for everybody. What belongs to one reader (stopping, choosing) and what is no page (mailto, tel) stays as
it is, and so do past issues under our own address. A counted link is the field `clicks_url`, a stroke, and its number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape

from newsletter.content.filling import Rendered, Texts

CLICKS, OPENED = "clicks_url", "opened_url"
BOOKING = "booking_url"
PAGE = re.compile(r"https?://", re.IGNORECASE)
FIELD = re.compile(r"\{\{\s*" + BOOKING + r"\s*\}\}")
HREF = re.compile(r'(<a\b[^<>]*?\shref=")([^"]*)(?=")')
ADDRESS = re.compile(r"https?://[^\s<>\"'`\\]+|" + FIELD.pattern, re.IGNORECASE)
AFTER = ".,;:!?)]*_"  # what may follow an address in running text; not a brace, with which a tag begins
END = "</body>"
# One pixel of nothing (GIF89a). An empty description keeps it out of what is read aloud (WCAG H67).
PIXEL = (
    f'{{% if {OPENED} %}}<img src="{{{{ {OPENED} }}}}" width="1" height="1" border="0" alt="">{{% endif %}}'
)


def counted(letter: Texts, links: Sequence[str], home: str = "") -> Rendered:
    """The four texts of `letter` with its `links` led through the counter, and the pixel for whoever agreed to it.

    They are in the merge language still: `clicks_url` must be filled in, `opened_url` may be. `home` is the address
    that our own pages begin with.
    """
    places = _places(links, home)

    def in_html(found: re.Match[str]) -> str:
        number = places.get(_key(unescape(found[2])))
        return found[0] if number is None else found[1] + _through(number, found[2])

    def in_text(found: re.Match[str]) -> str:
        address = found[0]
        while address and _key(address) not in places:
            address = address[:-1] if address[-1] in AFTER else ""
        if not address:
            return found[0]
        return _through(places[_key(address)], address) + found[0][len(address) :]

    head, end, tail = HREF.sub(in_html, letter.html).rpartition(END)
    html = head + PIXEL + end + tail if end else tail + PIXEL
    return Rendered(letter.subject, letter.preview_text, html, ADDRESS.sub(in_text, letter.text))


def target(links: Sequence[str], number: int, fields: Mapping[str, object]) -> str | None:
    """Where the `number`-th of `links` (from 1) leads, its field filled from `fields`; None where nothing counted does.

    A field is followed to a web page only, whatever somebody's list made of it.
    """
    if not 1 <= number <= len(links):
        return None
    leads = links[number - 1]
    if FIELD.fullmatch(leads):
        leads = str(fields.get(BOOKING) or "")
    return leads if PAGE.match(leads) else None


def _places(links: Sequence[str], home: str) -> dict[str, int]:
    """Each target that is counted, and its number in the table; of two spellings of one field the first."""
    past_issues = f"{home.rstrip('/')}/archive" if home else None
    places: dict[str, int] = {}
    for number, link in enumerate(links, 1):
        ours = past_issues is not None and link.startswith(past_issues)
        if FIELD.fullmatch(link) or (PAGE.match(link) and not ours):
            places.setdefault(_key(link), number)
    return places


def _key(link: str) -> str:
    return BOOKING if FIELD.fullmatch(link) else link


def _through(number: int, was: str) -> str:
    """The counted address. Without a booking page the field itself stands there, so that it is missed as ever."""
    through = f"{{{{ {CLICKS} }}}}/{number}"
    if not FIELD.fullmatch(was):
        return through
    return f"{{% if {BOOKING} %}}{through}{{% else %}}{was}{{% endif %}}"
