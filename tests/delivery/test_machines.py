"""Which looks at a letter were a program's."""

from __future__ import annotations

from datetime import timedelta

import pytest

from newsletter.delivery.machines import Look, by_program, in_haste

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)


@pytest.mark.parametrize(
    "agent",
    [
        PHONE,
        "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
        "Mozilla/5.0 (Linux; Android 14; CUBOT_NOTE) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
    ],
)
def test_a_reader_s_own_program_is_a_reader(agent):
    assert not by_program(Look("GET", agent))


@pytest.mark.parametrize(
    "look",
    [
        Look("HEAD", PHONE),
        Look("GET", ""),
        Look("GET", "  "),
        Look("GET", "Mozilla/5.0"),
        Look("GET", "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"),
        Look("GET", "Mozilla/5.0 (compatible; Googlebot/2.1)"),
        Look("GET", "Slackbot-LinkExpanding 1.0"),
        Look("GET", "Barracuda Sentinel (EE)"),
        Look("GET", "python-requests/2.32"),
        Look("GET", "curl/8.5.0"),
        Look("GET", "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/130.0 Safari/537.36"),
        Look("GET", "SkypeUriPreview Preview/0.5"),
        Look("GET", PHONE, "prefetch;prerender"),
        Look("GET", PHONE, "preview"),
    ],
    ids=str,
)
def test_a_program_gives_itself_away(look):
    assert by_program(look)


@pytest.mark.parametrize(
    ("since", "haste"), [(None, True), (-1, True), (0, True), (4.9, True), (5, False), (86_400, False)]
)
def test_nobody_reads_within_seconds_of_the_hand_over(since, haste):
    assert in_haste(None if since is None else timedelta(seconds=since)) is haste
