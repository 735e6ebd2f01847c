from __future__ import annotations

import csv
import signal
import sqlite3

import pytest
from sqlalchemy import func, select

from newsletter.audience import signup
from newsletter.audience.lists import slices as slicing
from newsletter.audience.models import Subscriber
from newsletter.audience.signup import SignUp
from newsletter.campaigns.models import Enrollment
from newsletter.delivery.models import Delivery, Mailbox
from tests.audience.bringing import dump
from tests.cli.conftest import both
from tests.spawning import spawned, wait_until

SMALL = "email,first_name,plan\nreader@example.com,Visitor 014,gold\nvisitor015@example.com,,\nnobody,,\n"
SOURCE = ("--source", "the old site")


@pytest.fixture
def file(tmp_path):
    """`file("email,...")`: a list on disk."""

    def write(text, name="list.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def lines(path):
    with path.open(newline="") as report:
        return list(csv.reader(report))


def people(house):
    with house.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Subscriber))


@both
def test_a_list_comes_in_and_the_sums_are_told(house, run, file):
    result = run("subscribers", "import", file(SMALL), *SOURCE)
    assert "list.csv: 3 rows, 2 accepted, 1 rejected." in result.stdout
    assert "2  new" in result.stdout
    assert "row 4, email: Something seems to be missing" in result.stderr
    assert people(house) == 2


def test_programs_get_the_sums_as_one_object(house, run, file):
    path = file(SMALL)
    told = run.json("subscribers", "import", path, *SOURCE)
    assert told == {
        "file": path,
        "recognized": "list",
        "total": 3,
        "accepted": 2,
        "rejected": 1,
        "new": 2,
        "confirmed": 0,
        "known": 0,
        "stopped": 0,
        "started": 0,
        "unknown_columns": ["plan"],
        "dry_run": False,
    }
    assert run.json("subscribers", "import", path, *SOURCE)["known"] == 2


def test_a_list_without_a_source_is_refused_before_anything(house, run, file):
    assert "--source" in run.refused("subscribers", "import", file(SMALL))
    assert people(house) == 0


@both
def test_a_dry_run_says_the_same_and_changes_nothing(house, run, file):
    path = file(SMALL)
    told = run("subscribers", "import", path, *SOURCE, "--dry-run").stdout
    assert "3 rows, 2 accepted, 1 rejected" in told
    assert "nothing was changed" in told
    assert all(not rows for rows in dump(house.database).values())


def test_a_report_has_a_line_for_each_rejected_row_and_remarks_beside(house, run, file, tmp_path):
    report = tmp_path / "report.csv"
    path = file(SMALL + 'reader@example.com,,\n"=x@example,""",,\n')
    told = run.json("subscribers", "import", path, *SOURCE, "--report", str(report))
    head, *rest = lines(report)
    assert head == ["row", "column", "reason", "kind"]
    rejected = [line for line in rest if line[3] == "rejected"]
    assert len(rejected) == told["rejected"] == 3
    assert [line[:2] for line in rejected] == [["4", "email"], ["5", "email"], ["6", "email"]]
    assert ["1", "plan", "not used; --fields keeps it", "remark"] in rest
    assert report.stat().st_mode & 0o777 == 0o600


def test_the_list_is_not_overwritten_by_its_report(house, run, file):
    path = file(SMALL)
    assert "another name" in run.refused("subscribers", "import", path, *SOURCE, "--report", path)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "list.csv: is empty"),
        (b"email,first_name\n", "list.csv has a header and nobody under it"),
        (b"\xef\xbb\xbfemail\r\n\r\n\r\n", "nobody under it"),
        (b"PK\x03\x04" + bytes(60), "save it as CSV"),
        (bytes(range(256)) * 40, "list.csv"),
        (b"name,city\na,b\n", "list.csv: row 1: no column is the e-mail address"),
        (
            ",".join(["email", *(f"c{n}" for n in range(999))]).encode() + b"\n",
            "row 1, column 501: there are 1,000 columns",
        ),
        (b'email,"name\nreader@example.com,x\n', "row 1: a quote"),
    ],
    ids=["empty", "header only", "blank rows", "xlsx", "binary", "no address", "1,000 columns", "open quote"],
)
def test_what_is_no_list_is_one_clear_line(house, run, file, data, says):
    assert says in run.refused("subscribers", "import", file(data), *SOURCE)
    assert people(house) == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_with_and_without_a_mark(house, run, file, encoding):
    run(
        "subscribers",
        "import",
        file("E-Mail;First Name\r\nreader@example.com;Zoë\r\n".encode(encoding)),
        *SOURCE,
    )
    assert run.json("subscribers", "show", "reader@example.com")["first_name"] == "Zoë"


def test_topics_and_fields_as_the_command_line_says(house, run, file):
    run("subscribers", "import", file(SMALL), *SOURCE, "--topics", "tips, news", "--fields", "plan")
    assert run.json("subscribers", "show", "reader@example.com")["topics"] == ["tips", "news"]
    assert run("subscribers", "export").stdout.splitlines()[0].endswith(",plan")


@pytest.mark.parametrize(
    ("more", "says"),
    [(("--topics", "tipps"), "there is no topic “tipps”"), (("--fields", "plam"), "no column “plam”")],
)
def test_topics_and_fields_that_are_none_are_refused(house, run, file, more, says):
    assert says in run.refused("subscribers", "import", file(SMALL), *SOURCE, *more)


