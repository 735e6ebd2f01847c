"""What stood in a subject, as far as it is still known."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from newsletter.delivery.models import Delivery
from newsletter.privacy import subjects


def read(traces: Any, **changes: Any) -> list[str]:
    """The subjects of all her letters, after these changes to their rows."""
    with traces.database.writing.begin() as session:
        if changes:
            session.execute(update(Delivery).values(changes))
    with traces.database.reading() as session:
        rows = session.scalars(select(Delivery).order_by(Delivery.id)).all()
        return list(subjects.of(session, rows).values())


def test_a_subject_is_filled_with_what_is_still_known(traces):
    traces.live()
    assert read(traces) == [
        "Please confirm your e-mail address",
        "Unheard-of-Name, the first letter",
        "The second letter",
    ]


def test_a_subject_whose_fields_are_forgotten_is_what_anybody_would_have_got(traces):
    traces.live()
    assert read(traces, fields={})[1] == "The first letter"


def test_a_field_that_must_be_there_and_is_forgotten_leaves_a_gap(traces, monkeypatch):
    traces.live()
    monkeypatch.setattr(
        subjects,
        "_written",
        lambda *_: {f"version:{n}": "{{ first_name }}{% if x %}!{% endif %}" for n in range(9)},
    )
    assert set(read(traces, fields={})[1:]) == {"…!"}


def test_a_letter_that_is_in_no_file_any_more_has_no_subject(traces):
    traces.live()
    assert set(read(traces, letter="mail:of-long-ago")) == {""}
    assert set(read(traces, letter="version:999")) == {""}
    assert set(read(traces, letter="something else")) == {""}


def test_of_no_letters_there_are_none(traces):
    with traces.database.reading() as session:
        assert subjects.of(session, []) == {}
