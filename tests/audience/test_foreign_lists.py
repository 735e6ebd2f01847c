"""Whole exports of other tools, small and invented, and what becomes of the people in them."""

from __future__ import annotations

from sqlalchemy import select

from newsletter.audience.lists import foreign
from newsletter.audience.models import Subscriber
from newsletter.delivery.models import Mailbox, Suppression
from tests.audience.bringing import bring, dump, exported, reasons

MAILCHIMP_MORE = "MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS"
SUBSCRIBED = f"""\
"Email Address","First Name","Last Name",{MAILCHIMP_MORE}
reader@example.com,Visitor,014,2,"2020-02-03 04:05:06",192.0.2.7,"2020-02-03 04:06:00",198.51.100.7,54.0,-1.1,0,1,Europe/London,GB,,"2021-01-01 00:00:00",101,a1,,"VIP","Spring, 2024"
visitor015@example.com,,,2,,,"2019-05-06 07:08:09",,,,,,,,,"2019-05-06 07:08:09",102,a2,,
""".replace('"VIP","Spring, 2024"', '"""VIP"",""Spring, 2024"""')
UNSUBSCRIBED = f"""\
"Email Address","First Name","Last Name",UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER,{MAILCHIMP_MORE}
left@example.com,,,"2021-06-07 08:09:10",Spring,9,"NORMAL (No reason given)",,2,"2020-01-01 00:00:00",,"2020-01-01 00:00:00",,,,,,,,,"2021-06-07 08:09:10",103,a3,,
"""
CLEANED = f"""\
"Email Address","First Name","Last Name",CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID,{MAILCHIMP_MORE}
cleaned@example.com,,,"2021-07-08 09:10:11",Summer,10,2,"2020-01-01 00:00:00",,"2020-01-01 00:00:00",,,,,,,,,"2021-07-08 09:10:11",104,a4,,
"""
KIT = """\
email,first_name,state,created_at,tags,referrer
reader@example.com,Visitor 014,active,2023-01-27T11:43:55Z,"VIP, Spring",https://letters.clinic.example/
left@example.com,,cancelled,2023-01-28T11:43:55Z,,
bounced@example.com,,bounced,2023-01-29T11:43:55Z,,
angry@example.com,,complained,2023-01-30T11:43:55Z,,
never@example.com,,inactive,2023-01-31T11:43:55Z,,
"""
FLODESK = """\
First Name,Last Name,Email,Status,Segments,Date Added
Visitor,014,reader@example.com,Active,"VIP, Spring",2023-01-27
,,left@example.com,Unsubscribed,,2023-01-28
,,bounced@example.com,Bounced,,2023-01-29
,,angry@example.com,Marked as spam,,2023-01-30
,,never@example.com,Unconfirmed,,2023-01-31
"""
LISTMONK = """\
uuid,email,name,attributes,status,created_at,updated_at
5b8c1e7a-0000-4000-8000-000000000014,reader@example.com,Visitor 014,"{""city"": ""York""}",enabled,2022-01-02T03:04:05.678901Z,2022-01-02T03:04:05.678901Z
5b8c1e7a-0000-4000-8000-000000000015,left@example.com,,{},disabled,2022-01-02T03:04:05Z,2022-01-02T03:04:05Z
5b8c1e7a-0000-4000-8000-000000000016,blocked@example.com,,{},blocklisted,2022-01-02T03:04:05Z,2022-01-02T03:04:05Z
"""


def stopped(desk):
    with desk.database.reading() as session:
        rows = select(Mailbox.address_key, Suppression.scope, Suppression.reason).join(Suppression.mailbox)
        return {key: (scope, reason) for key, scope, reason in session.execute(rows)}


def subscribers(desk):
    with desk.database.reading() as session:
        return sorted(
            session.scalars(select(Mailbox.address_key).join(Subscriber, Subscriber.mailbox_id == Mailbox.id))
        )


def acts(desk, email="reader@example.com"):
    return [(act["act"], act["at"][:10], act["ip"]) for act in desk.card(email)["consents"]]


