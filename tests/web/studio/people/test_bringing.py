"""A list comes in through the studio: uploaded, matched, tried without a trace, taken slice by slice, and deleted."""

from __future__ import annotations

import csv
import io
import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html as trees
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from newsletter.audience import blocking, bringing, brought, importing
from newsletter.audience.lists import kept
from newsletter.audience.models import Consent, Subscriber
from newsletter.audit import AuditEntry
from newsletter.delivery.models import Delivery
from newsletter.stored import StoredSetting
from tests.web.visiting import Visitor, both, counts, words

UPLOAD = "/studio/people/import/"
LIST = (
    "Mail,Vorname,Notes,City\n"
    'one@example.com,One,"a, b",Springfield\n'
    "two@example.com,Two,,\n"
    "not an address,Three,,\n"
    "ONE@example.com,Again,,\n"
    "stopped@example.com,Four,,\n"
)


def upload(visitor: Visitor, text: str | bytes, name: str = "people.csv"):
    visitor.open(UPLOAD)
    data = text.encode() if isinstance(text, str) else text
    return visitor.press("Upload", list=(io.BytesIO(data), name))


def folder(story) -> Path:
    return story.house.settings.data_dir / "imports"


def files(story) -> list[str]:
    return sorted(path.suffix for path in folder(story).iterdir()) if folder(story).exists() else []


def token(visitor: Visitor) -> str:
    return visitor.at.split("/")[4]


def means(page: str) -> dict[str, str]:
    """Header -> what is chosen for it."""
    rows = trees.fromstring(page).xpath("//table//tbody/tr")
    return {row.find("th").text: row.xpath(".//option[@selected]/text()")[0] for row in rows}


def through(visitor: Visitor) -> int:
    """Press the button until it is through; returns how often."""
    presses = 0
    while "Go on" in trees.fromstring(visitor.page).xpath("//main//button/text()"):
        visitor.press("Go on")
        presses += 1
    return presses


def people(story) -> dict[str, Subscriber]:
    with story.house.database.reading() as session:
        rows = session.scalars(select(Subscriber).options(joinedload(Subscriber.mailbox)))
        return {each.mailbox.address: each for each in rows}


@both
def test_from_the_upload_to_the_people_and_nothing_is_left_but_the_report(story, marketer):
    with story.house.database.writing.begin() as session:
        blocking.add(session, "stopped@example.com", "all", "asked by phone", story.clock.now())
    upload(marketer, LIST)
    assert means(marketer.page) == {
        "Mail": "E-mail address",
        "Vorname": "Leave out",
        "Notes": "Leave out",
        "City": "Leave out",
    }
    assert "Springfield" in words(marketer.page), "its first rows stand beside"
    before = counts(story.house.database)
    marketer.press("See what would happen", **{"column-1": "first_name", "column-3": "field"})
    assert "Say where these people agreed" in words(marketer.page)
    assert means(marketer.page)["Vorname"] == "First name", "what was chosen is kept"
    marketer.press("See what would happen", source="Open day 2024", topics=["tips"])
    assert through(marketer) == 1
    said = words(marketer.page)
    assert "5 rows: 2 would be taken, 3 not." in said
    assert "Row 4, Mail: " in said
    assert "Row 5, Mail: the same address as in row 2" in said
    assert "Row 6, email: on the do-not-mail list: by hand" in said
    untouched = {"stored_settings", "audit_entries", "counters"}
    after = counts(story.house.database)
    assert {name: after[name] for name in after.keys() - untouched} == {
        name: before[name] for name in before.keys() - untouched
    }, "a trial leaves no trace"
    marketer.press("Bring them in")
    assert through(marketer) == 1
    assert "It is in" in words(marketer.page)
    assert files(story) == [".report"]
    one = people(story)["one@example.com"]
    assert (one.first_name, one.source, one.fields) == (
        "One",
        "import:Open day 2024",
        {"city": "Springfield"},
    )
    with story.house.database.reading() as session:
        acts = session.scalars(select(Consent)).all()
        assert {(act.how, act.page, tuple(act.topics)) for act in acts} == {
            ("import", "Open day 2024", ("tips",))
        }
        noted = session.scalars(select(AuditEntry).where(AuditEntry.act == "bringing_go_on")).all()
        assert [entry.facts["people"] for entry in noted] == [2]
    story.rounds.until_idle()
    with story.house.database.reading() as session:
        assert session.scalars(select(Delivery)).all() == [], "nobody is written to"
    report = marketer.client.get(f"{UPLOAD}{token(marketer)}/report.csv")
    rows = list(csv.reader(io.StringIO(report.text)))
    assert rows[0] == ["row", "column", "reason", "kind"]
    assert [row[0] for row in rows[1:]] == ["4", "5", "6"]
    marketer.press("Delete the report")
    assert files(story) == []
    assert len(people(story)) == 2


