"""The editor of a letter: blocks by keyboard, what is pasted, its source, pictures; and Markdown behind all of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from playwright.sync_api import expect

from newsletter.campaigns.desk import drafting
from tests import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

NEWS = "/studio/newsletters/news-what-is-new/write"
FRAME = "#stage iframe:not(.coming)"
# What a browser calls an error and is none: a refusal that the page tells in words, and the policy of the frame beside
# the editor, which has its own (the editor's says nothing of data:).
EXPECTED = ("the server responded with a status of 400", "img-src 'self' data:")
PASTE = """([html, text]) => {
  const data = new DataTransfer();
  if (html) data.setData("text/html", html);
  data.setData("text/plain", text);
  const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.querySelector(".ProseMirror").dispatchEvent(paste);
}"""
FROM_WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator content="Word">
<style>p.MsoNormal { margin: 0; color: red }</style></head><body lang=EN-US><!--StartFragment-->
<h1 style='mso-style-name:x'><span style='font-size:16pt'>Spring<o:p></o:p></span></h1>
<p class=MsoNormal style='margin:0'><b><span style='color:#365F91'>Bold</span></b> and <a
href="https://clinic.example/x" style="color:blue" onclick="alert(1)">a link</a>,
<a href="javascript:alert(2)">none</a><img src="https://elsewhere.example/p.png" onerror="alert(3)"></p>
<p class=MsoListParagraphCxSpFirst style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span
style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span>One thing</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·<span>&nbsp;
</span></span>Another <i>thing</i></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><!--EndFragment--></body></html>"""
CLEAN = """# Spring

**Bold** and [a link](https://clinic.example/x), none

- One thing
- Another *thing*"""
FROM_DOCS = """<meta charset='utf-8'><b style="font-weight:normal;" id="docs-internal-guid-1"><p dir="ltr">
<span style="font-weight:700;">Bold</span><span style="font-weight:400"> and </span><span style="font-style:italic">
slanted</span></p></b>"""
HOSTILE = """# {{ first_name }} <script>alert(4)</script>

<img src=x onerror=alert(5)> [x](javascript:alert(6)) ![](https://elsewhere.example/p.png)

> **Tip**
>
> {% if clinic_phone %}Call{% endif %}

![A room](https://elsewhere.example/room.png)"""

BLOCKS = [
    "# Hello",
    "Dear {{ first_name }}, # **not** a **bold** word",
    "- one",
    "> said",
    "> **Tip**\n>\n> drink",
    "---",
    "[Book now](https://clinic.example/book){.button}",
    '{% if "tips" in topics %}\nFor some\n{% endif %}',
]


@pytest.fixture
def letter(site: Site, open_context: Callable[..., Any]) -> Any:
    """Opens a letter's page; at the end nothing was complained of: no policy broken, no dialog, no error."""
    said: list[str] = []

    def refuse(dialog: Any) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    def enter(path: str = NEWS, **look: Any) -> Page:
        page: Page = open_context(**look).new_page()
        page.on("console", lambda it: said.append(it.text) if it.type == "error" else None)
        page.on("pageerror", lambda it: said.append(str(it)))
        page.on("dialog", refuse)
        page.goto(f"{site.url}/studio/inbox/")
        page.get_by_role("button", name="Enter the studio").click()
        page.goto(site.url + path)
        return page

    yield enter
    assert [line for line in said if not any(each in line for each in EXPECTED)] == []


