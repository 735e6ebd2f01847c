from __future__ import annotations

from itertools import pairwise

import pypdfium2
import pytest
import zxingcpp

from newsletter.audience import poster, printing, wordings
from newsletter.audience.lettering import width
from newsletter.audience.printing import Box, Line

URL = "https://letters.clinic.example/?form=waiting-room"
LONG = (
    "https://newsletter.a-rather-long-name.of-a-clinic.example/letters/?form=waiting-room-on-the-second-floor"
)
CLINICS = [
    "Example Skin Clinic",
    "X",
    "Institut für Hautgesundheit und Ästhetik, Zürich-Oerlikon und Umgebung GmbH",
]


def texts(sheet):
    return [shape for shape in sheet.shapes if isinstance(shape, Line)]


def test_it_says_who_writes_what_comes_and_where_to():
    said = " ".join(line.text for line in texts(poster.draw("Example Skin Clinic", URL)))
    for words in ("Example Skin Clinic", wordings.HEADING, wordings.PROMISE, wordings.TERMS):
        assert words in said
    assert "letters.clinic.example/?form=waiting-room" in said


@pytest.mark.parametrize("size", poster.SCALES)
@pytest.mark.parametrize("url", [URL, LONG])
@pytest.mark.parametrize("clinic", CLINICS)
def test_a_camera_reads_the_code_off_the_printed_page(clinic, url, size):
    with pypdfium2.PdfDocument(printing.pdf(poster.draw(clinic, url, size))) as document:
        picture = document[0].render(scale=1.5).to_pil()
    assert [(found.text, str(found.format)) for found in zxingcpp.read_barcodes(picture)] == [
        (url, "QR Code")
    ]


@pytest.mark.parametrize("url", [URL, LONG])
@pytest.mark.parametrize("clinic", [*CLINICS, "美肌クリニック" * 12])
def test_nothing_leaves_the_paper_or_its_margins(clinic, url):
    sheet = poster.draw(clinic, url)
    for line in texts(sheet):
        assert line.x >= poster.MARGIN
        assert line.x + width(line.text, line.face, line.size) <= sheet.width - poster.MARGIN + 0.01, (
            line.text
        )
        assert line.y < sheet.height - 20
    for box in sheet.shapes:
        if isinstance(box, Box):
            assert 0 <= box.x <= box.x + box.width <= sheet.width + 0.01
            assert 0 <= box.y <= box.y + box.height <= sheet.height


def test_no_two_lines_stand_on_each_other():
    lines = sorted(texts(poster.draw(CLINICS[2], LONG)), key=lambda line: line.y)
    for above, below in pairwise(lines):
        assert below.y - above.y >= below.size * 0.95, (above.text, below.text)


def test_the_code_has_its_quiet_zone():
    """Four modules of white around it, which cameras look for (ISO/IEC 18004)."""
    shapes = [shape for shape in poster.draw("X", URL).shapes if isinstance(shape, Box)]
    ground = next(box for box in shapes if box.color == poster.PAPER)
    dark = [box for box in shapes if box.color == poster.INK]
    module = min(box.height for box in dark)
    assert min(box.x for box in dark) - ground.x == pytest.approx(4 * module)
    assert min(box.y for box in dark) - ground.y == pytest.approx(4 * module)
    assert ground.x + ground.width - max(box.x + box.width for box in dark) == pytest.approx(4 * module)


@pytest.mark.parametrize(
    ("url", "typed"),
    [
        (URL, "letters.clinic.example/?form=waiting-room"),
        ("https://letters.clinic.example/", "letters.clinic.example"),
        ("http://127.0.0.1:8000/?form=x", "http://127.0.0.1:8000/?form=x"),
    ],
)
def test_an_address_is_written_as_people_type_it(url, typed):
    assert poster.said(url) == typed
