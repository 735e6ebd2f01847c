"""Pure: a printed sheet as SVG and as PDF. Both hold the same shapes at the same places.

SVG prints every script, with the fonts of whoever opens it. The PDF names fonts that every reader has and embeds none
(ISO 32000-1, section 9.6.2.2), so it prints Western European letters only and refuses others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from newsletter.errors import Refused

FONTS = {
    "sans": ("Helvetica", "Helvetica, Arial, 'Liberation Sans', sans-serif", 400),
    "bold": ("Helvetica-Bold", "Helvetica, Arial, 'Liberation Sans', sans-serif", 700),
    "serif": ("Times-Roman", "'Times New Roman', 'Liberation Serif', Times, serif", 400),
}
NUMBERED = {face: f"F{number}" for number, face in enumerate(FONTS, 1)}


@dataclass(frozen=True)
class Box:
    """A filled rectangle; `x`, `y` is its upper left corner."""

    x: float
    y: float
    width: float
    height: float
    color: str


@dataclass(frozen=True)
class Line:
    """One line of text; `y` is where its letters stand."""

    x: float
    y: float
    size: float
    face: str
    color: str
    text: str


@dataclass(frozen=True)
class Sheet:
    """Shapes on paper, in points (1/72 inch) from the upper left. `scale` makes the whole of it smaller."""

    width: float
    height: float
    title: str
    shapes: Sequence[Box | Line]
    scale: float = 1.0


class Unprintable(Refused):
    """A letter that the fonts of a PDF do not have."""


def svg(sheet: Sheet) -> bytes:
    """The sheet as a picture of its true size, UTF-8."""
    wide, high = (f"{side * sheet.scale * 25.4 / 72:.1f}mm" for side in (sheet.width, sheet.height))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" '
        f'viewBox="0 0 {sheet.width:g} {sheet.height:g}" role="img" aria-label={quoteattr(sheet.title)}>'
    )
    parts = [head, f"<title>{escape(sheet.title)}</title>", *map(_svg_shape, sheet.shapes), "</svg>", ""]
    return "\n".join(parts).encode()


def pdf(sheet: Sheet) -> bytes:
    """The sheet as one page of PDF 1.7; raises Unprintable."""
    drawn = "\n".join(_pdf_shape(shape, sheet.height) for shape in sheet.shapes)
    content = f"{sheet.scale:.5f} 0 0 {sheet.scale:.5f} 0 0 cm\n{drawn}".encode("ascii")
    fonts = " ".join(f"/{NUMBERED[face]} {number} 0 R" for number, face in enumerate(FONTS, 6))
    box = f"0 0 {sheet.width * sheet.scale:.2f} {sheet.height * sheet.scale:.2f}"
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R /Lang (en) /ViewerPreferences << /DisplayDocTitle true >> >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] /Contents 4 0 R "
            f"/Resources << /Font << {fonts} >> >> >>".encode(),
            b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
            f"<< /Title <{_title(sheet.title)}> >>".encode(),
            *(_font(name) for name, _, _ in FONTS.values()),
        ]
    )


def _svg_shape(shape: Box | Line) -> str:
    if isinstance(shape, Box):
        place = f'x="{shape.x:.2f}" y="{shape.y:.2f}" width="{shape.width:.2f}" height="{shape.height:.2f}"'
        return f'<rect {place} fill="{shape.color}" shape-rendering="crispEdges"/>'
    _, family, weight = FONTS[shape.face]
    font = f'font-family="{family}" font-size="{shape.size:.2f}" font-weight="{weight}"'
    place = f'x="{shape.x:.2f}" y="{shape.y:.2f}" fill="{shape.color}"'
    return f"<text {place} {font}>{escape(shape.text)}</text>"


def _pdf_shape(shape: Box | Line, height: float) -> str:
    """PDF counts from the lower left."""
    color = " ".join(f"{int(shape.color[at : at + 2], 16) / 255:.3f}" for at in (1, 3, 5))
    if isinstance(shape, Box):
        bottom = height - shape.y - shape.height
        return f"{color} rg {shape.x:.2f} {bottom:.2f} {shape.width:.2f} {shape.height:.2f} re f"
    font = f"/{NUMBERED[shape.face]} {shape.size:.2f} Tf"
    return f"BT {color} rg {font} {shape.x:.2f} {height - shape.y:.2f} Td ({_pdf_text(shape.text)}) Tj ET"


def _pdf_text(text: str) -> str:
    """In WinAnsiEncoding, as ASCII (ISO 32000-1, section 7.3.4.2)."""
    try:
        raw = text.encode("cp1252")
    except UnicodeEncodeError as strange:
        raise Unprintable(
            f"a PDF has Western European letters only, and “{text}” has others; "
            "right would be a file that ends in .svg"
        ) from strange
    return "".join(chr(b) if 32 <= b < 127 and b not in b"()\\" else f"\\{b:03o}" for b in raw)


def _title(text: str) -> str:
    """Outside a page text has an encoding of its own; UTF-16 holds everything (ISO 32000-1, section 7.9.2.2)."""
    return f"\N{ZERO WIDTH NO-BREAK SPACE}{text}".encode("utf-16-be").hex()


def _font(name: str) -> bytes:
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()


def _file(objects: Iterable[bytes]) -> bytes:
    """The objects, numbered from 1, with their table of places; the fifth is the information about it."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(
        out
        + b"trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(places) + 1, table)
    )
