"""People in a browser: found as one types, a list that comes in by itself; legible to everybody, on a phone too."""

from __future__ import annotations

import pytest

from newsletter.delivery import suppression
from newsletter.rounds import open_rounds
from tests.chromium import LOOKS, axe
from tests.web.studio.readers import come

pytestmark = pytest.mark.browser

LIST = (
    "email,first_name\n" + "".join(f"listed{each}@example.com,Reader\n" for each in range(1_200)) + "bad,\n"
)


def sound(page) -> None:
    assert axe(page) == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), (
        page.url
    )


def entered(site, open_context, look):
    page = open_context(**LOOKS[look]).new_page()
    page.goto(f"{site.url}/studio/inbox/")
    page.get_by_role("button", name="Enter the studio").click()
    return page


@pytest.mark.parametrize("look", LOOKS)
def test_from_the_list_to_a_persons_letter(site, open_context, look):
    come(site.house, 3, "resources", "tips")
    now = site.house.clock.now()
    with site.house.database.writing.begin() as session:
        suppression.suppress(session, 2, "all", "hard bounce", now, "550 5.1.1 no such mailbox")
    page = entered(site, open_context, look)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{site.url}/studio/people/add")
    page.get_by_label("Her e-mail").fill("new@example.com")
    page.get_by_label("Where did she say so?").fill("Told us at the desk")
    sound(page)
    page.get_by_role("button", name="Add her").click()
    rounds = open_rounds(site.house)
    rounds.until_idle()
    rounds.close()
    page.reload()
    for closed in page.locator(".acts summary, .story summary").all():
        closed.click()
    sound(page)
    page.get_by_role("link", name="Welcome: ").click()
    page.frame_locator("iframe").locator("body").get_by_text("Welcome").first.wait_for()
    sound(page)
    page.goto(f"{site.url}/studio/people/")
    page.get_by_label("Search by the beginning").press_sequentially("resources")
    page.wait_for_url("**q=resources*")
    page.get_by_role("status").filter(has_text="3 people").wait_for()
    page.get_by_text("Filters").click()
    page.get_by_label("Where they stand").select_option("Do not mail")
    page.wait_for_url("**status=blocked*")
    page.get_by_role("status").filter(has_text="1 person").wait_for()
    sound(page)
    page.get_by_label("Choose ").check()
    page.get_by_role("button", name="Take a tag away").click()
    sound(page)
    page.goto(f"{site.url}/studio/people/do-not-mail/")
    sound(page)
    page.get_by_role("link", name="Look, or release").click()
    sound(page)
    assert said == []


@pytest.mark.parametrize("look", LOOKS)
def test_a_list_comes_in_while_one_watches(site, open_context, look, tmp_path):
    brought = tmp_path / "people.csv"
    brought.write_text(LIST)
    page = entered(site, open_context, look)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{site.url}/studio/people/import/")
    sound(page)
    page.get_by_label("The file").set_input_files(brought)
    page.get_by_role("button", name="Upload").click()
    sound(page)
    page.get_by_label("Where did they agree?").fill("The old site")
    page.get_by_role("button", name="See what would happen").click()
    page.get_by_role("heading", name="What would happen").wait_for()  # nobody presses, nobody reloads
    sound(page)
    page.get_by_role("button", name="Bring them in").click()
    page.get_by_role("heading", name="It is in").wait_for()
    page.get_by_text("1,201 rows: 1,200 taken, 1 not.").wait_for()
    page.get_by_role("link", name="See the people").click()
    page.get_by_label("All that this list finds").check()
    page.get_by_role("button", name="Tag", exact=True).click()
    page.get_by_label("Tag").fill("moved")
    page.get_by_role("button", name="Tag them").click()
    page.get_by_role("button", name="Go on").wait_for()
    page.get_by_text("Done for 1,200 people.").wait_for()
    assert said == []
