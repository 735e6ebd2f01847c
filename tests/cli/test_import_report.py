from __future__ import annotations

import csv

from newsletter.audience.importing import Taken
from newsletter.audience.lists.records import Remark
from newsletter.audience.lists.slices import Slice
from newsletter.cli.import_report import SHOWN, reporting


def refused(*rows):
    return [Remark(row, "email", f"reason {row}") for row in rows]


def test_lines_stand_in_the_order_of_the_list_wherever_they_come_from(tmp_path):
    path = tmp_path / "report.csv"
    with reporting(path) as report:
        report.write(
            Slice(refused=refused(7, 3), remarks=[Remark(5, "=zone", "=left out")]), Taken(refused=refused(4))
        )
        report.remark(Remark(1, "plan", "not used"))
    with path.open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["row", "column", "reason", "kind"],
            ["3", "email", "reason 3", "rejected"],
            ["4", "email", "reason 4", "rejected"],
            ["5", "'=zone", "'=left out", "remark"],
            ["7", "email", "reason 7", "rejected"],
            ["1", "plan", "not used", "remark"],
        ]


def test_what_is_written_is_in_the_file_at_once(tmp_path):
    path = tmp_path / "report.csv"
    with reporting(path) as report:
        report.write(Slice(refused=refused(3)), Taken())
        assert "reason 3" in path.read_text()
        assert path.stat().st_mode & 0o777 == 0o600


def test_the_first_rejected_rows_are_lines_for_a_person():
    with reporting(None) as report:
        report.write(Slice(refused=[Remark(1234, "", "a\x1b[31m")], remarks=refused(2)), Taken())
        report.write(Slice(refused=refused(*range(2000, 2000 + 2 * SHOWN))), Taken())
    assert report.first[0] == "row 1,234: a�[31m"
    assert report.first[1] == "row 2,000, email: reason 2000"
    assert len(report.first) == SHOWN