def words(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Words", exact=True)


def text(page: Page) -> str:
    """What the form would send."""
    return page.locator("#body").input_value()


def emptied(page: Page) -> None:
    words(page).click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")


def add(page: Page, name: str) -> None:
    """A block from the menu that a slash opens, by its first letters and arrows."""
    page.keyboard.press("/")
    menu = page.get_by_role("menu", name="Add a block")
    while menu.locator(":focus").inner_text() != name:
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")


def compose(page: Page) -> None:
    """`BLOCKS`, by keyboard."""
    emptied(page)
    add(page, "Heading")
    page.keyboard.type("Hello")
    page.keyboard.press("Enter")
    page.keyboard.type("Dear {{ first_name }}, # **not** a ")
    page.keyboard.press("Control+b")
    page.keyboard.type("bold")
    page.keyboard.press("Control+b")
    page.keyboard.type(" word")
    for name, typed in (("List with bullets", "one"), ("Quote", "said"), ("Tip", "drink")):
        page.keyboard.press("Enter")
        add(page, name)
        page.keyboard.type(typed)
        page.keyboard.press("Enter")  # an empty line, from which the second one leads out
    page.keyboard.press("Enter")
    add(page, "Divider")
    add(page, "Button")
    page.keyboard.type("Book now")
    page.keyboard.press("Alt+Enter")
    leads = page.get_by_role("group", name="Button").get_by_label("Leads to")
    expect(leads).to_be_focused()
    leads.fill("nowhere at all")
    expect(page.get_by_role("alert").filter(has_text="An address begins with")).to_be_visible()
    leads.fill("clinic.example/book")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    add(page, "Shown only if ...")
    page.keyboard.type("For some")
    page.keyboard.press("Alt+Enter")
    page.get_by_label("Shown only if", exact=True).select_option(label="something else, typed as a condition")
    page.get_by_role("textbox", name="Condition").fill("topics and")
    page.get_by_label("Shown only if", exact=True).select_option(label="she gets Tips")


def saved_file(site: Site, name: str) -> str:
    with site.house.database.reading() as session:
        return drafting.papers(session, "news-what-is-new")[0].bodies[name]


def test_every_block_by_keyboard_alone_and_the_markdown_that_it_becomes(letter: Any, site: Site) -> None:
    page = letter(**chromium.DESKTOP, color_scheme="light")
    before = saved_file(site, "issue.md")
    expect(words(page).locator(".tag").first).to_have_text("if first name")
    assert text(page) == before
    assert chromium.axe(page) == []
    # One word more at the end: of the rest not a character changes.
    words(page).press("Control+End")
    page.keyboard.type(" {{ clinic_city }}")
    assert text(page) == f"{before.rstrip()} {{{{ clinic_city }}}}\n"
    expect(page.frame_locator(FRAME).get_by_text("Springfield").first).to_be_visible()

    compose(page)
    assert text(page).rstrip() == "\n\n".join(BLOCKS)

    words(page).get_by_text("Hello", exact=True).click()
    page.keyboard.press("Alt+ArrowDown")
    assert text(page).startswith("Dear {{ first_name }}")
    page.keyboard.press("Control+z")
    page.keyboard.press("Alt+F10")
    expect(page.get_by_role("toolbar").get_by_role("button", name="Undo")).to_be_focused()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")  # "Heading": the first line is none any more
    assert text(page).rstrip() == "\n\n".join(["Hello", *BLOCKS[1:]])
    expect(page.frame_locator(FRAME).locator(".tip-cell")).to_contain_text("drink")
    expect(page.locator("#saved")).to_have_text(re.compile(r"Saved \d\d:\d\d"))
    assert saved_file(site, "issue.md") == text(page)
    assert chromium.axe(page) == []


def test_what_is_pasted_becomes_our_blocks_and_nothing_of_it_runs_or_is_fetched(letter: Any) -> None:
    page = letter(**chromium.DESKTOP)
    for html, plain, becomes in (
        (FROM_WORD, "", CLEAN),
        (FROM_DOCS, "", "**Bold** and *slanted*"),
        ("", CLEAN, CLEAN),
    ):
        emptied(page)
        page.evaluate(PASTE, [html, plain or "x"])
        assert text(page).strip() == becomes
    emptied(page)
    page.evaluate(PASTE, ["", HOSTILE])
    expect(page.get_by_role("status").filter(has_text="Pictures were left out")).to_be_visible()
    assert [each in text(page) for each in ("\\<script>", "{{ first_name }}", "> **Tip**", "room.png")] == [
        True
    ] * 4
    assert words(page).locator("script, img[src], a").count() == 0
    expect(page.frame_locator(FRAME).get_by_text("<script>alert(4)")).to_be_visible()


def test_visual_source_and_back_and_as_html_of_its_own(letter: Any, site: Site) -> None:
    page = letter(**chromium.PHONE, color_scheme="dark")
    before = saved_file(site, "issue.md")
    page.get_by_role("button", name="Source", exact=True).click()
    expect(words(page)).to_contain_text("[Choose your topics]({{ preferences_url }}){.button}")
    assert chromium.axe(page) == []
    words(page).press("Control+End")
    page.keyboard.type("![in](/a.png) a line")
    page.get_by_role("button", name="Visual", exact=True).click()
    expect(page.get_by_text("A picture of this letter stands in the middle of a line.")).to_be_visible()
    assert text(page) == f"{before}![in](/a.png) a line"
    for _ in range(len("![in](/a.png) a line")):
        words(page).press("Backspace")
    page.get_by_role("button", name="Visual", exact=True).click()
    expect(words(page).locator(".only-if")).to_have_count(2)
    assert text(page) == before
    assert chromium.axe(page) == []
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(wide)

    page.get_by_text("Write this e-mail as HTML").click()
    page.get_by_role("button", name="Turn it into HTML").click()
    expect(page.get_by_text("This letter is HTML source now.")).to_be_visible()
    expect(words(page)).to_contain_text(
        '<a class="button" href="{{ preferences_url }}">Choose your topics</a>'
    )
    expect(page.get_by_role("button", name="Visual", exact=True)).to_have_count(0)
    words(page).press("Control+a")
    page.keyboard.type("<p>Typed as HTML.")
    expect(page.frame_locator(FRAME).get_by_text("Typed as HTML.")).to_be_visible()
    assert chromium.axe(page) == []


def test_a_picture_is_brought_described_and_stands_in_the_letter(letter: Any) -> None:
    page = letter(**chromium.DESKTOP)
    photo = BytesIO()
    Image.new("RGB", (900, 600), "#94442f").save(photo, "JPEG")
    emptied(page)
    page.get_by_role("toolbar").get_by_role("button", name="Picture").click()
    dialog = page.get_by_role("dialog", name="A picture")
    dialog.get_by_label("From this computer").set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"no picture"}
    )
    expect(dialog.get_by_role("alert")).to_contain_text("not a picture")
    dialog.get_by_label("From this computer").set_input_files(
        {"name": "room.jpg", "mimeType": "image/jpeg", "buffer": photo.getvalue()}
    )
    described = dialog.get_by_label("What does it show?")
    expect(described).to_be_focused()
    assert chromium.axe(page) == []
    described.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("what it shows")
    described.fill("A room [with light]")
    described.press("Enter")
    expect(words(page).locator("img")).to_have_attribute("alt", "A room [with light]")
    found = re.fullmatch(
        r"!\[A room \\\[with light\\\]\]\((http\S+/media/[0-9a-f]{64}-600x400\.jpg)\)\s*", text(page)
    )
    assert found, text(page)
    expect(page.frame_locator(FRAME).locator(f'img[src="{found[1]}"][width="600"]')).to_be_visible()
    # Once more, from the shelf.
    page.keyboard.press("ArrowDown")
    page.get_by_role("toolbar").get_by_role("button", name="Picture").click()
    dialog.get_by_role("button", name="room.jpg").click()
    described.fill("Again")
    described.press("Enter")
    expect(words(page).locator("img")).to_have_count(2)
