"""What a list brought along stands behind what we know ourselves."""

from __future__ import annotations

from newsletter.audience.models import Subscriber
from newsletter.campaigns.dispatch import person_fields, printed
from newsletter.delivery import mailboxes


def test_letters_may_print_the_fields_of_a_list_and_never_in_place_of_ours(story):
    now = story.clock.now()
    with story.house.database.writing.begin() as session:
        box = mailboxes.find_or_add(session, "reader@example.com", "reader@example.com", now)
        told = {"plan": "gold", "first_name": "nobody", "city": ""}
        rows = {"mailbox_id": box.id, "source": "import:the old site", "created_at": now, "arrivals": 1}
        person = Subscriber(**rows, first_name="Visitor 014", fields=told)
        session.add(person)
        session.flush()
        assert person_fields(session, [person]) == {person.id: {"first_name": "Visitor 014", "plan": "gold"}}
        person.first_name = None
        assert person_fields(session, [person]) == {person.id: {"plan": "gold"}}


def test_with_a_letter_only_that_is_frozen_which_its_words_ask_for():
    known = {"first_name": "Visitor 014", "topics": ["tips"], "plan": "gold", "skin": "dry"}
    assert printed(known, ["plan", "first_name", "clinic_name"]) == {
        "first_name": "Visitor 014",
        "plan": "gold",
    }
    assert printed(known, []) == {}
