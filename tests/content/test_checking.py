"""What a careful colleague would say, and what she would not."""

from __future__ import annotations

import pytest

from newsletter.content import checking, linking
from newsletter.content.brand import Brand
from newsletter.content.compiling import Source, compile_letter
from newsletter.content.designs import letter_design

LINE = "What this letter is about, in one short line."
OURS = f"https://letters.clinic.example/media/{'ab' * 32}-600x400.jpg"


def said(body: str, subject: str = "A letter", brand: Brand | None = None) -> tuple[str, ...]:
    """The remarks on an HTML body."""
    return compile_letter(Source(subject, LINE, body, "html"), letter_design(brand or Brand())).warnings


@pytest.mark.parametrize(
    ("href", "words", "remark"),
    [
        ("https://clinic.example/book", "Book a time", ""),
        ("https://clinic.example/book", "clinic.example", ""),
        ("https://www.clinic.example/", "https://clinic.example", ""),
        ("https://book.clinic.example/", "clinic.example", ""),
        ("https://clinic.example/plan.pdf", "plan.pdf", ""),
        ("{{ booking_url }}", "Book", ""),
        ("tel:+15550100", "+1 555 0100", ""),
        ("mailto:reader@clinic.example?subject=Hello", "Write", ""),
        ("", "Book", "a link has no address that a reader can open"),
        ("mailto:the_nurse", "Write", "mailto:the_nurse names no mailbox"),
        (
            "http://clinic.example/",
            "Book",
            "http://clinic.example/ is not encrypted; right would be https://",
        ),
        ("http://localhost:8000/x", "x", "http://localhost:8000/x leads to this computer only"),
        ("https://127.0.0.1/x", "x", "https://127.0.0.1/x leads to this computer only"),
        ("https://[::1]/", "x", "https://[::1]/ leads to this computer only"),
        ("https://nas.local/", "x", "https://nas.local/ leads to this computer only"),
        ("https://192.168.1.4/", "x", "https://192.168.1.4/ leads into a network that readers are not in"),
        ("https://10.0.0.1/", "x", "https://10.0.0.1/ leads into a network that readers are not in"),
        (
            "http://169.254.169.254/",
            "x",
            "http://169.254.169.254/ leads into a network that readers are not in",
        ),
        ("https://[fd00::1]/", "x", "https://[fd00::1]/ leads into a network that readers are not in"),
        ("https://intranet/", "x", "https://intranet/ leads into a network that readers are not in"),
        (
            "https://example.com/book",
            "x",
            "https://example.com/book stands for an address that is still to come",
        ),
        (
            "https://www.example.org",
            "x",
            "https://www.example.org stands for an address that is still to come",
        ),
        (
            "https://yourclinic.com/",
            "x",
            "https://yourclinic.com/ stands for an address that is still to come",
        ),
        (
            "https://elsewhere.example/",
            "https://clinic.example/book",
            "a link says clinic.example and leads to elsewhere.example; mail programs warn of such",
        ),
        (
            "https://clinic.example.evil.example/",
            "clinic.example",
            "a link says clinic.example and leads to clinic.example.evil.example; mail programs warn of such",
        ),
        (
            "https://reader:secret@clinic.example/",
            "x",
            "https://reader:secret@clinic.example/ has a name or a password in it, which every reader would see",
        ),
        ("https://[clinic/", "x", "https://[clinic/ is not an address that a reader can open"),
    ],
)
def test_a_link_is_judged_without_being_followed(href: str, words: str, remark: str) -> None:
    assert linking.remark(href, words) == remark
    assert not remark or linking.ABOUT_LINKS.match(remark)


def test_a_long_address_is_shortened_where_it_is_spoken_of() -> None:
    assert len(linking.remark(f"http://clinic.example/{'x' * 500}", "x")) < 130


@pytest.mark.parametrize(
    ("body", "remarks"),
    [
        ("<p>Quiet words, <a href='https://clinic.example'>and a link</a>.</p>", []),
        (f'<p><img src="{OURS}" alt="A bright room"></p>', []),
        (f'<p><img src="{OURS}"></p>', ["a picture has no description (alt text)"]),
        (f'<p><img src="{OURS}" alt="  "></p>', ["a picture has no description (alt text)"]),
        (
            f'<p><img src="{OURS}" alt="IMG_0042.jpg"></p>',
            ["“IMG_0042.jpg” is a picture's file name, not what it shows (alt text)"],
        ),
        (f'<p><img src="{OURS}" alt="Screenshot 12"></p>', ["“Screenshot 12” is a picture's file name"]),
        (
            '<p><img src="https://clinic.example/a.png" alt="A room"></p>',
            ["a picture has no width and height"],
        ),
        (f'<p><img src="{OURS}"><img src="{OURS}"></p>', ["a picture has no description (alt text)"]),
        ("<p>COME AND SEE US today</p>", ["“COME AND SEE” is all in capitals; bold says as much"]),
        ("<p>SPF 30 and UVA, or LED</p>", []),
        ("<p>Hi! Yes! Now! Go!</p>", ["4 exclamation marks; one is plenty"]),
        ("<p>Hello! See you soon!</p>", []),
        (
            '<p><a href="https://elsewhere.example"><b>clinic</b>.example</a></p>',
            ["a link says clinic.example and leads to elsewhere.example"],
        ),
    ],
)
def test_pictures_tone_and_links_of_a_body(body: str, remarks: list[str]) -> None:
    found = said(body)
    assert len(found) == len(remarks), found
    assert all(one.startswith(start) for one, start in zip(found, remarks, strict=True)), found