def test_another_tools_export_is_named(house, run, file):
    text = "Email Address,UNSUB_TIME,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME\nreader@example.com,2021-01-02 03:04:05,2,,\n"
    result = run("subscribers", "import", file(text))
    assert "(an export of Mailchimp): 1 rows, 1 accepted" in result.stdout
    assert "1  do not mail" in result.stdout
    told = run.json("suppressions", "list")
    assert [(each["scope"], each["reason"], each["evidence"]) for each in told] == [
        ("marketing", "left elsewhere", "from an imported list; since 2021-01-02 03:04 UTC")
    ]


def test_an_import_alone_starts_nothing(house, run, file):
    run("subscribers", "import", file(SMALL), *SOURCE)
    run("tick", "--until-idle")
    with house.database.reading() as session:
        assert session.scalars(select(Enrollment)).all() == []
        assert session.scalars(select(Delivery)).all() == []


@both
def test_start_series_shows_the_number_and_counts_from_now(house, run, file):
    path = file("email,confirmed_at\nreader@example.com,2020-01-01\nvisitor015@example.com,2020-01-01\n")
    assert (
        "2  would begin the sequences"
        in run("subscribers", "import", path, *SOURCE, "--start-series", "--dry-run").stdout
    )
    before = house.clock.now()
    result = run("subscribers", "import", path, *SOURCE, "--start-series")
    assert "The sequences begin now for 2 people." in result.stderr
    assert "2  begin the sequences now" in result.stdout
    with house.database.reading() as session:
        begun = session.scalars(select(Enrollment)).all()
    assert len(begun) == 2
    assert all(each.anchors["confirmed:0"] >= before.isoformat()[:19] for each in begun)
    assert run.json("subscribers", "import", path, *SOURCE, "--start-series")["started"] == 0
    with house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Enrollment)) == 2


def big(many):
    head = "email,first_name,topics,tags,confirmed_at,left_at\n"
    return head.replace(",left_at", "") + "".join(
        f"visitor{n * 7919 % 100_003}@example.com,Visitor {n},tips,t{n % 5},2024-05-01T00:00:{n % 60:02}Z\n"
        if n % 50
        else f"nobody{n},,,,\n"
        for n in range(many)
    )


@pytest.mark.slow
@both
def test_killed_in_the_middle_and_run_again_it_ends_the_same(
    house, run, environment, file, tmp_path, monkeypatch
):
    path = file(big(5_200))
    with spawned(
        "subscribers", "import", path, *SOURCE, env=environment, output=tmp_path / "out"
    ) as importing:
        wait_until(lambda: people(house) > 0 or importing.process.poll() is not None, lambda: importing.said)
        importing.stop(signal.SIGKILL)
    assert importing.process.returncode == -signal.SIGKILL
    partly = people(house)
    assert 0 < partly < 5_096
    told = run.json("subscribers", "import", path, *SOURCE)
    assert (told["total"], told["accepted"], told["rejected"]) == (5_200, 5_096, 104)
    assert told["known"] == partly
    after = dump(house.database)
    assert run.json("subscribers", "import", path, *SOURCE)["known"] == 5_096
    assert dump(house.database) == after
    assert len(after["people"]) == len(after["subscriptions"]) == len(after["consents"]) == 5_096
    assert len(after["mailboxes"]) == 5_096


@pytest.mark.slow
def test_ctrl_c_says_how_far_it_came_and_loses_nothing(house, run, environment, file, tmp_path):
    path = file(big(5_200))
    with spawned(
        "subscribers", "import", path, *SOURCE, env=environment, output=tmp_path / "out"
    ) as importing:
        wait_until(lambda: people(house) > 0 or importing.process.poll() is not None, lambda: importing.said)
        assert importing.stop(signal.SIGINT) == 130
    assert "everything up to row" in importing.said
    row = int(importing.said.split("up to row ")[1].split(" ")[0].replace(",", ""))
    wanted = sum(1 for n in range(row - 1) if n % 50)
    assert people(house) == wanted


@both
def test_somebody_signs_up_while_a_list_comes_in(house, run, file, monkeypatch):
    monkeypatch.setattr(slicing, "ROWS", 5)
    came = []

    def breathe(_seconds):
        with house.database.writing.begin() as session:
            asked = signup.request(
                session, SignUp(f"late{len(came)}@example.com"), house.links, house.clock.now()
            )
        came.append(asked.mailbox_id)

    monkeypatch.setattr("newsletter.clock.pause", breathe)
    monkeypatch.setattr("newsletter.cli.importing.slices", lambda *given: slicing.slices(*given, most=5))
    run(
        "subscribers",
        "import",
        file("email\n" + "".join(f"visitor{n}@example.com\n" for n in range(20))),
        *SOURCE,
    )
    assert len(came) == (4 if house.database.on_sqlite else 0)
    with house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Mailbox)) == 20 + len(came)


def test_the_temporary_memory_of_addresses_is_no_file_of_ours(house, run, file, tmp_path, monkeypatch):
    opened = []
    real = sqlite3.connect
    monkeypatch.setattr(
        "newsletter.audience.lists.seen.sqlite3.connect", lambda *a, **k: opened.append(a) or real(*a, **k)
    )
    run("subscribers", "import", file(SMALL), *SOURCE)
    assert ("",) in opened