def test_a_known_export_is_recognized_by_its_columns(story, marketer):
    upload(
        marketer,
        "Email Address,First Name,OPTIN_TIME,CONFIRM_TIME,LEID,TAGS\n"
        'one@example.com,One,2024-01-02 10:00:00,2024-01-03 10:00:00,1,"""vip"""\n',
    )
    assert means(marketer.page) == {
        "Email Address": "E-mail address",
        "First Name": "First name",
        "OPTIN_TIME": "When she asked",
        "CONFIRM_TIME": "When she confirmed",
        "LEID": "Leave out",
        "TAGS": "Tags",
    }
    marketer.press("See what would happen", source="The old site")
    through(marketer)
    marketer.press("Bring them in")
    through(marketer)
    assert people(story)["one@example.com"].tags == ["vip"]


@both
def test_many_rows_come_in_slices_and_a_kill_in_between_changes_nothing(story, marketer, monkeypatch):
    rows = "".join(f"p{each}@example.com,P\n" for each in range(25))
    upload(marketer, "email,first_name\n" + rows + "bad,row\n")
    monkeypatch.setattr(bringing, "ROWS", 10)
    marketer.press("See what would happen", source="A list")
    assert through(marketer) == 3
    marketer.press("Bring them in")
    marketer.press("Go on")
    assert len(people(story)) == 10
    take = importing.take

    def killed(*given, **more):
        take(*given, **more)
        raise RuntimeError("the plug is pulled")

    monkeypatch.setattr(importing, "take", killed)
    here = marketer.at
    marketer.press("Go on")
    monkeypatch.setattr(importing, "take", take)
    assert len(people(story)) == 10, "half a slice is none"
    marketer.open(here)
    assert through(marketer) == 2
    assert "26 rows: 25 taken, 1 not." in words(marketer.page)
    assert len(people(story)) == 25
    report = marketer.client.get(f"{UPLOAD}{token(marketer)}/report.csv").text
    assert len(report.splitlines()) == 2


def test_two_who_press_at_once_take_each_slice_once(story, marketer):
    upload(marketer, "email\none@example.com\n")
    marketer.press("See what would happen", source="A list")
    with story.house.database.reading() as session:
        seen = brought.find(session, token(marketer))
    through(marketer)
    with story.house.database.writing.begin() as session:
        now = story.clock.now()
        late = bringing.go_on(
            session, kept.Files(folder(story), seen.token), seen, {}, story.house.vault, now
        )
    assert late.step == "tried"
    assert late.counts == {"new": 1}


def test_with_scripts_the_page_asks_for_the_next_slice_and_reloads_at_the_end(story, marketer, monkeypatch):
    upload(marketer, "email\none@example.com\ntwo@example.com\n")
    monkeypatch.setattr(bringing, "ROWS", 1)
    marketer.press("See what would happen", source="A list")
    [form] = trees.fromstring(marketer.page).xpath("//form[@id='progress']")
    assert form.get("hx-trigger") == "load"
    data = dict(form.form_values())
    first = marketer.client.post(form.get("hx-post"), data=data, headers={"HX-Request": "true"})
    assert "HX-Refresh" not in first.headers
    assert "50 %" in first.text
    second = marketer.client.post(form.get("hx-post"), data=data, headers={"HX-Request": "true"})
    assert second.headers["HX-Refresh"] == "true"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "This file is empty."),
        (b"PK\x03\x04zip", "This file is a spreadsheet or a zip archive"),
        ("one@example.com,One\n", "the columns have no names"),
    ],
    ids=["empty", "zipped", "nameless"],
)
def test_what_is_no_list_is_refused_with_the_reason_and_not_kept(story, marketer, text, says):
    assert upload(marketer, text).status_code == 400
    assert says in words(marketer.page)
    assert files(story) == []