@pytest.mark.parametrize(
    ("subject", "remark"),
    [
        ("NEW: ASK US NOW", "the subject is all in capitals, which looks like an advertisement"),
        ("Come now!!", "2 exclamation marks; one is plenty"),
        ("Q & A", ""),
        ("SPF 50: is it enough?", ""),
        ("{{ clinic_name }}", ""),
    ],
)
def test_a_subject_that_shouts(subject: str, remark: str) -> None:
    assert said("<p>Quiet words.</p>", subject) == ((remark,) if remark else ())


@pytest.mark.parametrize(
    ("body", "faint"),
    [
        ("<p>Ink on paper.</p>", []),
        (
            '<p><span style="color:#999999">Gray words</span></p>',
            ["“Gray words” is hard to read: its contrast is 2.8"],
        ),
        ('<p style="color:#cccccc;background-color:#222222">Light on dark</p>', []),
        ('<p><span style="color:#767676; background:#fff">Just enough</span></p>', []),
        (
            '<p><span style="color:#1f3864">As Word paints</span></p>',
            ["“As Word paints” is hard to read in dark mode: its contrast is 1.4 to 1, and 4.5 are needed"],
        ),
        (
            '<table style="background-color:#ffffee"><tr><td>A box</td></tr></table>',
            ["“A box” is hard to read in dark mode: its contrast is 1.2"],
        ),
        (
            '<table bgcolor="#ffffee"><tr><td style="color:#222222">A box with its own ink</td></tr></table>',
            [],
        ),
        # Large words need less: 3 to 1.
        (
            '<p style="background-color:#fffdfa"><span style="font-size:24px;color:#8a8a8a">Large</span></p>',
            [],
        ),
        (
            '<p style="background-color:#fffdfa"><span style="font-size:18pt;color:#8a8a8a">Large too</span></p>',
            [],
        ),
        (
            '<p style="background-color:#fffdfa"><span style="font-size:14pt;color:#8a8a8a">Not bold</span></p>',
            ["“Not bold” is hard to read: its contrast is 3.4 to 1, and 4.5 are needed"],
        ),
        (
            '<p style="background-color:#fffdfa"><b style="font-size:14pt;color:#8a8a8a">Bold</b></p>',
            [],
        ),
        # Nobody knows what a picture or a veil leaves of it.
        (
            '<p style="background:url(https://clinic.example/a.png) #fff"><span style="color:#eee">?</span></p>',
            [],
        ),
        ('<p style="background-color:#fffdfa"><span style="color:rgba(0,0,0,0.1)">?</span></p>', []),
        ('<p style="display:none;color:#eeeeee;background-color:#fff">Not shown</p>', []),
        ('<p style="color:#eeeeee;background-color:#fff">{% if first_name %} {% endif %}</p>', []),
        (
            '<p style="color:#eeeeee;background-color:#fff">{{ clinic_name }}</p>',
            ["“{{ clinic_name }}” is hard to read: its contrast is 1.2"],
        ),
    ],
)
def test_words_that_are_hard_to_read_in_the_light_or_in_the_dark(body: str, faint: list[str]) -> None:
    found = said(body)
    assert len(found) == len(faint), found
    assert all(one.startswith(start) for one, start in zip(found, faint, strict=True)), found


def test_what_is_hard_to_read_everywhere_is_said_three_times_at_most() -> None:
    grays = [f"#{gray}{gray}{gray}" for gray in ("99", "aa", "bb", "cc", "dd")]
    body = "".join(f'<p style="color:{gray};background-color:#fff">Words in {gray}</p>' * 2 for gray in grays)
    found = said(body)
    assert len(found) == 4
    assert found[-1] == "2 more pieces of text are hard to read"


@pytest.mark.parametrize("accent", ["#94442f", "#000000", "#005f73", "#b3007d", "#757575"])
def test_the_design_itself_can_be_read_in_every_brand(accent: str) -> None:
    body = "<h1>H</h1><p>p <a href='https://clinic.example'>a</a></p><blockquote><p>q</p></blockquote><hr>"
    button = '<p><a class="button" href="https://clinic.example">Go</a></p>'
    assert said(body + button, brand=Brand(accent)) == ()


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Your skin may be red for 2 days. Call us: +1 555 0100.", ""),
        ("Wash from 11 pm. Use nothing else until Thursday, 6 pm.", ""),
        ("Now 20 % off all sessions", "“20 % off”"),
        ("Only $99, book now.", "“$99”, “book now”"),
        ("A voucher and a special offer; SALE; 30 €; gift card", "“voucher”, “special offer”, “SALE”"),
    ],
)
def test_notes_for_patients_carry_no_offers(text: str, quoted: str) -> None:
    line = f"a note for patients carries no offers and no prices: {quoted}"
    assert checking.promotion(text) == ((line,) if quoted else ())
