"""E-mails that nobody knows about: a page that says what happened, and the decision, which counts once."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from newsletter.audit import AuditEntry
from newsletter.delivery.models import Delivery
from tests.web.studio.readers import post
from tests.web.visiting import READER, both, counts, words

LIST = "/studio/deliveries/"
WELCOME = f"{LIST}unknown/welcome/"


@pytest.fixture
def lost(story, confirmed):
    """`lost("unknown")`: the welcome letter of a reader ended so; its number."""
    story.rounds.until_idle()

    def end(state="unknown", reason=None, **more) -> int:
        with story.house.database.writing.begin() as session:
            number = session.scalars(select(Delivery.id).where(Delivery.campaign == "welcome")).one()
            values = {"state": state, "reason": reason, "sent_at": None, **more}
            session.execute(update(Delivery).where(Delivery.id == number).values(values))
        return number

    return end


def row(story, number: int) -> Delivery:
    with story.house.database.reading() as session:
        return session.get_one(Delivery, number)


def log(story) -> list[tuple[str, dict[str, object]]]:
    with story.house.database.reading() as session:
        return [(each.act, each.facts) for each in session.scalars(select(AuditEntry))]


def test_where_nothing_waits_the_page_says_so(marketer) -> None:
    assert "Nothing to decide" in words(marketer.open(LIST).text)


@both
def test_what_was_maybe_sent_is_sent_again_after_the_number_was_typed(story, lost, marketer) -> None:
    number = lost()
    assert f'href="{LIST}"' in marketer.open("/studio/").text
    said = words(marketer.open(LIST).text)
    assert "Welcome Maybe sent: the mail server never answered 1 Mon 2 Mar, 04:30 Decide" in said
    said = words(marketer.open(WELCOME).text)
    assert "1 e-mail maybe sent: the mail server never answered" in said
    assert "Up to 1 person gets it twice." in said
    assert READER in said
    before = counts(story.house.database)
    for typed in ("", "2", "one"):
        answer = marketer.press("Send again", number=typed)
        assert answer.status_code == 400
        assert "1 go out again. Type that number." in words(answer.text)
        assert f'value="{typed}"' in answer.text
        marketer.open(WELCOME)
    assert counts(story.house.database) == before
    assert row(story, number).state == "unknown"
    marketer.press("Send again", number=" 1 ")
    assert "1 e-mail going out again." in words(marketer.page)
    assert row(story, number).state == "queued"
    assert log(story) == [
        ("deliveries_again", {"kind": "unknown", "of": "welcome", "e_mails": 1, "slug": "welcome"})
    ]
    story.rounds.until_idle()
    assert (row(story, number).state, row(story, number).tries) == ("sent", 2)
    assert len(story.subjects()) == 2
    assert post(marketer, f"{WELCOME}again", {"number": "1"}).status_code == 404


def test_what_arrived_counts_as_sent_and_nothing_leaves(story, lost, marketer, sign_in) -> None:
    number = lost()
    marketer.open(WELCOME)
    marketer.press("They arrived, I know")
    assert "1 e-mail settled: they arrived." in words(marketer.page)
    assert row(story, number).state == "sent"
    story.live(minutes=5)
    assert len(story.subjects()) == 1
    said = words(sign_in("owner").open("/studio/settings/log/").text)
    assert "said of e-mails that they arrived welcome, 1 e-mails" in said


@pytest.mark.parametrize(
    ("state", "reason", "kind", "says", "button"),
    [
        (
            "poison",
            "stopped after 3 failures",
            "poison",
            "stopped after repeated failures",
            "Try again: 1 e-mail",
        ),
        ("failed", "missing first_name", "missing", "put the field between {% if … %} and {% endif %}", ""),
        ("failed", "no such header", "unwritable", "no e-mail could be written", "Try again: 1 e-mail"),
    ],
    ids=["poison", "missing", "unwritable"],
)
def test_what_failed_says_why_and_is_tried_again_where_that_helps(
    story, lost, marketer, state, reason, kind, says, button
) -> None:
    number = lost(state, reason)
    assert "Welcome" in words(marketer.open(LIST).text)
    said = words(marketer.open(f"{LIST}{kind}/welcome/").text)
    assert says in said
    assert reason in said
    if button:
        marketer.press(button)
        assert row(story, number).state == "queued"
    else:
        assert "Try again" not in said
        assert post(marketer, f"{LIST}{kind}/welcome/again").status_code == 404
        assert row(story, number).state == state
    assert post(marketer, f"{LIST}{kind}/welcome/arrived").status_code == 404


def test_what_is_too_late_can_only_be_settled(story, lost, marketer) -> None:
    number = lost(expires_at=story.clock.now())
    said = words(marketer.open(WELCOME).text)
    assert "1 of them can only stay as it is: too late to be useful by now" in said
    assert "Send again" not in said
    answer = post(marketer, f"{WELCOME}again", {"number": "0"})
    assert answer.status_code == 400
    assert row(story, number).state == "unknown"


def test_patients_notes_are_not_a_marketer_s_and_no_reader_of_numbers_comes_in(
    story, lost, marketer, sign_in
) -> None:
    lost(stream="care")
    assert "Nothing to decide" in words(marketer.open(LIST).text)
    for path in (WELCOME, f"{WELCOME}again", f"{WELCOME}arrived"):
        answer = marketer.open(path) if path == WELCOME else post(marketer, path, {"number": "1"})
        assert answer.status_code == 404
    owner = sign_in("owner")
    assert "Welcome" in words(owner.open(LIST).text)
    assert READER in words(owner.open(WELCOME).text)
    for role in ("clinician", "viewer"):
        other = sign_in(role)
        assert other.open(LIST).status_code == other.open(WELCOME).status_code == 403
        assert f'href="{LIST}"' not in other.open("/studio/").text


def test_a_long_group_shows_its_newest_hundred(story, lost, marketer) -> None:
    number = lost()
    with story.house.database.writing.begin() as session:
        one = session.get_one(Delivery, number)
        facts = {each.name: getattr(one, each.name) for each in Delivery.__table__.columns}
        facts.pop("id")
        session.add_all(Delivery(**facts | {"dedupe_key": f"again:{each}"}) for each in range(100))
    assert "The newest 100 of 101." in words(marketer.open(WELCOME).text)
    assert "To go on, type how many: 101" in words(marketer.page)
