from __future__ import annotations

from newsletter.audience.fields import known_fields
from tests.audience.bringing import bring


def names(desk):
    with desk.database.reading() as session:
        return known_fields(session)


def test_where_no_list_brought_any_there_are_none(desk):
    assert names(desk) == set()
    desk.ask()
    assert names(desk) == set()


def test_every_name_is_told_once_whoever_has_it(desk):
    bring(
        desk, "email,Plan,City\nreader@example.com,gold,\nvisitor014@example.com,basic,York\n", fields=["all"]
    )
    bring(desk, "email,Favorite Season\nvisitor015@example.com,spring\n", fields=["all"])
    assert names(desk) == {"plan", "city", "favorite_season"}
