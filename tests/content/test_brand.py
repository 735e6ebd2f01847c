"""One accent color, one logo, one type: what follows from them, and what is not taken."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.content import brand, colors
from newsletter.content.brand import NIGHT, PAPER, PLAIN, AccentRefused, Brand
from newsletter.content.colors import Color
from newsletter.content.compiling import Source, compile_letter
from newsletter.content.designs import letter_design
from newsletter.content.merging import parse
from newsletter.content.publishing import source_hash
from tests.content import letters

CHANNEL = st.integers(0, 255)
LOGO = f"https://letters.clinic.example/media/{'ab' * 32}-600x150.png"


@pytest.mark.parametrize(
    ("css", "color"),
    [
        ("#94442f", (0x94, 0x44, 0x2F)),
        ("#FFF", (255, 255, 255)),
        (" rgb(1, 2, 3) ", (1, 2, 3)),
        ("teal", (0, 128, 128)),
        ("hsl(0, 100%, 50%)", (255, 0, 0)),
        ("#94442f80", None),
        ("transparent", None),
        ("inherit", None),
        ("", None),
        ("#94442f; background: url(//elsewhere.example)", None),
    ],
)
def test_a_color_is_read_as_css_writes_it(css: str, color: tuple[int, int, int] | None) -> None:
    assert colors.read(css) == color


def test_contrast_is_what_the_guidelines_say() -> None:
    assert colors.contrast(colors.BLACK, colors.WHITE) == pytest.approx(21)
    assert colors.contrast(colors.WHITE, colors.WHITE) == 1
    # The known edges: the lightest gray that passes on white, and the next.
    assert colors.contrast(Color(0x76, 0x76, 0x76), colors.WHITE) >= 4.5
    assert colors.contrast(Color(0x77, 0x77, 0x77), colors.WHITE) < 4.5


@given(st.tuples(CHANNEL, CHANNEL, CHANNEL).map(lambda three: Color(*three)))
def test_whatever_somebody_picks_what_is_painted_with_can_be_read(color: Color) -> None:
    try:
        taken = brand.accent_of(color.hex)
    except AccentRefused as refused:
        taken = brand.accent_of(refused.nearest)
        assert colors.contrast(color, PAPER) < colors.TEXT
    paint = Brand(taken).palette
    shown = {name: colors.read(value) for name, value in paint._asdict().items()}
    assert None not in shown.values()
    for text, ground, least in (
        (shown["accent"], PAPER, colors.TEXT),
        (shown["on_accent"], shown["accent"], colors.TEXT),
        (shown["night"], NIGHT, brand.EASY),
        (shown["on_night"], shown["night"], colors.TEXT),
    ):
        assert text
        assert ground
        assert colors.contrast(text, ground) >= least


@pytest.mark.parametrize(
    ("typed", "nearest", "said"),
    [
        (
            "#ffcc00",
            "#8f7200",
            "links in this color are hard to read: its contrast on a letter's paper is 1.5 to 1",
        ),
        ("#ffffff", "#757575", "the nearest color that would do is #757575"),
        ("rose", "", "this is not a color; right would be one such as #94442f"),
    ],
)
def test_a_color_that_cannot_be_read_is_refused_with_the_nearest_that_can(
    typed: str, nearest: str, said: str
) -> None:
    with pytest.raises(AccentRefused) as refused:
        brand.accent_of(typed)
    assert refused.value.nearest == nearest
    assert said in refused.value.line


@pytest.mark.parametrize(
    ("kept", "is_read_as"),
    [
        ({}, PLAIN),
        ({"accent": "navy", "heading": "verdana", "logo": LOGO}, Brand("#000080", LOGO, "verdana")),
        ({"accent": "yellow", "heading": "comic", "logo": "javascript:alert(1)"}, PLAIN),
        ({"accent": 7, "heading": None, "logo": "https://elsewhere.example/logo.png"}, PLAIN),
        ({"logo": f"javascript:{LOGO}"}, PLAIN),
    ],
)
def test_what_is_stored_and_cannot_be_used_is_as_at_the_beginning(
    kept: dict[str, object], is_read_as: Brand
) -> None:
    assert brand.read(kept) == is_read_as


def test_a_letter_wears_it_light_and_dark() -> None:
    source = Source(
        "s",
        "p",
        "# Hello\n\n[Words](https://clinic.example)\n\n> said\n\n[Go](https://clinic.example){.button}",
    )
    navy = Brand("#000080", "", "palatino")
    page = compile_letter(source, letter_design(navy)).html
    assert re.search(
        r'<h1[^>]*font-family:"?.?Palatino Linotype', page.replace("&quot;", '"').replace("'", '"')
    )
    assert re.search(r'<a href="https://clinic.example" style="[^"]*color:#000080', page)
    assert re.search(r'class="button-cell"[^>]*background-color:#000080', page)
    assert re.search(r'class="button-link"[^>]*color:#fff', page)
    assert f"background-color: {navy.palette.night} !important" in page
    plain = compile_letter(source, letter_design()).html
    assert "#000080" not in plain
    assert re.search(r'class="button-cell"[^>]*background-color:#94442f', plain)


def test_the_logo_stands_for_the_name_and_says_it_aloud() -> None:
    source = Source("s", "p", "Hello.")
    page = compile_letter(source, letter_design(Brand(logo=LOGO))).html
    shown = parse(page, html=True).fill(letters.fields() | {"clinic_name": 'Skin & "More"'})
    picture = re.search(r"<img [^>]*>", shown)
    assert picture
    assert 'alt="Skin &amp; &#34;More&#34;"' in picture[0]
    assert f'src="{LOGO}"' in picture[0]
    assert 'width="256" height="64"' in picture[0]
    assert 'class="name"' not in shown
    assert "Skin &" in shown.partition("contentinfo")[2]


@pytest.mark.parametrize(
    ("size", "shown"),
    [("600x600", (64, 64)), ("600x60", (260, 26)), ("100x20", (100, 20)), ("4x4000", (1, 64))],
)
def test_a_logo_is_as_large_as_a_letters_head_has_room(size: str, shown: tuple[int, int]) -> None:
    logo = Brand(logo=LOGO.replace("600x150", size)).picture
    assert logo is not None
    assert (logo.width, logo.height) == shown


def test_the_brand_tells_versions_apart_and_the_first_one_changes_nothing() -> None:
    source = Source("s", "p", "Hello.")
    several = [PLAIN, Brand("#000080"), Brand(logo=LOGO), Brand(heading="verdana")]
    assert len({source_hash(source, each) for each in several}) == 4
    assert source_hash(source, PLAIN) == source_hash(source)
    assert all(one.mark != other.mark for one, other in itertools.combinations(several, 2))
