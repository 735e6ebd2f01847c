"""Her own data, as a person takes the road: from a letter to the page, to the file, to the end of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from newsletter.audience import erased, signup
from newsletter.audience.consent import Evidence
from newsletter.audience.models import Subscriber
from newsletter.audience.signup import SignUp
from newsletter.delivery.models import PracticeLetter
from newsletter.links import Purpose
from newsletter.rounds import open_rounds
from tests import chromium

pytestmark = pytest.mark.browser

READER = "reader@example.com"


@pytest.fixture(params=chromium.LOOKS)
def page(request: Any, open_context: Any) -> Any:
    """A page in one of the looks, without JavaScript: none of this needs any."""
    return open_context(**chromium.LOOKS[request.param], java_script_enabled=False).new_page()


@pytest.fixture(params=chromium.LOOKS)
def judged(request: Any, open_context: Any) -> Any:
    """The same with JavaScript, which axe needs."""
    return open_context(**chromium.LOOKS[request.param]).new_page()


@pytest.fixture
def reader(site: Any) -> int:
    """Somebody who has signed up and confirmed, with her first letter; returns her number."""
    house = site.house
    now = house.clock.now()
    ask = SignUp(email=READER, first_name="Reader", time_zone="Europe/London", ip="203.0.113.9")
    with house.database.writing.begin() as session:
        asked = signup.request(session, ask, house.links, now)
        person = session.scalars(select(Subscriber.id)).one()
        signup.confirm(session, (asked.mailbox_id, person), Evidence("confirm-page"), now)
    work(site)
    return person


def work(site: Any) -> None:
    rounds = open_rounds(site.house)
    rounds.until_idle()
    rounds.close()


def preferences(site: Any, person: int) -> str:
    return f"{site.url}/preferences/{site.house.links.sign(Purpose.PREFERENCES, person)}"


def follow_the_letter(page: Any, site: Any) -> Any:
    """Open the newest letter in the practice inbox, and click its link: a new tab."""
    work(site)
    page.goto(f"{site.url}/studio/inbox/")
    page.get_by_role("link", name="The link you asked for").first.click()
    page.get_by_role("navigation", name="As it looks").get_by_role("link", name="Text").click()
    with page.context.expect_page() as opened:
        page.locator("pre a[href*='/data/']").click()
    return opened.value


def sound(page: Any) -> None:
    assert chromium.axe(page) == [], page.url
    fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    assert page.evaluate(fits), page.url


def letters(site: Any) -> list[PracticeLetter]:
    with site.house.database.reading() as session:
        return list(session.scalars(select(PracticeLetter)))


def test_from_a_letter_to_everything_we_hold_and_the_file(site, page, reader, tmp_path):
    page.goto(preferences(site, reader))
    page.get_by_role("button", name="Show me what you hold").click()
    tab = follow_the_letter(page, site)
    tab.get_by_role("button", name="Show me").click()
    tab.get_by_role("heading", name="What we hold about you").wait_for()
    assert tab.url == f"{site.url}/data", "a copied address carries no key"
    assert tab.get_by_text(READER).count()
    with tab.expect_download() as started:
        tab.get_by_role("link", name="Download as JSON").click()
    assert started.value.suggested_filename == "my-data.json"
    file = Path(tmp_path) / "my-data.json"
    started.value.save_as(file)
    held = json.loads(file.read_text())
    assert (held["person"]["first_name"], held["mailbox"]["address"]) == ("Reader", READER)


def test_from_a_letter_to_the_end_of_it(site, page, reader):
    page.goto(preferences(site, reader))
    page.get_by_role("button", name="Delete my data").click()
    tab = follow_the_letter(page, site)
    tab.get_by_role("heading", name="Delete your data?").wait_for()
    tab.get_by_role("button", name="Delete my data").click()
    tab.get_by_role("heading", name="Done. Your data is deleted.").wait_for()
    assert letters(site) == []
    with site.house.database.reading() as session:
        assert session.scalars(select(Subscriber)).all() == []
        assert erased.erased(session, site.house.vault, [READER]) == {READER}
    tab.get_by_role("link", name="Sign up again").click()
    tab.get_by_label("Your e-mail").wait_for()


def test_every_page_about_her_data_is_sound(site, judged, reader):
    page = judged
    page.goto(f"{site.url}/what-we-keep")
    sound(page)
    page.goto(preferences(site, reader))
    page.get_by_role("button", name="Show me what you hold").click()
    tab = follow_the_letter(page, site)
    used = tab.url
    sound(tab)
    tab.get_by_role("button", name="Show me").click()
    tab.get_by_role("heading", name="What we hold about you").wait_for()
    sound(tab)
    tab.locator("summary").first.click()
    sound(tab)
    tab.goto(used)
    tab.get_by_role("heading", name="This link was used already").wait_for()
    sound(tab)


def test_the_pages_of_the_deletion_are_sound(site, judged, reader):
    judged.goto(preferences(site, reader))
    judged.get_by_role("button", name="Delete my data").click()
    tab = follow_the_letter(judged, site)
    sound(tab)
    tab.get_by_role("button", name="Delete my data").click()
    tab.get_by_role("heading", name="Done. Your data is deleted.").wait_for()
    sound(tab)