def test_mailchimps_three_files_in_any_order(desk):
    for text, counts in ((CLEANED, {"stopped": 1}), (SUBSCRIBED, {"new": 2}), (UNSUBSCRIBED, {"stopped": 1})):
        taken = bring(desk, text)
        assert (taken.counts, taken.refused) == (counts, [])
    assert subscribers(desk) == ["reader@example.com", "visitor015@example.com"]
    assert stopped(desk) == {
        "left@example.com": ("marketing", "left elsewhere"),
        "cleaned@example.com": ("all", "cleaned elsewhere"),
    }
    assert acts(desk) == [
        ("requested", "2020-02-03", "192.0.2.7"),
        ("confirmed", "2020-02-03", "198.51.100.7"),
    ]
    assert acts(desk, "visitor015@example.com") == [("confirmed", "2019-05-06", None)]
    person = desk.person()
    assert (person.first_name, person.time_zone, person.tags) == (
        "Visitor",
        "Europe/London",
        ["VIP", "Spring, 2024"],
    )


def test_mailchimps_files_again_change_nothing(desk):
    for text in (SUBSCRIBED, UNSUBSCRIBED, CLEANED):
        bring(desk, text)
    before = dump(desk.database)
    for text in (UNSUBSCRIBED, CLEANED, SUBSCRIBED):
        assert set(bring(desk, text).counts) == {"known"}
    assert dump(desk.database) == before


def test_a_leaver_of_one_file_is_not_let_in_by_another(desk):
    bring(desk, UNSUBSCRIBED)
    taken = bring(desk, SUBSCRIBED.replace("reader@example.com", "LEFT@example.com"))
    assert reasons(taken) == [(2, "on the do-not-mail list: left elsewhere")]
    assert subscribers(desk) == ["visitor015@example.com"]


def test_kit(desk):
    taken = bring(desk, KIT)
    assert taken.counts == {"new": 1, "stopped": 3}
    assert [row for row, _ in reasons(taken)] == [6]
    assert subscribers(desk) == ["reader@example.com"]
    assert stopped(desk) == {
        "left@example.com": ("marketing", "left elsewhere"),
        "bounced@example.com": ("all", "cleaned elsewhere"),
        "angry@example.com": ("all", "complaint elsewhere"),
    }
    assert acts(desk) == [("requested", "2023-01-27", None), ("confirmed", "2026-03-02", None)]
    assert desk.person().tags == ["VIP", "Spring"]


def test_flodesk(desk):
    taken = bring(desk, FLODESK)
    assert taken.counts == {"new": 1, "stopped": 3}
    assert [row for row, _ in reasons(taken)] == [6]
    assert {key: scope for key, (scope, _) in stopped(desk).items()} == {
        "left@example.com": "marketing",
        "bounced@example.com": "all",
        "angry@example.com": "all",
    }
    assert (desk.person().first_name, desk.person().tags) == ("Visitor", ["VIP", "Spring"])


def test_listmonk(desk):
    taken = bring(desk, LISTMONK, fields=["city"])
    assert taken.counts == {"new": 1, "stopped": 2}
    assert stopped(desk) == {
        "left@example.com": ("marketing", "left elsewhere"),
        "blocked@example.com": ("all", "blocked elsewhere"),
    }
    assert (desk.person().first_name, desk.person().fields) == ("Visitor", {"city": "York"})
    assert acts(desk)[0] == ("requested", "2022-01-02", None)


def test_what_came_from_another_tool_goes_on_as_a_list_of_ours(desk):
    bring(desk, SUBSCRIBED)
    _, first, second = exported(desk.database)
    assert first[:7] == [
        *("reader@example.com", "Visitor", "Europe/London", "resources, tips, news", 'VIP, "Spring, 2024"'),
        *("2020-02-03T04:06:00+00:00", "the old site"),
    ]
    assert second[5] == "2019-05-06T07:08:09+00:00"


def test_no_status_means_two_things():
    several = [foreign.HEARS, foreign.LEFT, frozenset(foreign.CLEANED), foreign.WAITS]
    assert sum(map(len, several)) == len(frozenset().union(*several))


def test_no_file_looks_like_two_tools():
    for text in (SUBSCRIBED, UNSUBSCRIBED, CLEANED, KIT, FLODESK, LISTMONK):
        headers = text.split("\n")[0].replace('"', "").lower().replace(" ", "_").split(",")
        assert sum(tool.recognizes(frozenset(headers)) for tool in foreign.TOOLS.values()) == 1
