"""The brand is decided once, seen before it is kept, and worn by what is used from then on."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

from PIL import Image
from sqlalchemy import func, select

from newsletter.campaigns.desk import dressing
from newsletter.campaigns.filing import starter
from newsletter.campaigns.models import Enrollment, Sequence
from newsletter.content import wearing
from newsletter.content.models import Version
from newsletter.delivery.models import PracticeLetter
from newsletter.stored import StoredSetting
from tests.walks.story import Story
from tests.web.visiting import Visitor, both, words

PAGE = "/studio/settings/brand/"


def a_logo() -> bytes:
    held = BytesIO()
    Image.new("RGB", (520, 128), "navy").save(held, "PNG")
    return held.getvalue()


def keep(visitor: Visitor, data: bytes = b"", name: str = "", **typed: str) -> str:
    """Press “Keep this look”, with a file for the logo where there is one; what the page says then."""
    visitor.open(PAGE)
    token = visitor.page.partition('name="csrf_token" value="')[2].partition('"')[0]
    fields = {"csrf_token": token, "accent": "#94442f", "heading": "georgia", "logo": ""} | typed
    parts = [f'name="{field}"\r\n\r\n{value}'.encode() for field, value in fields.items()]
    parts.append(f'name="picture"; filename="{name}"\r\n\r\n'.encode() + data)
    head = b"--of-a-form\r\nContent-Disposition: form-data; "
    body = b"".join(head + part + b"\r\n" for part in parts) + b"--of-a-form--\r\n"
    visitor.send(PAGE, body, content_type="multipart/form-data; boundary=of-a-form", follow=True)
    return words(visitor.page)


def worn(story: Story) -> tuple[str, str, str]:
    with story.house.database.reading() as session:
        now = wearing.worn(session)
    return now.accent, now.heading, re.sub(r"[0-9a-f]{64}", "…", now.logo)


def test_it_is_kept_with_a_logo_from_this_computer_and_the_sample_wears_it(
    story: Story, marketer: Visitor
) -> None:
    assert "Kept. Letters that are used from now on look like this." in keep(
        marketer, a_logo(), "logo.png", accent="#000080", heading="verdana"
    )
    logo = "https://letters.clinic.example/media/…-520x128.png"
    assert worn(story) == ("#000080", "verdana", logo)
    sample = marketer.open(f"{PAGE}letter")
    assert "sandbox" in sample.headers["Content-Security-Policy"]
    assert "background-color:#000080" in sample.text
    assert 'alt="Example Skin Clinic"' in sample.text
    assert 'width="260" height="64"' in sample.text
    # Another color is tried without being kept; a logo that is not ours is not tried at all.
    tried = marketer.open(f"{PAGE}letter?accent=%23006400&logo=https://elsewhere.example/media/x.png")
    assert "background-color:#006400" in tried.text
    assert "elsewhere" not in tried.text
    assert worn(story)[0] == "#000080"
    assert "Every new letter, as the logo" in words(marketer.open("/studio/settings/pictures/").text)
    assert "Delete" not in words(marketer.page)


def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays_as_typed(
    story: Story, marketer: Visitor
) -> None:
    said = keep(marketer, accent="#ffcc00", heading="trebuchet")
    assert "the nearest color that would do is #8f7200" in said
    assert 'value="#ffcc00"' in marketer.page
    assert '<option value="trebuchet" selected>' in marketer.page
    marketer.press("Take #8f7200 instead")
    assert worn(story) == ("#8f7200", "trebuchet", "")
    said = keep(marketer, b"%PDF-1.7", "logo.png", accent="#000080")
    assert "This is a PDF; right would be a JPEG, PNG, WebP or GIF." in said
    assert 'value="#000080"' in marketer.page
    assert worn(story)[0] == "#8f7200"
    both = keep(marketer, b"%PDF-1.7", "logo.png", accent="#ffcc00")
    assert "This is a PDF" in both
    assert "the nearest color that would do is #8f7200" in both
    assert "This is not a color" in keep(marketer, accent='"><script>alert(1)</script>')
    assert "<script>alert" not in marketer.page


@both
def test_live_letters_keep_their_look_until_all_get_the_new_one_and_nobody_gets_anything_twice(
    story: Story, sign_in: Callable[[str], Visitor]
) -> None:
    with story.house.database.writing.begin() as session:
        if not session.scalar(select(func.count()).select_from(Sequence)):
            starter.load(session, story.clock.now())
    story.sign_up()
    story.confirm()
    before = newest_page(story)
    keep(sign_in("owner"), accent="#000080")
    story.live(days=2)
    assert "#000080" not in newest_page(story)
    marketer = sign_in("marketer")
    assert "An older look: Welcome." in words(marketer.open(PAGE).text)
    with story.house.database.reading() as session:
        due = session.scalars(select(Enrollment.next_due_at)).all()
        versions = session.scalar(select(func.count()).select_from(Version))
    assert "All live letters look like this" in words(marketer.press("Give all live letters this look").text)
    story.rounds.until_idle()
    with story.house.database.reading() as session:
        assert session.scalars(select(Enrollment.next_due_at)).all() == due
        assert session.scalar(select(func.count()).select_from(Version)) == (versions or 0) + 6
        assert dressing.undressed(session) == {}
    assert "Every sequence that is live wears this look." in words(marketer.open(PAGE).text)
    story.live(days=4)
    assert "background-color:#000080" in newest_page(story).replace("=\n", "") or "#000080" in newest_page(
        story
    )
    assert len(story.subjects()) == len(set(story.subjects())) == 3
    assert before != newest_page(story)


def newest_page(story: Story) -> str:
    """The HTML of the letter that arrived last."""
    html = story.letters()[-1].get_body(("html",))
    assert html is not None
    return str(html.get_content())


def test_account_mail_wears_it_at_once(story: Story, marketer: Visitor) -> None:
    story.sign_up("another@example.com")
    keep(marketer, accent="#000080")
    story.sign_up()
    with story.house.database.reading() as session:
        addresses = session.scalars(select(PracticeLetter.recipient).order_by(PracticeLetter.id)).all()
        by = session.scalars(select(StoredSetting.set_by).where(StoredSetting.name == "brand")).one()
    assert addresses[-1] == "reader@example.com"
    assert "background-color:#000080" in newest_page(story)
    assert by is not None
