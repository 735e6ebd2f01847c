"""Pages for visitors and readers: which path leads to which action."""

from __future__ import annotations

from flask import Blueprint

from newsletter.web.site import check, confirm, front, health, preferences, subscribe, unsubscribe

pages = Blueprint("site", __name__)
pages.add_url_rule("/", "front", front.show)
pages.add_url_rule("/subscribe", "subscribe", subscribe.post, methods=["POST"])
pages.add_url_rule("/check/<token>", "check", check.show)
pages.add_url_rule("/check/<token>", "again", check.again, methods=["POST"])
pages.add_url_rule("/confirm/<token>", "confirm", confirm.show)
pages.add_url_rule("/confirm/<token>", "confirmed", confirm.post, methods=["POST"])
pages.add_url_rule("/confirm/<token>/renew", "renew", confirm.renew, methods=["POST"])
pages.add_url_rule("/u/<token>", "unsubscribe", unsubscribe.show)
pages.add_url_rule("/u/<token>", "leave", unsubscribe.post, methods=["POST"])
pages.add_url_rule("/preferences/<token>", "preferences", preferences.show)
pages.add_url_rule("/preferences/<token>", "choose", preferences.post, methods=["POST"])

operators = Blueprint("health", __name__)
operators.add_url_rule("/health", "process", health.process)
operators.add_url_rule("/ready", "ready", health.ready)

# Other sites and mail programs post here without a cookie: nothing that they could ride on (RFC 8058 section 3.1).
WITHOUT_COOKIE = (subscribe.post, unsubscribe.post)
