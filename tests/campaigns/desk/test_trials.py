"""A test: a real delivery of words that nobody else gets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from newsletter.campaigns.desk import onlookers, trials
from newsletter.content import publishing
from newsletter.content.compiling import Source
from newsletter.content.models import Email, Version
from newsletter.content.refusals import ContentRefused
from newsletter.delivery.models import Delivery, Mailbox
from newsletter.errors import Refused
from tests.walks.story import Story, text_of

WRITER = "Writer@example.com"
SOURCE = Source("A guide for {{ first_name }}", "A line about it.", "Hello {{ first_name }}.")


@pytest.fixture
def send(story: Story) -> Callable[..., int]:
    """`send(source, name="guide", reader={...})`: queue a test to the writer."""

    def put(source: Source = SOURCE, name: str = "guide", to: str = WRITER, **reader: str) -> int:
        everybody = onlookers.everybody(story.house.settings.clinic, story.house.links)
        with story.house.database.writing.begin() as session:
            known = reader or {"first_name": "Reader"}
            return trials.send(session, to, name, source, everybody, known, story.clock.now())

    return put


def test_it_arrives_with_its_mark_and_without_a_way_to_stop_anything(story: Story, send) -> None:
    send()
    story.rounds.until_idle()
    (letter,) = story.letters(WRITER)
    assert letter["Subject"] == "Test: A guide for Reader"
    assert "List-Unsubscribe" not in letter
    assert "Precedence" not in letter
    assert "Hello Reader." in text_of(letter)
    assert onlookers.NO_READER in text_of(letter)


def test_it_is_too_late_after_a_day(story: Story, send) -> None:
    send()
    story.clock.advance(days=1, hours=1)
    story.rounds.until_idle()
    assert story.letters(WRITER) == []


def test_only_what_the_words_ask_for_is_frozen(story: Story, send) -> None:
    send(first_name="Reader", last_name="never asked for")
    with story.house.database.reading() as session:
        delivery = session.scalars(select(Delivery)).one()
    assert "last_name" not in delivery.fields
    assert delivery.fields["first_name"] == "Reader"
    assert (delivery.person_id, delivery.campaign, delivery.step) == (None, None, None)


def test_each_press_is_one_letter_and_the_same_words_are_one_version(story: Story, send) -> None:
    assert len({send(), send(), send()}) == 3
    with story.house.database.reading() as session:
        assert len(session.scalars(select(Version).join(Email).where(Email.slug == "test/guide")).all()) == 1
        assert session.scalars(select(Mailbox.address)).all() == [WRITER]


def test_a_version_set_aside_is_nobodys_wording(story: Story) -> None:
    with story.house.database.writing.begin() as session:
        live = publishing.publish(session, "guide", SOURCE, story.clock.now(), kind="marketing")
        other = Source("Another", "", "Other words.")
        aside = publishing.set_aside(session, "guide", other, story.clock.now(), kind="marketing")
        assert aside.number == live.number + 1
        assert session.scalars(select(Email.live_version_id).where(Email.slug == "guide")).one() == live.id
        assert publishing.set_aside(session, "guide", other, story.clock.now(), kind="marketing") is aside
        # The newest is not the live one: publishing what is live again writes nothing all the same.
        assert publishing.publish(session, "guide", SOURCE, story.clock.now(), kind="marketing") is live


@pytest.mark.parametrize(
    ("source", "reader", "failure", "said"),
    [
        (SOURCE, {"last_name": "x"}, Refused, "there is no first_name; choose another one"),
        (Source("A guide", "", "{% if x %}"), {}, ContentRefused, "is never closed"),
        (Source("", "", "Words."), {}, ContentRefused, "a letter needs a subject"),
    ],
    ids=["nameless", "unclosed", "no-subject"],
)
def test_what_would_reach_nobody_is_not_queued(story: Story, send, source, reader, failure, said) -> None:
    with pytest.raises(failure, match=said):
        send(source, **reader)
    with story.house.database.reading() as session:
        assert session.scalars(select(Delivery)).all() == []


def test_a_name_longer_than_a_letters_column_is_cut(send) -> None:
    assert send(name=f"{'a' * 80}/{'b' * 80}")


def test_an_address_that_is_none_is_refused(send) -> None:
    with pytest.raises(Refused):
        send(to="not an address")
