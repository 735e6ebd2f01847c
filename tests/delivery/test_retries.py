"""What real servers say, and what it means for whom; and when a letter is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.delivery.retries import after, judge
from newsletter.delivery.transports import Outcome

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LATE = NOW + timedelta(days=3)

REPLIES = [
    # Postfix
    (
        "hard",
        550,
        "5.1.1",
        "5.1.1 <reader@example.com>: Recipient address rejected: User unknown in virtual mailbox table",
    ),
    (
        "hard",
        550,
        "5.1.1",
        "5.1.1 <reader@example.com>: Recipient address rejected: User unknown in local recipient table",
    ),
    ("hard", 550, "5.1.2", "5.1.2 <reader@example.com>: Recipient address rejected: Domain not found"),
    ("block", 554, "5.7.1", "5.7.1 <reader@example.com>: Relay access denied"),
    ("block", 550, "5.1.8", "5.1.8 <news@clinic.example>: Sender address rejected: Domain not found"),
    (
        "block",
        554,
        "5.7.1",
        "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
    ),
    ("block", 552, "5.3.4", "5.3.4 Message size exceeds fixed limit"),
    (
        "soft",
        450,
        "4.2.0",
        "4.2.0 <reader@example.com>: Recipient address rejected: Greylisted, see http://postgrey.example/",
    ),
    (
        "soft",
        450,
        "4.1.1",
        "4.1.1 <reader@example.com>: Recipient address rejected: unverified address: User unknown",
    ),
    ("full", 452, "4.2.2", "4.2.2 <reader@example.com> mailbox full"),
    ("full", 552, "5.2.2", "5.2.2 <reader@example.com>: Recipient address rejected: mailbox over quota"),
    # Gmail
    (
        "hard",
        550,
        "5.1.1",
        "5.1.1 The email account that you tried to reach does not exist. Please try double-checking",
    ),
    (
        "disabled",
        550,
        "5.2.1",
        "5.2.1 The email account that you tried to reach is inactive. For more information",
    ),
    (
        "soft",
        550,
        "5.2.1",
        "5.2.1 The user you are trying to contact is receiving mail at a rate that prevents",
    ),
    ("full", 552, "5.2.2", "5.2.2 The recipient's inbox is out of storage space and inactive."),
    (
        "full",
        452,
        "4.2.2",
        "4.2.2 The recipient's inbox is out of storage space. Please direct the recipient to",
    ),
    ("block", 550, "5.7.26", "5.7.26 Your email has been blocked because the sender is unauthenticated."),
    (
        "block",
        550,
        "5.7.1",
        "5.7.1 [192.0.2.1 12] Our system has detected that this message is likely unsolicited mail.",
    ),
    (
        "block",
        421,
        "4.7.28",
        "4.7.28 Gmail has detected an unusual rate of mail originating from your IP address",
    ),
    (
        "block",
        421,
        "4.7.30",
        "4.7.30 Your email has been rate limited because DKIM authentication didn't pass",
    ),
    ("soft", 421, "4.7.0", "4.7.0 Temporary System Problem. Try again later"),
    (
        "soft",
        450,
        "4.2.1",
        "4.2.1 The user you are trying to contact is receiving mail at a rate that prevents",
    ),
    # Outlook.com and Exchange Online
    ("hard", 550, "5.5.0", "5.5.0 Requested action not taken: mailbox unavailable (S2017062302)."),
    (
        "hard",
        550,
        "5.1.10",
        "5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
    ),
    ("hard", 550, "5.4.1", "5.4.1 Recipient address rejected: Access denied. AS(201806281)"),
    (
        "block",
        550,
        "5.7.515",
        "5.7.515 Access denied, sending domain CLINIC.EXAMPLE does not meet the required level",
    ),
    ("block", 550, "5.7.606", "5.7.606 Access denied, banned sending IP [192.0.2.1]"),
    (
        "block",
        451,
        "4.7.650",
        "4.7.650 The mail server has been temporarily rate limited due to IP reputation.",
    ),
    ("soft", 451, "4.7.500", "4.7.500 Server busy. Please try again later"),
    # Exchange on premises
    ("hard", 550, "5.1.1", "5.1.1 RESOLVER.ADR.ExRecipNotFound; not found"),
    ("block", 550, "5.7.1", "5.7.1 Unable to relay"),
    ("block", 550, "5.7.1", "5.7.1 RESOLVER.RST.NotAuthorized; not authorized"),
    ("full", 554, "5.2.2", "5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException"),
    # Yahoo
    (
        "hard",
        554,
        None,
        "delivery error: dd This user doesn't have a yahoo.example account (reader@yahoo.example) [0]",
    ),
    (
        "disabled",
        554,
        None,
        "delivery error: dd Sorry, your message to reader@yahoo.example cannot be delivered. This mailbox is disabled (554.30).",
    ),
    (
        "block",
        421,
        "4.7.0",
        "4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints",
    ),
    ("block", 554, "5.7.9", "5.7.9 Message not accepted for policy reasons."),
    # Exim
    ("hard", 550, None, "Unrouteable address"),
    ("hard", 550, None, "<reader@example.com>: Unknown user"),
    ("hard", 550, None, "No such user here"),
    ("block", 550, None, "Sender verify failed"),
    ("block", 550, None, "This message scored 12.3 spam points."),
    ("block", 550, None, "relay not permitted"),
    # qmail
    ("hard", 553, None, "sorry, no mailbox here by that name. (#5.1.1)"),
    ("hard", 550, None, "sorry, no mailbox here by that name (#5.1.1)"),
    ("block", 553, None, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
    ("full", 552, None, "sorry, that mailbox is over quota (#5.2.2)"),
    # and everyone else
    ("soft", 554, "5.0.0", "5.0.0 Transaction failed"),
    ("hard", 550, "5.0.0", "5.0.0 User unknown"),
    ("soft", 550, None, "Requested action not taken: mailbox unavailable"),
    ("block", 554, "5.6.0", "5.6.0 Invalid message content"),
    ("hard", 550, "5.1.3", "5.1.3 bad destination mailbox address syntax"),
    ("hard", 550, "5.1.6", "5.1.6 mailbox has moved"),
    ("soft", 451, None, "Requested action aborted: local error in processing"),
    ("soft", 452, None, "too many recipients"),
    ("soft", 550, None, ""),
]


@pytest.mark.parametrize(("kind", "code", "enhanced", "text"), REPLIES)
def test_a_reply_is_read_for_what_it_says(kind, code, enhanced, text):
    assert judge(code, enhanced, text).kind == kind


@pytest.mark.parametrize(
    ("kind", "suppresses", "counts", "alarms"),
    [
        ("hard", True, False, False),
        ("disabled", False, True, False),
        ("full", False, True, False),
        ("soft", False, True, False),
        ("block", False, False, True),
    ],
)
def test_each_kind_means_one_thing(kind, suppresses, counts, alarms):
    reply = next(reply for reply in REPLIES if reply[0] == kind)
    verdict = judge(*reply[1:])
    assert (verdict.suppresses, verdict.counts, verdict.alarms) == (suppresses, counts, alarms)
    assert verdict.reason


@given(
    code=st.integers(400, 499),
    status=st.sampled_from([None, "5.1.1", "4.1.1", "4.4.1"]),
    text=st.sampled_from([reply[3] for reply in REPLIES]),
)
def test_a_temporary_answer_never_silences_anybody(code, status, text):
    assert not judge(code, status, text).suppresses


@given(detail=st.integers(0, 999), text=st.sampled_from([reply[3] for reply in REPLIES]))
def test_policy_is_never_the_persons_fault(detail, text):
    verdict = judge(550, f"5.7.{detail}", text)
    assert verdict.alarms
    assert not verdict.suppresses
    assert not verdict.counts


def outcome(kind="deferred", enhanced=None, code=450):
    return Outcome(kind, code, enhanced, "not now", "recipient")


@pytest.mark.parametrize(("tries", "minutes"), [(1, 5), (2, 15), (3, 30), (4, 60), (5, 150), (20, 150)])
def test_the_first_tries_are_quick_and_the_later_ones_patient(tries, minutes):
    decision = after(outcome(), tries, NOW, LATE, stream="marketing", jitter=0.5)
    assert decision.at == NOW + timedelta(minutes=minutes)


@given(jitter=st.floats(0, 1), tries=st.integers(5, 50))
def test_later_tries_are_two_to_three_hours_apart(jitter, tries):
    at = after(outcome(), tries, NOW, LATE, stream="marketing", jitter=jitter).at
    assert NOW + timedelta(hours=2) <= at <= NOW + timedelta(hours=3)


@pytest.mark.parametrize("kind", ["deferred", "unwritten"])
def test_no_try_is_planned_for_when_the_letter_is_stale(kind):
    in_time = after(outcome(kind), 1, NOW, NOW + timedelta(minutes=5, seconds=1), stream="care", jitter=0)
    too_late = after(outcome(kind), 1, NOW, NOW + timedelta(minutes=5), stream="care", jitter=0)
    assert in_time.at == NOW + timedelta(minutes=5)
    assert too_late.at is None
    assert "its time is over" in too_late.reason


@pytest.mark.parametrize("stream", ["marketing", "care", "account", "staff", "test"])
def test_a_refusal_for_good_is_never_tried_again(stream):
    decision = after(outcome("refused", code=550), 1, NOW, LATE, stream=stream, jitter=0)
    assert decision.at is None
    assert decision.reason == "refused for good: 550"


def test_only_care_is_tried_again_when_the_answer_was_lost():
    assert after(outcome("unknown"), 1, NOW, LATE, stream="care", jitter=0).at == NOW + timedelta(minutes=5)
    for stream in ("marketing", "account", "staff", "test"):
        assert after(outcome("unknown"), 1, NOW, LATE, stream=stream, jitter=0).at is None


def test_gmail_is_left_in_peace_for_ten_minutes_when_it_asks():
    decision = after(outcome(enhanced="4.7.28", code=421), 1, NOW, LATE, stream="marketing", jitter=0)
    assert decision.at == NOW + timedelta(minutes=10)


def test_the_reason_for_the_row_is_short_and_names_nobody():
    said = Outcome("refused", 550, "5.1.1", "<reader@example.com>: User unknown " * 20, "recipient")
    assert after(said, 1, NOW, LATE, stream="care", jitter=0).reason == "refused for good: 550 5.1.1"
    ours = Outcome("unwritten", None, None, "the mail server cannot be used " * 20, "server")
    assert len(after(ours, 1, NOW, LATE, stream="care", jitter=0).reason) < 200


def test_an_accepted_letter_has_no_next_try():
    with pytest.raises(ValueError, match="accepted"):
        after(outcome("accepted", code=250), 1, NOW, LATE, stream="marketing", jitter=0)
