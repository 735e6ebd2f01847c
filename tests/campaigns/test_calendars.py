"""A rehearsal in anybody's calendar."""

from datetime import UTC, datetime, timedelta

from icalendar import Calendar

from newsletter.campaigns.calendars import calendar
from newsletter.campaigns.rehearsing import Letter, rehearse
from tests.campaigns.timelines import HOURS, NEW_YORK, WELCOME, step

CONFIRMED = datetime(2026, 3, 5, 22, 30, tzinfo=NEW_YORK)
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SUBJECT = "Größe, Preis; \\ und ein Satz, der länger ist als die 75 Oktette einer Zeile nach RFC 5545 🌿"


def written(letters, anchor=CONFIRMED):
    rehearsed = rehearse(letters, anchor, NEW_YORK, HOURS)
    return calendar(rehearsed, name="Welcome", slug="welcome", host="letters.clinic.example", now=NOW)


def events(ics):
    return Calendar.from_ical(ics).walk("VEVENT")


def test_a_calendar_library_reads_six_events_at_their_instants():
    ics = written([Letter(each, f"About {each.key}") for each in WELCOME])
    assert [(str(each["summary"]), each["dtstart"].dt) for each in events(ics)][:2] == [
        ("About welcome", datetime(2026, 3, 6, 3, 30, tzinfo=UTC)),
        ("About is-one-enough", datetime(2026, 3, 7, 15, tzinfo=UTC)),
    ]
    assert len(events(ics)) == 6
    assert b"DTSTART:20260310T140000Z\r\n" in ics  # UTC, and after the change of clocks


def test_every_property_that_rfc_5545_requires_is_there():
    ics = written([Letter(WELCOME[0], "Welcome")])
    page = Calendar.from_ical(ics)
    (event,) = events(ics)
    assert (page["version"], str(page["x-wr-calname"])) == ("2.0", "Welcome")
    assert page["prodid"]
    assert event["dtstamp"].dt == NOW
    assert ics.startswith(b"BEGIN:VCALENDAR\r\n")
    assert ics.endswith(b"END:VCALENDAR\r\n")


def test_subjects_survive_escaping_and_folding():
    ics = written([Letter(WELCOME[0], SUBJECT)])
    assert all(len(line) <= 75 for line in ics.split(b"\r\n"))
    (event,) = events(ics)
    assert str(event["summary"]) == SUBJECT


def test_importing_again_moves_events_instead_of_doubling_them():
    letters = [Letter(each, each.key) for each in WELCOME]
    earlier, later = written(letters), written(letters, CONFIRMED + timedelta(days=3))
    uids = [str(each["uid"]) for each in events(earlier)]
    assert uids == [str(each["uid"]) for each in events(later)]
    assert len(set(uids)) == 6
    assert uids[0] == "welcome.0.welcome@letters.clinic.example"


def test_an_event_says_until_when_and_under_which_condition_it_goes():
    (event,) = events(written([Letter(step("a", 0, after="0m", until="12h", only_if="preparation"), "A")]))
    assert (
        str(event["description"]) == "Still worth sending until 2026-03-06 10:30.\nGoes only if preparation"
    )
