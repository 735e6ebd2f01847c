"""The settings and the clinic's facts: who sees which page, and what a changed fact changes without a restart."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import html as trees
from sqlalchemy import select

from newsletter import stored
from newsletter.audit import AuditEntry
from newsletter.clinic import NOBODY, SETTINGS
from newsletter.errors import Mistakes
from newsletter.rounds import open_rounds
from newsletter.stored import StoredSetting
from newsletter.web import create_app
from newsletter.web.studio import rail
from newsletter.web.studio.settings import index as settings
from tests.walks.story import text_of
from tests.web.studio.keys import key_of
from tests.web.visiting import READER, Visitor, both, words

CLINIC = "/studio/settings/clinic/"
PRACTICE = "+1 555 0100"


@pytest.fixture
def owner(sign_in) -> Visitor:
    return sign_in("owner")


def elsewhere(story, owner, clock, **changed) -> Visitor:
    """The same owner at the same installation, started with other settings."""
    house = replace(story.house, settings=replace(story.house.settings, **changed))
    visitor = Visitor(create_app(house=house), clock)
    with visitor.client.session_transaction() as visit:
        visit["staff"] = key_of(owner)
    return visitor


def kept(story) -> dict[str, str]:
    with story.house.database.reading() as session:
        return stored.get(session, "clinic")


def at_the_fields(page: str) -> dict[str, str]:
    """What stands at which field, as the alert that a screen reader speaks."""
    alerts = trees.fromstring(page).cssselect(".blank [role=alert]")
    return {each.get("id").removesuffix("-wrong"): each.text_content().strip() for each in alerts}


def test_everybody_who_decides_something_finds_her_pages_in_one_list(sign_in):
    shown = {}
    for role in ("owner", "marketer"):
        page = trees.fromstring(sign_in(role).open("/studio/settings/").text)
        shown[role] = [each.text_content() for each in page.cssselect(".ways .name")]
        assert all(each.text_content() for each in page.cssselect(".ways .says"))
    assert {"Clinic", "How we send", "Who works here", "What was done"} <= set(shown["owner"])
    assert set(shown["marketer"]) < set(shown["owner"])
    assert "Clinic" not in shown["marketer"]
    assert set(settings.SAYS) == {each.endpoint for each in rail.SETTINGS}


def test_each_page_says_where_one_is(owner):
    for entry in rail.SETTINGS:
        if owner.client.get(entry.under).status_code == 200:
            here = trees.fromstring(owner.open(entry.under).text).cssselect("nav.sections [aria-current]")
            assert [each.text_content() for each in here] == [entry.label]


@both
def test_a_changed_fact_stands_on_the_next_page_and_in_the_next_e_mail(story, owner, clock):
    visitor = Visitor(owner.app, clock)
    visitor.sign_up()  # her letter waits in the queue, and knows nothing of what comes
    owner.open(CLINIC)
    page = owner.press(
        "Save",
        phone="  +1 555 0199 ",
        city="Shelbyville",
        name="The Other Clinic",
        reply_to="desk@clinic.example",
    ).text
    assert "Saved. Every page and every e-mail says so from now on." in words(page)
    assert kept(story) == {
        "phone": "+1 555 0199",
        "city": "Shelbyville",
        "name": "The Other Clinic",
        "reply_to": "desk@clinic.example",
    }
    assert "The Other ClinicShelbyville+1 555 0199" in words(visitor.open("/").text).replace(
        " Shel", "Shel"
    ).replace(" +1", "+1")
    story.rounds.until_idle()
    (letter,) = story.letters()
    assert str(letter["From"]) == "The Other Clinic <letters@clinic.example>"
    assert letter["Reply-To"] == "desk@clinic.example"
    assert "the letters of The Other Clinic" in text_of(letter).replace("\n", " ")
    with story.house.database.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "clinic_facts_save")).one()
        row = session.get_one(StoredSetting, "clinic")
    assert entry.facts == {}, "the log of what was done says that, and not what a clinic is called"
    assert (row.set_by, row.set_at) == (entry.staff_id, clock.now())


def test_a_moved_clinic_leaves_no_old_footer_behind(story, confirmed, sign_in):
    """The welcome letter arrived under the old address; the ones after it were written before the move, too."""
    owner = sign_in("owner")
    story.rounds.until_idle()
    owner.open(CLINIC)
    owner.press("Save", postal_address="2 New Road, Shelbyville", phone="+1 555 0199")
    story.live(days=3)
    first, *later = [each for each in story.letters() if "confirm" not in each["Subject"]]
    assert "1 Example Street, Springfield" in " ".join(text_of(first).split())
    assert later
    for letter in later:
        assert "2 New Road, Shelbyville" in " ".join(text_of(letter).split())
        assert "1 Example Street" not in letter.as_string()
        assert PRACTICE not in letter.as_string()


def test_an_hour_is_counted_on_the_clock_of_the_new_zone(story, owner, clock):
    owner.open(CLINIC)
    owner.press("Save", time_zone="Europe/London")
    story.sign_up(zone="")
    story.confirm()
    story.live(days=3)
    assert [line for line in story.inbox(zone="Europe/London") if " 10:00 " in line]


def test_what_the_environment_says_is_shown_and_wins(story, owner, clock):
    given = elsewhere(story, owner, clock, clinic_given=frozenset({"phone", "name"}))
    page = given.open(CLINIC).text
    assert "Set by NEWSLETTER_CLINIC_PHONE on the server." in words(page)
    fields = {each.get("name") for each in trees.fromstring(page).cssselect("form.fields .field")}
    assert fields == SETTINGS.keys() - {"phone", "name"}
    given.press("Save", phone="+1 555 0666", name="Nobody", city="Shelbyville")
    assert kept(story) == {"city": "Shelbyville"}
    owner.open(CLINIC)  # the same database under a server that leaves the phone open
    owner.press("Save", phone="+1 555 0199")
    assert PRACTICE in words(given.open("/").text)
    assert "+1 555 0199" in words(owner.open("/").text)


def test_where_everything_is_given_there_is_nothing_to_save(story, owner, clock):
    given = elsewhere(story, owner, clock, clinic_given=frozenset(SETTINGS))
    buttons = trees.fromstring(given.open(CLINIC).text).cssselect("main button")
    assert [each.text_content() for each in buttons if each.text_content() == "Save"] == []


def test_a_mistake_stands_at_its_field_and_nothing_typed_is_lost(story, owner):
    owner.open(CLINIC)
    answer = owner.press(
        "Save",
        name="  ",
        sender="letters at clinic",
        time_zone="Mars/Olympus",
        booking_url="clinic.example/book",
        city="Shelbyville",
    )
    assert answer.status_code == 400
    said = at_the_fields(answer.text)
    assert said.keys() == {"name", "sender", "time_zone", "booking_url"}
    assert said["name"] == "Every e-mail needs this."
    assert said["sender"] == "This is not one plain e-mail address; right would be letters@clinic.example."
    assert 'value="Shelbyville"' in answer.text
    assert 'value="Mars/Olympus"' in answer.text
    assert kept(story) == {}
    assert "Example Skin Clinic" in trees.fromstring(answer.text).cssselect(".house")[0].text_content()


@pytest.mark.parametrize("text", ["line\none", "nul\x00", "turned\u202e", "x" * 900])
def test_a_fact_is_one_short_line_whatever_is_sent(story, owner, text):
    owner.open(CLINIC)
    assert owner.press("Save", phone=text).status_code == 200
    phone = kept(story)["phone"]
    assert phone.isprintable()
    assert len(phone) <= 200


def test_what_is_as_it_would_be_anyway_is_nobodys_decision(story, owner):
    """Practice's examples must not become somebody's word by pressing Save; and clearing one is a decision."""
    owner.open(CLINIC)
    owner.press("Save", phone="")
    assert kept(story) == {"phone": ""}
    assert PRACTICE not in owner.open("/").text
    owner.open(CLINIC)
    owner.press("Save", phone=PRACTICE)
    assert kept(story) == {}


def test_real_mail_waits_until_somebody_says_who_is_writing(story, owner, clock, tmp_path):
    """The three facts that the law asks for may come from here; until then nothing leaves, and every page says so."""
    nobody = {"clinic": replace(NOBODY, time_zone="UTC"), "mail_url": f"maildir://{tmp_path}/out"}
    live = elsewhere(story, owner, clock, **nobody)
    unsaid = words(live.open("/studio/settings/").text)
    assert "No e-mail leaves yet: nobody has said who is writing." in unsaid
    assert "missing: Name, From, Postal address" in words(live.open(CLINIC).text)
    house = live.app.extensions["newsletter"]
    Visitor(live.app, clock).sign_up()
    rounds = open_rounds(house)
    assert rounds.send() == 0
    with pytest.raises(
        Mistakes, match=r"NEWSLETTER_CLINIC_NAME is missing.*in the studio under Settings, Clinic"
    ):
        rounds.until_idle()
    live.open(CLINIC)
    said = {"name": "A Clinic", "sender": "letters@clinic.example", "postal_address": "1 Example Street"}
    assert live.press("Save", **said, time_zone="Europe/London").status_code == 200
    assert "No e-mail leaves" not in words(live.open("/studio/settings/").text)
    with house.database.reading() as session:
        assert house.unsaid(session) == ()
        assert house.clinic(session).zone.key == "Europe/London"
    rounds.close()
    story.rounds.until_idle()  # by practice's road, which a test may read
    assert READER in str(story.letters()[0]["To"])


def test_that_a_page_does_not_exist_is_said_by_the_clinics_own_name(owner):
    owner.open(CLINIC)
    owner.press("Save", name="The Other Clinic")
    answer = owner.open("/no-such-page")
    assert answer.status_code == 404
    assert "The Other Clinic" in words(answer.text)
