"""Versions of a letter, and e-mails to decide on, in a real browser: sound on a phone in the dark and on a desk by day."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from newsletter.audience import signup
from newsletter.audience.consent import Evidence
from newsletter.audience.signup import SignUp
from newsletter.campaigns.desk import drafting
from newsletter.campaigns.desk.drafting import Papers
from newsletter.delivery.models import Delivery
from newsletter.rounds import open_rounds
from newsletter.staff import roll
from tests import chromium

pytestmark = pytest.mark.browser
LETTER, KEY = "/studio/sequences/welcome/is-one-enough", "is-one-enough"
LONG = "somebody-whose-address-no-line-of-a-telephone-holds@a-domain-of-the-same-length.example.com"

FATES = (
    ("unknown", "the mail server never answered"),
    ("poison", "stopped after 3 failures"),
    ("failed", "missing first_name"),
)


@pytest.fixture
def troubled(site: Any) -> Any:
    """Three sittings on a letter, and e-mails with three fates."""
    house, now = site.house, site.house.clock.now()
    with house.database.writing.begin() as session:
        writer = roll.practice_owner(session, now)
        papers, _ = drafting.papers(session, "welcome")
        body = papers.body(KEY)
        for number, words in enumerate((f"Hello.\n\n{body}", body.replace("The", "A"), body[:-80])):
            say = partial(Papers.write, key=KEY, subject=f"Wording {number}", preview_text="", body=words)
            at = now - timedelta(hours=5 - number)
            drafting.save(session, "welcome", number, say, writer, at)
        for number in range(3):
            asked = signup.request(session, SignUp(email=f"{number}{LONG}"), house.links, now)
            signup.confirm(session, (asked.mailbox_id, number + 1), Evidence("confirm-page"), now)
    rounds = open_rounds(house)
    rounds.until_idle()
    rounds.close()
    with house.database.writing.begin() as session:
        letters = session.scalars(select(Delivery.id).where(Delivery.campaign == "welcome"))
        for number, (state, reason) in zip(letters.all(), FATES, strict=True):
            fate = {"state": state, "reason": reason}
            session.execute(update(Delivery).where(Delivery.id == number).values(fate))
    return site


@pytest.mark.parametrize("look", chromium.LOOKS)
def test_they_are_sound_and_the_picture_keeps_its_walls(troubled, open_context, look):
    page = open_context(**chromium.LOOKS[look]).new_page()
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text))
    page.goto(f"{troubled.url}/studio/inbox/")
    page.get_by_role("button", name="Enter the studio").click()
    page.get_by_role("heading", name="Today", exact=True).wait_for()
    page.goto(f"{troubled.url}{LETTER}/write")
    page.get_by_role("link", name="Versions").click()
    page.get_by_role("link", name="Wording 0").click()
    frame = page.frame_locator("iframe")
    frame.get_by_text("Hello.").wait_for()
    sound(page)
    page.get_by_role("button", name="Bring this back").click()
    page.get_by_text("It is back on the draft.").wait_for()
    page.goto(f"{troubled.url}/studio/deliveries/")
    sound(page)
    page.get_by_role("link", name="Decide at Welcome: maybe sent").click()
    page.get_by_role("heading", name="1 e-mail maybe sent").wait_for()
    sound(page)
    page.get_by_label("To go on, type how many: 1").fill("1")
    page.get_by_role("button", name="Send again").click()
    page.get_by_text("1 e-mail going out again.").wait_for()
    assert said == []


def sound(page: Any) -> None:
    assert chromium.axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
