"""What a letter may mention of the clinic, and the headers that depend on who writes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes

import pytest

from newsletter.clinic import EXAMPLE_CLINIC
from newsletter.delivery import mail
from newsletter.delivery.leases import Claimed
from newsletter.delivery.letterhead import Letterhead
from newsletter.delivery.models import STREAMS
from newsletter.links import Links, Purpose
from tests.delivery.office import LETTERHEAD, READER, Words

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CLAIMED = Claimed(
    id=17,
    epoch=1,
    stream="marketing",
    mailbox_id=3,
    person_id=5,
    address=READER,
    letter="version:1",
    fields={"first_name": "Visitor 014"},
    campaign="welcome",
    step="hello",
    occurrence=0,
    dedupe_key="enrollment:1:hello:0",
    expires_at=NOW,
    tries=0,
)
WORDS = Words("A letter", "<p>Hello</p>", "Hello")


def headers(claimed: Claimed = CLAIMED, letterhead: Letterhead = LETTERHEAD):
    return message_from_bytes(mail.compose(letterhead.letter(claimed, WORDS, NOW)))


def read(purpose: Purpose, url: str) -> tuple[int, ...]:
    return LETTERHEAD.links.read(purpose, url.rpartition("/")[2], NOW)


def test_a_letter_may_mention_its_own_fields_the_clinic_and_her_links():
    fields = LETTERHEAD.fields(CLAIMED)
    assert fields["first_name"] == "Visitor 014"
    assert fields["clinic_name"] == "Example Skin Clinic"
    assert fields["preferences_url"].startswith("https://letters.clinic.example/preferences/")
    assert read(Purpose.PREFERENCES, fields["preferences_url"]) == (5,)
    assert read(Purpose.UNSUBSCRIBE, fields["unsubscribe_url"]) == (3, 5, STREAMS.index("marketing"))


def test_what_was_frozen_in_the_queue_wins_over_the_clinic_but_never_over_her_links():
    fields = LETTERHEAD.fields(
        replace(CLAIMED, fields={"clinic_name": "As it was", "unsubscribe_url": "https://elsewhere.example"})
    )
    assert fields["clinic_name"] == "As it was"
    assert fields["unsubscribe_url"].startswith("https://letters.clinic.example/u/")


def test_the_link_in_the_letter_and_the_one_in_the_header_are_the_same():
    assert headers()["List-Unsubscribe"] == f"<{LETTERHEAD.fields(CLAIMED)['unsubscribe_url']}>"


def test_a_mailbox_without_a_person_can_still_leave():
    fields = LETTERHEAD.fields(replace(CLAIMED, person_id=None))
    assert "preferences_url" not in fields
    assert read(Purpose.UNSUBSCRIBE, fields["unsubscribe_url"]) == (3, 0, 0)


def test_a_marketing_letter_carries_all_that_bulk_mail_must():
    letter = headers()
    assert letter["Message-ID"] == "<d.17@clinic.example>"
    assert letter["From"] == "Example Skin Clinic <letters@clinic.example>"
    assert letter["To"] == READER
    assert letter["List-Id"] == "Example Skin Clinic letters <letters.clinic.example>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["Feedback-ID"] == "welcome:hello:marketing:newsletter"
    assert letter["Precedence"] == "bulk"


@pytest.mark.parametrize("stream", [stream for stream in STREAMS if stream != "marketing"])
def test_no_other_letter_looks_like_bulk(stream: str):
    letter = headers(replace(CLAIMED, stream=stream))
    for name in ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID", "Precedence"):
        assert letter[name] is None, name
    assert "unsubscribe_url" not in LETTERHEAD.fields(replace(CLAIMED, stream=stream))


def test_nothing_in_the_feedback_id_is_of_one_person():
    other = replace(CLAIMED, id=18, mailbox_id=4, person_id=6, address="another@example.com")
    assert headers(other)["Feedback-ID"] == headers()["Feedback-ID"]
    assert headers(replace(CLAIMED, campaign=None, step=None))["Feedback-ID"].startswith("none:none:")


def test_replies_go_where_the_clinic_says():
    assert headers()["Reply-To"] is None
    desk = replace(LETTERHEAD, clinic=replace(EXAMPLE_CLINIC, reply_to="desk@clinic.example"))
    assert headers(letterhead=desk)["Reply-To"] == "desk@clinic.example"


@pytest.mark.parametrize(
    "base",
    ["http://127.0.0.1:8000", "http://[::1]:8000", "http://localhost", "https://clinic.example/letters"],
)
def test_wherever_the_site_is_the_letter_can_be_composed(base: str):
    here = replace(LETTERHEAD, links=Links(base, LETTERHEAD.links.keys))
    assert headers(letterhead=here)["List-Unsubscribe"].startswith(f"<{base}/u/")


def test_the_same_letter_is_the_same_bytes_on_every_retry():
    once, again = (
        mail.compose(LETTERHEAD.letter(each, WORDS, NOW)) for each in (CLAIMED, replace(CLAIMED, epoch=9))
    )
    assert once == again


AGREED = replace(CLAIMED, counted=True)


def test_the_links_of_a_reader_who_did_not_agree_are_those_of_every_reader():
    fields = LETTERHEAD.fields(CLAIMED)
    other = replace(CLAIMED, id=18, mailbox_id=4, person_id=6, fields={}, address="another@example.com")
    assert fields["clicks_url"] == LETTERHEAD.fields(other)["clicks_url"]
    assert bytes(read(Purpose.COUNT, fields["clicks_url"])).decode() == "version:1"
    assert "opened_url" not in fields


def test_the_links_of_a_reader_who_agreed_name_her_letter_and_so_does_its_pixel():
    fields = LETTERHEAD.fields(AGREED)
    assert read(Purpose.CLICK, fields["clicks_url"]) == (17,)
    assert fields["opened_url"].startswith("https://letters.clinic.example/o/")
    assert read(Purpose.OPEN, fields["opened_url"].removesuffix(".gif")) == (17,)


@pytest.mark.parametrize("stream", [stream for stream in STREAMS if stream != "marketing"])
def test_no_other_letter_is_counted_whatever_its_fields_say(stream: str):
    planted = {"clicks_url": "https://elsewhere.example/c", "opened_url": "https://elsewhere.example/o"}
    fields = LETTERHEAD.fields(replace(AGREED, stream=stream, fields=planted))
    assert fields.keys().isdisjoint(planted)


def test_a_letter_with_a_booking_page_of_its_own_is_counted_only_where_its_row_may_be_asked():
    own = {"booking_url": "https://clinic.example/for-her"}
    assert "clicks_url" not in LETTERHEAD.fields(replace(CLAIMED, fields=own))
    assert "clicks_url" in LETTERHEAD.fields(replace(AGREED, fields=own))
