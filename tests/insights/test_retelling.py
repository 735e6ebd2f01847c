"""What happened to one person, in the words of the screen: a table of what happened, and what is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from newsletter.audience.models import Consent, Hold, Wording
from newsletter.campaigns.models import Enrollment, Sequence, StepRun
from newsletter.delivery.models import Delivery, Event, Suppression
from newsletter.insights.happenings import Happening, Place
from newsletter.insights.history import Page
from newsletter.insights.retelling import Told, reason, retold

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
TOPICS = {"tips": "Tips", "news": "Clinic news"}
CAMPAIGNS = {"welcome": "Welcome", "spring": "Spring guide"}
WAY = {"sequence": Sequence(name="Welcome"), "zone": "Europe/Berlin"}


def told(kind: str, row: object, subject: str = "") -> Told:
    happening = Happening(Place(NOW, 1, 1), kind, row, subject)
    [said] = retold(Page((happening,), None, TOPICS, CAMPAIGNS), ZONE)
    assert said.at == NOW
    return said


def consent(act: str, how: str, **more: object) -> Consent:
    return Consent(**{"act": act, "how": how, "topics": ["news", "tips"], "page": None, "ip": None} | more)


@pytest.mark.parametrize(
    ("act", "title", "line"),
    [
        (
            consent("requested", "form", page="/"),
            "Asked for Clinic news, Tips",
            "On the sign-up form, page: /",
        ),
        (
            consent("confirmed", "confirm-page", ip="198.51.100.7", user_agent="A phone"),
            "Agreed to Clinic news, Tips",
            "By the button behind the link that we mailed her, from 198.51.100.7, A phone",
        ),
        (consent("withdrawn", "one-click"), "Left Clinic news, Tips", "By one tap in her mail program"),
        (
            consent("withdrawn", "unsubscribe-page"),
            "Left Clinic news, Tips",
            "On the page behind the link in a letter",
        ),
        (consent("confirmed", "preferences"), "Agreed to Clinic news, Tips", "On her own page"),
        (consent("confirmed", "address-change"), "Agreed to Clinic news, Tips", "From her new mailbox"),
        (
            consent("confirmed", "import", page="Open day"),
            "Agreed to Clinic news, Tips",
            "As a list states it, stated source: Open day",
        ),
        (
            consent("confirmed", "staff", page="At the desk"),
            "Agreed to Clinic news, Tips",
            "Told to the staff, stated source: At the desk",
        ),
        (consent("confirmed", "a-new-way"), "Agreed to Clinic news, Tips", "A-new-way"),
        (consent("confirmed", "form", topics=[]), "Agreed to no topic", "On the sign-up form"),
        (consent("requested", "form", topics=["gone"]), "Asked for gone", "On the sign-up form"),
    ],
)
def test_an_act_of_consent_says_what_and_how(act, title, line):
    said = told("consent", act)
    assert (said.title, said.lines) == (title, (line,))
    assert said.words == ""


def test_the_exact_words_stand_with_the_act():
    act = consent("confirmed", "form", wording=Wording(name="sign-up", text="May we?\nYes."))
    assert told("consent", act).words == "May we?\nYes."


def letter(state: str, **more: object) -> Delivery:
    facts = {"id": 7, "stream": "marketing", "campaign": "welcome", "state": state, "reason": None}
    return Delivery(**facts | more)


@pytest.mark.parametrize(
    ("sent", "chip", "tone", "lines"),
    [
        (letter("sent"), "sent", "well", ("Welcome",)),
        (letter("queued"), "waiting to be sent", "", ("Welcome",)),
        (letter("claimed"), "being written", "", ("Welcome",)),
        (letter("handoff"), "being handed over", "", ("Welcome",)),
        (
            letter("failed", reason="missing first_name"),
            "not sent",
            "alarm",
            ("Missing first_name", "Welcome"),
        ),
        (
            letter("unknown", reason="the mail server never answered"),
            "maybe sent: the mail server never answered",
            "alarm",
            ("The mail server never answered", "Welcome"),
        ),
        (letter("poison"), "stopped after repeated failures", "alarm", ("Welcome",)),
        (
            letter("skipped", reason="do not mail: complaint"),
            "not sent",
            "soft",
            ("Do not mail: marked as spam", "Welcome"),
        ),
        (
            letter("canceled", reason="she left the letters"),
            "canceled",
            "soft",
            ("She left the letters", "Welcome"),
        ),
        (letter("superseded"), "not sent", "soft", ("Welcome",)),
        (letter("expired"), "too late to be useful, not sent", "soft", ("Welcome",)),
        (letter("sent", campaign=None, stream="account"), "sent", "well", ("Account letter",)),
        (letter("sent", campaign="spring"), "sent", "well", ("Spring guide",)),
        (letter("sent", campaign="gone"), "sent", "well", ()),
    ],
)
def test_a_letter_says_its_state_its_reason_and_what_it_belongs_to(sent, chip, tone, lines):
    said = told("letter", sent, "A subject")
    assert (said.title, said.chip, said.tone, said.lines) == ("“A subject”", chip, tone, lines)
    assert said.letter == 7


def test_a_newsletter_named_like_its_subject_is_not_said_twice():
    assert told("letter", letter("sent", campaign="spring"), "Spring guide").lines == ("Newsletter",)
    assert told("letter", letter("sent"), "").title == "A letter"


@pytest.mark.parametrize(
    ("event", "title", "lines"),
    [
        (Event(kind="opened", link=0, times=1, delivery_id=7), "Opened “A subject”", ()),
        (Event(kind="clicked", link=2, times=1, delivery_id=7), "Followed link 2 of “A subject”", ()),
        (
            Event(kind="opened", link=0, times=3, delivery_id=7, by_machine=True),
            "Opened “A subject”",
            ("3 times, first then", "perhaps only a program of her mail server"),
        ),
    ],
)
def test_a_sign_that_she_read_it_says_how_sure_it_is(event, title, lines):
    said = told("event", event, "A subject")
    assert (said.title, said.lines, said.letter) == (title, lines, 7)


@pytest.mark.parametrize(
    ("kind", "stop", "title", "lines"),
    [
        (
            "stopped",
            Suppression(scope="all", reason="hard bounce", evidence="550 5.1.1"),
            "Do not mail: address does not exist",
            ("Everything stopped", "550 5.1.1"),
        ),
        (
            "stopped",
            Suppression(scope="marketing", reason="by hand", evidence=""),
            "Do not mail: put here by hand",
            ("News stopped",),
        ),
        (
            "stopped",
            Suppression(scope="all", reason="some new reason", evidence=""),
            "Do not mail: some new reason",
            ("Everything stopped",),
        ),
        (
            "released",
            Suppression(scope="all", reason="asked", evidence="", note="she confirmed a new sign-up"),
            "Everything may be mailed again",
            ("Was stopped: she asked for no e-mails at all", "she confirmed a new sign-up"),
        ),
        (
            "released",
            Suppression(scope="marketing", reason="soft bounces", evidence="x", note=None),
            "News may be mailed again",
            ("Was stopped: mailbox full or away, again and again",),
        ),
    ],
)
def test_a_stop_says_why_and_what_it_stops(kind, stop, title, lines):
    said = told(kind, stop)
    assert (said.title, said.lines) == (title, lines)
    assert said.tone == ("alarm" if kind == "stopped" else "")


@pytest.mark.parametrize(
    ("kind", "of", "title", "lines"),
    [
        ("held", "break", "On a break until 31 March 2026", ()),
        ("held", "healing", "Held back by the clinic until 31 March 2026", ()),
        ("let go", "break", "No longer on a break", ("It was until 31 March 2026",)),
    ],
)
def test_a_break_says_its_end_on_her_own_calendar(kind, of, title, lines):
    until = datetime(2026, 4, 1, 3, tzinfo=UTC)  # the evening before in New York
    said = told(kind, Hold(kind=of, until=until))
    assert (said.title, said.lines) == (title, lines)


@pytest.mark.parametrize(
    ("kind", "way", "title", "lines"),
    [
        ("began", Enrollment(state="active", **WAY), "Began Welcome", ("Times follow Europe/Berlin",)),
        ("ended", Enrollment(state="complete", reason=None, **WAY), "Came to the end of Welcome", ()),
        (
            "ended",
            Enrollment(state="exited", reason="she left the letters", **WAY),
            "Left the sequence Welcome",
            ("She left the letters",),
        ),
    ],
)
def test_a_sequence_says_how_it_began_and_ended(kind, way, title, lines):
    said = told(kind, way)
    assert (said.title, said.lines) == (title, lines)


def test_a_letter_that_never_was_one_says_why_without_what_would_fill_it():
    run = StepRun(reason="too late to be useful", planned_at=NOW, until=NOW + timedelta(days=1))
    said = told("not sent:welcome", run, "{% if first_name %}{{ first_name }}, {% endif %}your skin")
    assert (said.title, said.chip) == ("“…, your skin”", "not sent")
    assert said.lines == ("Too late to be useful", "Welcome")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, ""),
        ("", ""),
        ("she left the letters", "She left the letters"),
        ("do not mail: asked", "Do not mail: she asked for no e-mails at all"),
        ("do not mail: something else", "Do not mail: something else"),
        ("the reader does not mail: hard bounce", "The reader does not mail: hard bounce"),
    ],
)
def test_a_reason_is_a_sentence_and_knows_the_do_not_mail_list(text, says):
    assert reason(text) == says
