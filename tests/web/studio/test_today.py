"""Today as each of the staff sees it. What its figures are is told in tests/insights/test_today.py."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import html as trees
from sqlalchemy import select, update

from newsletter import pulse
from newsletter.campaigns import broadcasts
from newsletter.campaigns.models import Broadcast, CampaignDraft
from newsletter.delivery.models import Delivery
from newsletter.web.studio.today import source_of
from tests.web.visiting import READER, both, words

NEWSLETTER = "tips-five-questions"


def write(story, work):
    with story.house.database.writing.begin() as session:
        return work(session)


@pytest.fixture
def reader(story):
    """One who signed up and confirmed."""
    story.sign_up()
    story.confirm()


def steps(page):
    """The first ten minutes, those that are done with a tick."""
    lines = trees.fromstring(page).cssselect(".first li")
    return [
        ("x " if "done" in (line.get("class") or "") else "- ") + " ".join(line.text_content().split())
        for line in lines
    ]


def test_a_fresh_practice_says_what_to_do_first(marketer):
    page = marketer.open("/studio/").text
    seen = words(page)
    assert "No mail is going out: nothing that sends it has run yet." in seen
    assert "turning the clock sends what is due" in seen
    assert "Nothing. All is on its way or done." in seen
    assert "Nothing today, nor in the seven days after." in seen
    assert "Nobody came or left in two weeks." in seen
    assert steps(page) == [
        "x Enter the studio: done",
        "- Sign up yourself, as a visitor would, and confirm",
        "- Read the welcome letter in the practice inbox",
        "- Change a sentence of a letter",
        "- Turn the clock, and watch letters arrive",
        "- Send a newsletter",
    ]


def test_the_postman_s_pulse_is_told_by_the_machine_s_clock(story, marketer, clock):
    clock.real = clock.at + timedelta(hours=1)
    write(story, lambda session: pulse.beat(session, "worker-1", clock.machine()))
    assert "Mail is going out, into the practice inbox. Last checked 05:30." in words(
        marketer.open("/studio/").text
    )
    clock.advance(minutes=10)
    assert "Mail has stopped since Mon 2 Mar, 05:30." in words(marketer.open("/studio/").text)
    assert trees.fromstring(marketer.page).cssselect(".pulse.alarm[role=alert]")


def test_a_turned_clock_is_told_apart_from_the_machine_s(story, marketer, clock):
    write(story, lambda session: pulse.beat(session, "worker-1", clock.machine()))
    clock.real, clock.at = clock.at, clock.at + timedelta(days=3)
    page = marketer.open("/studio/").text
    assert "Last checked 04:30 by this computer’s own clock." in words(page)
    assert "x Turn the clock, and watch letters arrive: done" in steps(page)


@both
def test_a_busy_day_is_told_on_one_page(story, marketer, reader, clock):
    def happen(session):
        broadcasts.send(session, NEWSLETTER, clock.now(), at=clock.now() + timedelta(days=2, minutes=37))
        late = session.scalar(select(Broadcast).where(Broadcast.slug == "news-what-is-new"))
        late.state, late.starts_at = "late", clock.now() - timedelta(days=3)
        session.execute(update(Delivery).where(Delivery.campaign == "welcome").values(state="unknown"))
        session.add(
            CampaignDraft(slug="welcome", origin="starter", files={}, digest="newer", created_at=clock.now())
        )

    write(story, happen)
    page = marketer.open("/studio/").text
    seen = words(page)
    assert "“What is new” was to go out Fri 27 Feb, 04:30, and nothing was running then." in seen
    assert "1 e-mail of “Welcome” maybe sent: the mail server never answered." in seen
    assert "A newer release has other words for “Welcome”." in seen
    assert "Wednesday, 4 March 05:00 Five questions to take to a consultation, 1 person, at 05:07" in seen
    assert "10:00 letters: 1" in seen
    rows = [[cell.text for cell in row] for row in trees.fromstring(page).cssselect(".week tbody tr")]
    assert rows == [["Joined", "1", "0"], ["Sign-up page", "1", "0"], ["Left", "0", "0"]]
    assert "x Sign up yourself, as a visitor would, and confirm: done" in steps(page)
    for link in trees.fromstring(page).cssselect(".today a"):
        assert marketer.client.get(link.get("href")).status_code == 200, link.get("href")


def test_whoever_only_reads_sees_numbers_no_address_and_no_first_steps(sign_in, story, reader):
    write(
        story,
        lambda session: session.execute(update(Delivery).values(state="failed", reason=f"550 {READER}")),
    )
    viewer = sign_in("viewer")
    page = viewer.open("/studio/").text
    assert "1 e-mail of “Welcome” not sent: refused by a mail server, or not to be written." in words(page)
    assert READER not in page
    assert steps(page) == []
    assert "New newsletter" not in page


def test_once_all_is_done_the_first_steps_are_gone(story, marketer, reader, clock):
    def finish(session):
        issue = session.scalar(select(Broadcast).where(Broadcast.slug == NEWSLETTER))
        issue.state, issue.started_at = "sent", clock.now()
        session.add(
            CampaignDraft(
                slug="mine",
                origin="studio",
                files={},
                digest="",
                state="used",
                edited_by=1,
                created_at=clock.now(),
            )
        )

    write(story, finish)
    assert len(steps(marketer.open("/studio/").text)) == 6
    clock.real, clock.at = clock.at, clock.at + timedelta(days=1)
    assert steps(marketer.open("/studio/").text) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("form:site", "Sign-up page"),
        ("form:embed", "The form on another page"),
        ("form:spa", "Form “spa”"),
        ("form", "form"),
        ("import", "import"),
    ],
)
def test_a_source_is_said_as_people_would(source, said):
    assert source_of(source) == said
