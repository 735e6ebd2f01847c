"""Pure: a letter while it is written, as one reader would get it, by the very compile and merge that will send it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from newsletter.content.brand import PLAIN, Brand
from newsletter.content.compiling import Compiled, Kind, Source, compile_letter
from newsletter.content.designs import letter_design
from newsletter.content.filling import Parsed, Rendered
from newsletter.content.refusals import MissingField
from newsletter.content.values import Value, is_url_field

KEPT = 64
LISTS = ("topics", "letters")  # no reader is without them, and no stand-in could be one
NOT_GIVEN = "https://not-given.example/"


@dataclass(frozen=True)
class Preview:
    """What one reader would see, and what there is to say of it.

    `size` is in bytes of HTML. `stops` names the fields without which it would not be sent at all; where this reader
    lacks one, `[first_name]` stands in its place. `remarks` is what a careful colleague would say.
    """

    subject: str
    preview_text: str
    html: str
    text: str
    size: int
    links: tuple[str, ...]
    fields: tuple[str, ...]
    stops: tuple[str, ...]
    remarks: tuple[str, ...]


def preview(
    source: Source, everybody: Mapping[str, Value], reader: Mapping[str, Value], brand: Brand = PLAIN
) -> Preview:
    """`source` as a marketing letter, in the design and the `brand` that it will wear, for one reader.

    `everybody` is what each reader has, such as the clinic's facts; `reader` is what is known of this one besides.
    Raises ContentRefused, with the line, for what could not go out to anybody.
    """
    compiled = compiled_once(source, brand)
    parsed = Parsed.of(compiled)
    lists = {name: reader[name] for name in LISTS if name in reader}
    _, of_all = _filled(parsed, {**everybody, **lists})
    shown, of_hers = _filled(parsed, {**everybody, **reader})
    stops = tuple(dict.fromkeys((*of_all, *of_hers)))
    return Preview(
        subject=shown.subject,
        preview_text=shown.preview_text,
        html=shown.html,
        text=shown.text,
        size=len(compiled.html.encode()),
        links=compiled.links,
        fields=compiled.fields,
        stops=stops,
        remarks=(*compiled.warnings, *map(_without, stops)),
    )


def compiled_once(source: Source, brand: Brand = PLAIN, kind: Kind = "marketing") -> Compiled:
    """The letter as it would be published; kept, since a picture is asked for right after its words were saved.

    Whoever publishes may ask ahead, before her transaction holds the writer. Raises ContentRefused.
    """
    return _compiled(source, brand, kind)


@lru_cache(maxsize=KEPT)
def _compiled(source: Source, brand: Brand, kind: Kind) -> Compiled:
    return compile_letter(source, letter_design(brand), kind)


def _filled(parsed: Parsed, fields: Mapping[str, Value]) -> tuple[Rendered, tuple[str, ...]]:
    """The letter with a stand-in for each field that is printed and missing, and the names of those."""
    known, missing = dict(fields), list[str]()
    while True:
        try:
            return parsed.fill(known), tuple(missing)
        except MissingField as gap:
            if gap.field in missing:  # a loop's own name: nothing from outside can stand there
                raise
            missing.append(gap.field)
            _stand_in(known, gap.field)


def _stand_in(known: dict[str, Any], field: str) -> None:
    *path, last = field.split(".")
    for step in path:
        inner = known.get(step)
        known[step] = dict(inner) if isinstance(inner, dict) else {}
        known = known[step]
    known[last] = NOT_GIVEN + last if is_url_field(last) else f"[{field}]"


def _without(field: str) -> str:
    return f"would stop for readers without {field}; put it between {{% if {field} %}} and {{% endif %}}"