def test_too_much_names_the_command_line(story, marketer, monkeypatch):
    monkeypatch.setattr(kept, "MOST_BYTES", 30)
    assert upload(marketer, LIST).status_code == 400
    assert "newsletter subscribers import FILE" in words(marketer.page)
    assert files(story) == []
    monkeypatch.undo()
    monkeypatch.setattr(kept, "MOST_ROWS", 3)
    upload(marketer, LIST)
    marketer.press("See what would happen", source="A list")
    assert "more than 3 rows" in words(marketer.page)
    assert not people(story)


def test_columns_that_cannot_be_so_are_said_and_may_be_mended_after_the_trial(story, marketer):
    upload(marketer, LIST)
    marketer.press("See what would happen", source="A list", **{"column-1": "email"})
    assert "both “Mail” and “Vorname” are chosen as “E-mail address”; keep one" in words(
        marketer.page
    ).replace("Both", "both")
    marketer.press("See what would happen", **{"column-0": "", "column-1": "first_name"})
    assert "Choose the column that holds the e-mail address" in words(marketer.page)
    marketer.press("See what would happen", **{"column-0": "email", "topics": []})
    assert "Choose at least one topic" in words(marketer.page)
    marketer.press("See what would happen", topics=["tips", "news"])
    through(marketer)
    marketer.open(trees.fromstring(marketer.page).xpath("//a[text()='Change the columns']/@href")[0])
    assert means(marketer.page)["Vorname"] == "First name"
    marketer.press("See what would happen", **{"column-1": ""})
    through(marketer)
    marketer.press("Bring them in")
    through(marketer)
    assert people(story)["one@example.com"].first_name is None
    # Once it comes in, its columns stay as they are.
    marketer.open(f"{marketer.at}?columns=1")
    assert "It is in" in words(marketer.page)


def test_files_are_for_the_owner_alone_and_go_after_a_day(story, marketer):
    upload(marketer, LIST)
    marketer.press("See what would happen", source="A list")
    assert files(story) == [".csv", ".people", ".report"]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in folder(story).iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(folder(story).stat().st_mode) == 0o700
    stray = folder(story) / f"{'a' * 32}.csv"
    stray.write_text("left by a killed upload")
    machine = story.house.clock.machine()
    old = (machine - timedelta(days=2)).timestamp()
    for path in folder(story).iterdir():
        os.utime(path, (old, old))

    def tidy(at):
        with story.house.database.writing.begin() as session:
            return brought.tidy(session, folder(story), at)

    story.rounds.tidy()
    assert files(story) == [".csv", ".people", ".report"], "it is being worked on; the stray is gone"
    assert tidy(machine + timedelta(days=1, seconds=1)) == 1
    assert files(story) == []
    with story.house.database.reading() as session:
        assert (
            session.scalars(select(StoredSetting.name).where(StoredSetting.name.startswith("import:"))).all()
            == []
        )
    assert marketer.open(marketer.at).status_code == 404


def test_a_name_that_is_no_token_reaches_no_file(story, marketer):
    assert marketer.open(f"{UPLOAD}../../secret.key/").status_code == 404
    assert marketer.open(f"{UPLOAD}{'g' * 32}/").status_code == 404
    with pytest.raises(Exception, match="not here any more"):
        kept.Files(folder(story), "../pepper")


def test_only_who_writes_brings_lists(sign_in):
    for role in ("clinician", "viewer"):
        assert sign_in(role).open(UPLOAD).status_code == 403
