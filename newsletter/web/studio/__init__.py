"""The studio: for whoever writes the letters. One module per action; each view says who may open it."""

from __future__ import annotations

from flask import Blueprint

from newsletter.web.studio import clock, entrance, inbox, today

pages = Blueprint("studio", __name__, url_prefix="/studio")
pages.add_url_rule("/", "today", today.show)
pages.add_url_rule("/enter/<token>", "entrance", entrance.show)
pages.add_url_rule("/enter/<token>", "enter", entrance.post, methods=["POST"])
pages.add_url_rule("/enter", "enter_here", entrance.here, methods=["POST"])
pages.add_url_rule("/inbox/", "inbox", inbox.show)
pages.add_url_rule("/inbox/<int:number>", "inbox_letter", inbox.letter)
pages.add_url_rule("/inbox/<int:number>/html", "inbox_html", inbox.html)
pages.add_url_rule("/inbox/<int:number>.eml", "inbox_raw", inbox.raw)
pages.add_url_rule("/inbox/clock", "turn", clock.turn, methods=["POST"])
pages.add_url_rule("/inbox/clock/reset", "reset", clock.reset, methods=["POST"])
