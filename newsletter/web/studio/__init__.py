"""The studio: for whoever writes the letters. One module per action; each view says who may open it."""

from __future__ import annotations

from flask import Blueprint

from newsletter.web.studio import (
    account,
    choosing,
    clock,
    closed,
    credentials,
    deciding,
    entrance,
    inbox,
    log,
    moving,
    newsletter,
    newsletters,
    pausing,
    preview,
    rail,
    rehearsing,
    sequence,
    sequences,
    sharing,
    staff,
    terms,
    today,
    trying,
    two_step,
    using,
    writing,
)

pages = Blueprint("studio", __name__, url_prefix="/studio")
pages.context_processor(rail.furnish)
pages.register_error_handler(401, closed.to_strangers)
pages.register_error_handler(403, closed.to_colleagues)
pages.add_url_rule("/", "today", today.show)
pages.add_url_rule("/enter/<token>", "entrance", entrance.show)
pages.add_url_rule("/enter/<token>", "enter", entrance.post, methods=["POST"])
pages.add_url_rule("/enter", "enter_here", entrance.here, methods=["POST"])
pages.add_url_rule("/sign-in", "sign_in", entrance.sign_in)
pages.add_url_rule("/sign-in/link", "ask_link", credentials.ask_link, methods=["POST"])
pages.add_url_rule("/sign-in/password", "enter_by_password", credentials.by_password, methods=["POST"])
pages.add_url_rule("/sign-in/code", "code", credentials.code)
pages.add_url_rule("/sign-in/code", "enter_code", credentials.enter_code, methods=["POST"])
pages.add_url_rule("/sign-out", "sign_out", entrance.sign_out, methods=["POST"])
pages.add_url_rule("/me/", "account", account.show)
pages.add_url_rule("/me/name", "account_name", account.name, methods=["POST"])
pages.add_url_rule("/me/password", "account_password", account.password, methods=["POST"])
pages.add_url_rule("/me/sign-out", "sign_out_everywhere", account.sign_out_everywhere, methods=["POST"])
pages.add_url_rule("/me/two-step", "two_step", two_step.show)
pages.add_url_rule("/me/two-step", "two_step_begin", two_step.begin, methods=["POST"])
pages.add_url_rule("/me/two-step.svg", "two_step_picture", two_step.picture)
pages.add_url_rule("/me/two-step/confirm", "two_step_confirm", two_step.confirm, methods=["POST"])
pages.add_url_rule("/me/two-step/codes", "two_step_codes", two_step.new_codes, methods=["POST"])
pages.add_url_rule("/me/two-step/off", "two_step_off", two_step.off, methods=["POST"])
pages.add_url_rule("/settings/staff/", "staff", staff.show)
pages.add_url_rule("/settings/staff/", "staff_add", staff.add, methods=["POST"])
pages.add_url_rule("/settings/staff/<int:staff_id>/", "colleague", staff.colleague)
pages.add_url_rule("/settings/staff/<int:staff_id>/role", "staff_role", staff.role, methods=["POST"])
pages.add_url_rule("/settings/staff/<int:staff_id>/remove", "staff_remove", staff.remove, methods=["POST"])
pages.add_url_rule("/settings/staff/<int:staff_id>/link", "staff_link", staff.link, methods=["POST"])
pages.add_url_rule("/settings/log/", "log", log.show)
pages.add_url_rule("/inbox/", "inbox", inbox.show)
pages.add_url_rule("/inbox/<int:number>", "inbox_letter", inbox.letter)
pages.add_url_rule("/inbox/<int:number>/html", "inbox_html", inbox.html)
pages.add_url_rule("/inbox/<int:number>.eml", "inbox_raw", inbox.raw)
pages.add_url_rule("/inbox/clock", "turn", clock.turn, methods=["POST"])
pages.add_url_rule("/inbox/clock/reset", "reset", clock.reset, methods=["POST"])
pages.add_url_rule("/newsletters/", "newsletters", newsletters.show)
pages.add_url_rule("/newsletters/new", "newsletter_new", newsletters.new)
pages.add_url_rule("/newsletters/new", "newsletter_create", newsletters.create, methods=["POST"])
pages.add_url_rule("/newsletters/<slug>/", "newsletter", newsletter.show)
pages.add_url_rule("/newsletters/<slug>/progress", "newsletter_progress", newsletter.progress)
pages.add_url_rule("/newsletters/<slug>/letter", "newsletter_letter", newsletter.letter)
pages.add_url_rule("/newsletters/<slug>/send", "newsletter_choose", choosing.show)
pages.add_url_rule("/newsletters/<slug>/send", "newsletter_send", choosing.post, methods=["POST"])
pages.add_url_rule(
    "/newsletters/<slug>/duplicate", "newsletter_duplicate", newsletters.duplicate, methods=["POST"]
)
pages.add_url_rule("/newsletters/<slug>/discard", "newsletter_ask_discard", newsletters.ask_discard)
pages.add_url_rule("/newsletters/<slug>/discard", "newsletter_discard", newsletters.discard, methods=["POST"])
pages.add_url_rule("/newsletters/<slug>/cancel", "newsletter_ask_cancel", deciding.ask_cancel)
pages.add_url_rule("/newsletters/<slug>/cancel", "newsletter_cancel", deciding.cancel, methods=["POST"])
pages.add_url_rule("/newsletters/<slug>/undo", "newsletter_undo", deciding.undo, methods=["POST"])
pages.add_url_rule("/newsletters/<slug>/now", "newsletter_now", deciding.now, methods=["POST"])
pages.add_url_rule("/newsletters/<slug>/pause", "newsletter_pause", deciding.pause, methods=["POST"])
pages.add_url_rule("/newsletters/<slug>/resume", "newsletter_resume", deciding.resume, methods=["POST"])
pages.add_url_rule(
    "/newsletters/<slug>/unschedule", "newsletter_unschedule", deciding.unschedule, methods=["POST"]
)
pages.add_url_rule("/newsletters/<slug>/decide", "newsletter_decide", deciding.decide, methods=["POST"])
pages.add_url_rule("/sequences/", "sequences", sequences.show)
pages.add_url_rule("/sequences/<slug>/", "sequence", sequence.show)
pages.add_url_rule("/sequences/<slug>/letters", "add_letter", moving.add, methods=["POST"])
pages.add_url_rule("/sequences/<slug>/<key>/move", "move_letter", moving.move, methods=["POST"])
pages.add_url_rule("/sequences/<slug>/<key>/remove", "remove_letter", moving.remove, methods=["POST"])
pages.add_url_rule("/sequences/<slug>/<key>/terms", "letter_terms", terms.show)
pages.add_url_rule("/sequences/<slug>/<key>/terms", "set_letter_terms", terms.post, methods=["POST"])
pages.add_url_rule("/sequences/<slug>/use", "sequence_use", using.show)
pages.add_url_rule("/sequences/<slug>/use", "use_sequence", using.post, methods=["POST"])
pages.add_url_rule("/sequences/<slug>/discard", "discard_sequence", using.discard, methods=["POST"])
for _letter, _path in (("newsletter", "/newsletters/<slug>"), ("letter", "/sequences/<slug>/<key>")):
    pages.add_url_rule(f"{_path}/write", f"write_{_letter}", writing.show)
    pages.add_url_rule(f"{_path}/write", f"save_{_letter}", writing.save, methods=["POST"])
    pages.add_url_rule(f"{_path}/preview", f"preview_{_letter}", preview.show)
    pages.add_url_rule(f"{_path}/test", f"test_{_letter}", trying.send, methods=["POST"])
    pages.add_url_rule(f"{_path}/share", f"share_{_letter}", sharing.share, methods=["POST"])
pages.add_url_rule("/sequences/<slug>/pause", "sequence_pause", pausing.show)
pages.add_url_rule("/sequences/<slug>/pause", "pause_sequence", pausing.pause, methods=["POST"])
pages.add_url_rule("/sequences/<slug>/resume", "resume_sequence", pausing.resume, methods=["POST"])
pages.add_url_rule("/sequences/<slug>/rehearse", "rehearse", rehearsing.show)
pages.add_url_rule("/sequences/<slug>/rehearse", "rehearse_for", rehearsing.find, methods=["POST"])
pages.add_url_rule("/sequences/<slug>/<key>/rehearsed", "rehearse_letter", rehearsing.letter)
