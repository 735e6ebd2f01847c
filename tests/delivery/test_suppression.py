"""Who must not be mailed, and who may let them go again."""

from __future__ import annotations

import pytest

from newsletter.delivery import suppression
from newsletter.delivery.models import STREAMS
from newsletter.delivery.suppression import ASKED, forbids
from newsletter.errors import NotFound
from tests.delivery.office import READER, Office

EVERYTHING = set(STREAMS)


def suppress(office: Office, scope: str, reason: str, evidence: str = "", address: str = READER) -> bool:
    mailbox = office.mailbox(address)
    with office.database.writing.begin() as session:
        return suppression.suppress(session, mailbox, scope, reason, office.clock.now(), evidence)


def release(office: Office, *reasons: str) -> int:
    mailbox = office.mailbox()
    with office.database.writing.begin() as session:
        return suppression.release(session, mailbox, office.clock.now(), "she called", reasons)


def stops(office: Office) -> dict[str, str]:
    mailbox = office.mailbox()
    with office.database.reading() as session:
        return suppression.stops(session, [mailbox]).get(mailbox, {})


@pytest.mark.parametrize(("scope", "ended"), [("all", EVERYTHING), ("marketing", {"marketing", "test"})])
def test_a_stop_calls_back_what_waits_in_the_streams_it_is_about(office: Office, scope: str, ended: set[str]):
    letters = {stream: office.put(stream=stream) for stream in STREAMS}
    claimed = office.put()
    office.force(claimed, state="claimed")
    elsewhere = office.put("another@example.com")
    assert suppress(office, scope, "complaint")
    states = {stream: office.row(number).state for stream, number in letters.items()}
    assert {stream for stream, state in states.items() if state == "canceled"} == ended
    assert office.row(letters["marketing"]).reason == "do not mail: complaint"
    assert office.states([claimed, elsewhere]) == ["canceled", "queued"]


def test_a_stop_that_is_known_is_no_news_and_still_calls_back(office: Office):
    assert suppress(office, "all", "hard bounce", evidence="550 5.1.1")
    late = office.put()
    assert not suppress(office, "all", "hard bounce", evidence="another")
    assert office.row(late).state == "canceled"
    assert office.stops() == [("all", "hard bounce")]


def test_released_stops_stay_as_history_and_can_come_again(office: Office):
    suppress(office, "all", "hard bounce")
    assert release(office) == 1
    assert stops(office) == {}
    assert suppress(office, "all", "hard bounce")
    assert office.stops() == [("all", "hard bounce"), ("all", "hard bounce")]


def test_a_release_may_be_for_one_reason_only(office: Office):
    suppress(office, "all", ASKED)
    suppress(office, "all", "hard bounce")
    assert release(office, ASKED) == 1
    assert stops(office) == {"all": "hard bounce"}


def test_there_must_be_something_to_release(office: Office):
    with pytest.raises(NotFound, match="not on the do-not-mail list"):
        release(office)
    suppress(office, "all", "hard bounce")
    with pytest.raises(NotFound):
        release(office, ASKED)


def test_of_several_stops_the_one_she_cannot_end_herself_counts(office: Office):
    suppress(office, "all", "hard bounce")
    suppress(office, "all", ASKED)
    assert stops(office) == {"all": "hard bounce"}
    release(office)
    suppress(office, "all", ASKED)
    suppress(office, "all", "hard bounce")
    assert stops(office) == {"all": "hard bounce"}


def test_scopes_are_told_apart(office: Office):
    suppress(office, "marketing", "complaint")
    suppress(office, "all", ASKED)
    assert stops(office) == {"all": ASKED, "marketing": "complaint"}


@pytest.mark.parametrize(
    ("stop", "forbidden"),
    [
        ({}, set()),
        ({"marketing": "complaint"}, {"marketing", "test"}),
        ({"all": "hard bounce"}, EVERYTHING),
        ({"all": ASKED}, EVERYTHING - {"account", "staff"}),
        ({"all": ASKED, "marketing": "complaint"}, EVERYTHING - {"account", "staff"}),
        ({"all": "hard bounce", "marketing": ASKED}, EVERYTHING),
    ],
)
def test_which_streams_a_stop_forbids(stop: dict[str, str], forbidden: set[str]):
    assert {stream for stream in STREAMS if forbids(stop, stream)} == forbidden


def test_endless_evidence_is_cut(office: Office):
    assert suppress(office, "all", "hard bounce", evidence="x" * 10_000)
