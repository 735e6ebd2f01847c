"""A sign-up becomes six letters: golden inboxes."""

from __future__ import annotations

from tests.walks.story import READER, Story

CONFIRMATION = "Mon 02 Mar 04:30  Please confirm your e-mail address"
WELCOME = [
    "Mon 02 Mar 04:30  Welcome: your first letter, and what comes next",
    "Wed 04 Mar 10:00  Is one microneedling session enough?",
    "Sat 07 Mar 10:00  What happens under the skin",
    "Wed 11 Mar 10:00  Right away, and over the weeks",
    "Mon 16 Mar 10:00  Why sessions build on each other",
    "Mon 23 Mar 10:00  A plan that fits your skin",
]


def test_a_reader_gets_six_letters_at_her_own_ten_o_clock_across_daylight_saving(story: Story) -> None:
    story.sign_up()
    story.confirm()
    story.live(days=24)
    assert story.inbox() == [CONFIRMATION, *WELCOME]


def test_who_does_not_confirm_gets_nothing_but_the_confirmation(story: Story) -> None:
    story.sign_up()
    story.live(days=40)
    assert story.inbox() == [CONFIRMATION]


def test_leaving_after_the_third_letter_leaves_three(story: Story) -> None:
    story.sign_up()
    story.confirm()
    story.live(days=6)
    story.leave()
    story.live(days=30)
    assert story.inbox() == [CONFIRMATION, *WELCOME[:3]]


def test_after_three_days_off_no_stale_letter_leaves_and_the_newest_useful_one_does(story: Story) -> None:
    story.sign_up()
    story.confirm()
    story.live(days=1)  # Tuesday: letter 2 is due on Wednesday, letter 3 on Saturday
    story.sleep(days=5)  # Sunday: both are due, only the newer one is still useful
    story.live(days=30)
    assert story.inbox() == [
        CONFIRMATION,
        WELCOME[0],
        "Sun 08 Mar 05:30  What happens under the skin",
        *WELCOME[3:],
    ]


def test_after_an_outage_two_letters_do_not_arrive_on_one_day(story: Story) -> None:
    story.sign_up()
    story.confirm()
    story.sleep(days=5, hours=4, minutes=30)  # Saturday, 9:00 in New York: letter 3 is due in an hour
    story.live(days=20)
    assert story.inbox()[1:] == [
        WELCOME[0],
        "Sat 07 Mar 09:00  Is one microneedling session enough?",
        "Mon 09 Mar 10:00  What happens under the skin",
        *WELCOME[3:],
    ]


def test_a_mistaken_tap_and_the_way_back_cost_no_letter_and_repeat_none(story: Story) -> None:
    story.sign_up()
    story.confirm()
    story.live(days=6)
    story.leave()
    story.sign_up()
    story.confirm()
    story.live(days=24)
    letters = [line for line in story.inbox() if "Please confirm" not in line]
    assert letters == WELCOME


def test_who_comes_back_long_after_leaving_is_welcomed_again(story: Story) -> None:
    story.sign_up()
    story.confirm()
    story.live(days=6)
    story.leave()
    story.live(days=30)
    story.sign_up()
    story.confirm()
    story.live(days=24)
    assert [line[18:] for line in story.inbox()[5:]] == [line[18:] for line in WELCOME]


def test_each_reader_lives_in_her_own_zone(story: Story) -> None:
    story.sign_up()
    story.sign_up("visitor014@example.com", zone="Asia/Kathmandu")
    story.confirm()
    story.confirm("visitor014@example.com")
    story.live(days=3)
    assert story.inbox(READER)[-1].startswith("Wed 04 Mar 10:00")
    assert story.inbox("visitor014@example.com", zone="Asia/Kathmandu")[-1].startswith("Wed 04 Mar 10:00")


def test_every_letter_names_the_clinic_the_way_out_and_the_postal_address(story: Story) -> None:
    story.sign_up()
    story.confirm()
    story.live(days=24)
    for letter in story.letters()[1:]:
        body = letter.get_body(("plain",)).get_content()
        assert "1 Example Street, Springfield" in body
        assert "https://letters.clinic.example/u/" in body
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
