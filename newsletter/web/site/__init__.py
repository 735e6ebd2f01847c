"""Pages for visitors and readers: which path leads to which action."""

from __future__ import annotations

from flask import Blueprint

from newsletter.web.site import (
    archive,
    check,
    click,
    confirm,
    data,
    embed,
    front,
    health,
    look,
    media,
    move,
    opened,
    preferences,
    subscribe,
    unsubscribe,
)

pages = Blueprint("site", __name__)
pages.add_url_rule("/", "front", front.show)
pages.add_url_rule("/embed.js", "embed", embed.show)
pages.add_url_rule("/subscribe", "subscribe", subscribe.post, methods=["POST"])
pages.add_url_rule("/check/<token>", "check", check.show)
pages.add_url_rule("/check/<token>", "again", check.again, methods=["POST"])
pages.add_url_rule("/confirm/<token>", "confirm", confirm.show)
pages.add_url_rule("/confirm/<token>", "confirmed", confirm.post, methods=["POST"])
pages.add_url_rule("/confirm/<token>/renew", "renew", confirm.renew, methods=["POST"])
pages.add_url_rule("/u/<token>", "unsubscribe", unsubscribe.show)
pages.add_url_rule("/u/<token>", "leave", unsubscribe.post, methods=["POST"])
pages.add_url_rule("/c/<token>/<int:number>", "click", click.show)
pages.add_url_rule("/o/<token>.gif", "opened", opened.show)
pages.add_url_rule("/preferences/<token>", "preferences", preferences.show)
pages.add_url_rule("/preferences/<token>", "choose", preferences.post, methods=["POST"])
pages.add_url_rule("/data/<token>", "data_link", data.show)
pages.add_url_rule("/data/<token>", "data_do", data.post, methods=["POST"])
pages.add_url_rule("/data", "data", data.everything)
pages.add_url_rule("/data.json", "data_file", data.download)
pages.add_url_rule("/what-we-keep", "keep", data.kept_how_long)
pages.add_url_rule("/move/<token>", "move", move.show)
pages.add_url_rule("/move/<token>", "moved", move.follow, methods=["POST"])
pages.add_url_rule("/look/<token>", "look", look.show)
pages.add_url_rule("/look/<token>/letter", "look_letter", look.letter)
pages.add_url_rule("/look/a-test", "no_reader", look.no_reader)
pages.add_url_rule("/media/<name>", "media", media.show)
pages.add_url_rule("/archive/", "archive", archive.listed)
pages.add_url_rule("/archive/<slug>", "issue", archive.issue)
pages.add_url_rule("/archive.xml", "rss", archive.rss)

operators = Blueprint("health", __name__)
operators.add_url_rule("/health", "process", health.process)
operators.add_url_rule("/ready", "ready", health.ready)

# Other sites and mail programs post here without a cookie: nothing that they could ride on (RFC 8058 section 3.1).
WITHOUT_COOKIE = (subscribe.post, unsubscribe.post)
