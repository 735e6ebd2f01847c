from __future__ import annotations

import pypdfium2
import pytest
from lxml import etree

from newsletter.audience.printing import Box, Line, Sheet, Unprintable, pdf, svg

SVG = "{http://www.w3.org/2000/svg}"


def sheet(text="Example Skin Clinic", **more):
    shapes = [Box(50, 20, 30, 10, "#9c4a36"), Line(20, 120, 18, "sans", "#000000", text)]
    return Sheet(200, 300, f"A poster of {text}", shapes, **more)


def read(raw):
    """What a PDF reader makes of it: the size, the text, the picture at one pixel a point, the title."""
    with pypdfium2.PdfDocument(raw) as document:
        page = document[0]
        text = page.get_textpage().get_text_range()
        return (
            page.get_size(),
            text,
            page.render(scale=1).to_pil().convert("RGB"),
            document.get_metadata_dict()["Title"],
        )


NAMES = [
    "Example Skin Clinic",
    "Zürich & Söhne",
    "œuvre – “L’Été” €",
    r"back\slash (and) parens",
    "<b>&amp;</b>",
    "100 %",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_pdf_reader_reads_every_letter(name):
    _, text, _, title = read(pdf(sheet(name)))
    assert text.strip() == name
    assert title == f"A poster of {name}"


@pytest.mark.parametrize("name", [*NAMES, "美肌クリニック", "Клиника", "מרפאה", "Łódź"])
def test_an_svg_holds_every_script(name):
    tree = etree.fromstring(svg(sheet(name)))
    assert [each.text for each in tree.iter(f"{SVG}text")] == [name]
    assert tree.find(f"{SVG}title").text == f"A poster of {name}"


@pytest.mark.parametrize("name", ["美肌クリニック", "Клиника", "Łódź", "star ★"])
def test_a_pdf_refuses_letters_that_it_would_print_wrong(name):
    with pytest.raises(Unprintable) as refused:
        pdf(sheet(name))
    assert name in refused.value.line
    assert "right would be a file that ends in .svg" in refused.value.line


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_shapes_stand_where_they_should_in_the_size_asked_for(scale):
    size, _, picture, _ = read(pdf(sheet(scale=scale)))
    assert size == pytest.approx((200 * scale, 300 * scale))
    inside = [(51, 21), (79, 29), (65, 25)]
    outside = [(48, 25), (82, 25), (65, 17), (65, 33)]
    assert {picture.getpixel((int(x * scale), int(y * scale))) for x, y in inside} == {(156, 74, 54)}
    assert {picture.getpixel((int(x * scale), int(y * scale))) for x, y in outside} == {(255, 255, 255)}


def test_an_svg_has_its_true_size_on_paper():
    tree = etree.fromstring(svg(sheet()))
    assert (tree.get("width"), tree.get("height"), tree.get("viewBox")) == (
        "70.6mm",
        "105.8mm",
        "0 0 200 300",
    )


def test_a_hostile_name_is_text():
    name = "\"><script>alert(1)</script> ' onload=x"
    tree = etree.fromstring(svg(sheet(name)))
    assert {each.tag for each in tree.iter()} == {f"{SVG}{tag}" for tag in ("svg", "title", "rect", "text")}
    assert set(tree.attrib) == {"width", "height", "viewBox", "role", "aria-label"}


def test_the_table_of_places_is_true():
    raw = pdf(sheet())
    start = int(raw.rsplit(b"startxref\n", 1)[1].split()[0])
    assert raw[start:].startswith(b"xref\n0 9\n")
    places = [int(row.split()[0]) for row in raw[start:].split(b"\n")[3:11]]
    assert [raw[place:].split(b"\n")[0] for place in places] == [b"%d 0 obj" % n for n in range(1, 9)]


def test_the_same_sheet_is_the_same_file():
    assert pdf(sheet()) == pdf(sheet())
    assert svg(sheet()) == svg(sheet())
