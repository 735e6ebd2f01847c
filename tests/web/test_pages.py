from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from newsletter.web.pages import breakable, day, hour, stamp

MOMENT = datetime(2026, 3, 3, 4, 5, tzinfo=UTC)
NEW_YORK = ZoneInfo("America/New_York")


def test_times_are_said_in_the_zone_of_whoever_reads():
    assert day(MOMENT, NEW_YORK) == "Monday, 2 March"
    assert hour(MOMENT, NEW_YORK) == "23:05"
    assert stamp(MOMENT, ZoneInfo("Asia/Kathmandu")) == "Tue 3 Mar, 09:50"


def test_an_address_may_break_after_its_at_sign_and_stays_text():
    assert breakable("reader@example.com") == "reader@<wbr>example.com"
    assert breakable("<b>@<i>") == "&lt;b&gt;@<wbr>&lt;i&gt;"


def test_an_asset_s_address_changes_with_its_bytes(app):
    page = app.test_client().get("/").text
    assert "/static/site.css?v=" in page
    assert "/static/tokens.css?v=" in page
