"""The studio: for whoever writes the letters. A package for each part, a module for each action.

Each view says who may open it (`web/access`); here stands at which address.
"""

from __future__ import annotations

from flask import Blueprint

from newsletter.web.studio import rail, today
from newsletter.web.studio.entry import account, closed, credentials, entrance, two_step
from newsletter.web.studio.newsletters import choosing, deciding, newsletter
from newsletter.web.studio.newsletters import listing as newsletters
from newsletter.web.studio.people import adding, blocked, bringing, person, person_deeds, several
from newsletter.web.studio.people import listing as people
from newsletter.web.studio.practice import clock, inbox
from newsletter.web.studio.reports import deliveries
from newsletter.web.studio.reports import pages as reports
from newsletter.web.studio.sequences import listing as sequences
from newsletter.web.studio.sequences import moving, pausing, rehearsing, sequence, terms, using
from newsletter.web.studio.settings import (
    brand,
    clinic_facts,
    consent_texts,
    forms,
    log,
    pictures,
    sending,
    staff,
    topics,
)
from newsletter.web.studio.settings import index as settings
from newsletter.web.studio.writing import as_html, preview, sharing, trying, versions
from newsletter.web.studio.writing import page as writing

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
pages.add_url_rule("/settings/", "settings", settings.show)
pages.add_url_rule("/settings/clinic/", "clinic_facts", clinic_facts.show)
pages.add_url_rule("/settings/clinic/", "clinic_facts_save", clinic_facts.post, methods=["POST"])
pages.add_url_rule("/settings/sending/", "sending", sending.show)
pages.add_url_rule("/settings/sending/test", "sending_test", sending.test, methods=["POST"])
pages.add_url_rule("/settings/sending/test/<int:number>", "sending_state", sending.state)
pages.add_url_rule("/settings/topics/", "topics", topics.show)
pages.add_url_rule("/settings/topics/", "topic_add", topics.add, methods=["POST"])
pages.add_url_rule("/settings/topics/<slug>/", "topic", topics.one)
pages.add_url_rule("/settings/topics/<slug>/", "topic_save", topics.save, methods=["POST"])
pages.add_url_rule("/settings/topics/<slug>/move", "topic_move", topics.move, methods=["POST"])
pages.add_url_rule("/settings/topics/<slug>/retire", "topic_retire", topics.retire, methods=["POST"])
pages.add_url_rule("/settings/topics/<slug>/offer", "topic_offer", topics.offer, methods=["POST"])
pages.add_url_rule("/settings/topics/<slug>/delete", "topic_delete", topics.delete, methods=["POST"])
pages.add_url_rule("/settings/consent/", "consent_texts", consent_texts.show)
pages.add_url_rule("/settings/consent/<name>/", "consent_text", consent_texts.one)
pages.add_url_rule("/settings/consent/<name>/", "consent_save", consent_texts.save, methods=["POST"])
pages.add_url_rule("/settings/consent/<name>/reset", "consent_reset", consent_texts.reset, methods=["POST"])
pages.add_url_rule("/settings/forms/", "forms", forms.show)
pages.add_url_rule("/settings/forms/new", "form_new", forms.new)
pages.add_url_rule("/settings/forms/new", "form_add", forms.add, methods=["POST"])
pages.add_url_rule("/settings/forms/<slug>/", "form", forms.one)
pages.add_url_rule("/settings/forms/<slug>/", "form_save", forms.save, methods=["POST"])
pages.add_url_rule("/settings/forms/<slug>/retire", "form_retire", forms.retire, methods=["POST"])
pages.add_url_rule("/settings/forms/<slug>/poster.<kind>", "form_poster", forms.poster)
pages.add_url_rule("/settings/staff/", "staff", staff.show)
pages.add_url_rule("/settings/staff/", "staff_add", staff.add, methods=["POST"])
pages.add_url_rule("/settings/staff/<int:staff_id>/", "colleague", staff.colleague)
pages.add_url_rule("/settings/staff/<int:staff_id>/role", "staff_role", staff.role, methods=["POST"])
pages.add_url_rule("/settings/staff/<int:staff_id>/remove", "staff_remove", staff.remove, methods=["POST"])
pages.add_url_rule("/settings/staff/<int:staff_id>/link", "staff_link", staff.link, methods=["POST"])
pages.add_url_rule("/settings/log/", "log", log.show)
pages.add_url_rule("/settings/brand/", "brand", brand.show)
pages.add_url_rule("/settings/brand/", "save_brand", brand.save, methods=["POST"])
pages.add_url_rule("/settings/brand/letter", "brand_letter", brand.letter)
pages.add_url_rule("/settings/brand/everywhere", "brand_everywhere", brand.everywhere, methods=["POST"])
pages.add_url_rule("/pictures", "choose_picture", pictures.choose)
pages.add_url_rule("/pictures", "bring_picture", pictures.bring, methods=["POST"])
pages.add_url_rule("/settings/pictures/", "pictures", pictures.show)
pages.add_url_rule(
    "/settings/pictures/<int:number>/delete", "picture_delete", pictures.delete, methods=["POST"]
)
pages.add_url_rule("/deliveries/", "deliveries", deliveries.show)
pages.add_url_rule("/deliveries/<kind>/<of>/", "deliveries_group", deliveries.group)
pages.add_url_rule("/deliveries/<kind>/<of>/again", "deliveries_again", deliveries.again, methods=["POST"])
pages.add_url_rule(
    "/deliveries/<kind>/<of>/arrived", "deliveries_arrived", deliveries.arrived, methods=["POST"]
)
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
pages.add_url_rule("/reports/", "reports", reports.show)
pages.add_url_rule("/reports/newsletters/<slug>/", "newsletter_report", reports.newsletter)
pages.add_url_rule("/reports/newsletters/<slug>.csv", "newsletter_report_file", reports.newsletter_file)
pages.add_url_rule("/reports/sequences/<slug>/", "sequence_report", reports.sequence)
pages.add_url_rule("/reports/sequences/<slug>.csv", "sequence_report_file", reports.sequence_file)
pages.add_url_rule("/sequences/", "sequences", sequences.show)
pages.add_url_rule("/sequences/new", "sequence_new", sequences.new)
pages.add_url_rule("/sequences/new", "sequence_create", sequences.create, methods=["POST"])
pages.add_url_rule("/sequences/<slug>/", "sequence", sequence.show)
pages.add_url_rule("/sequences/<slug>/duplicate", "sequence_duplicate", sequences.duplicate, methods=["POST"])
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
    pages.add_url_rule(f"{_path}/html", f"html_{_letter}", as_html.turn, methods=["POST"])
    pages.add_url_rule(f"{_path}/preview", f"preview_{_letter}", preview.show)
    pages.add_url_rule(f"{_path}/test", f"test_{_letter}", trying.send, methods=["POST"])
    pages.add_url_rule(f"{_path}/share", f"share_{_letter}", sharing.share, methods=["POST"])
    pages.add_url_rule(f"{_path}/versions", f"versions_{_letter}", versions.show)
    pages.add_url_rule(f"{_path}/versions", f"bring_back_{_letter}", versions.bring_back, methods=["POST"])
    pages.add_url_rule(f"{_path}/versions/<which>", f"version_{_letter}", versions.frame)
pages.add_url_rule("/sequences/<slug>/pause", "sequence_pause", pausing.show)
pages.add_url_rule("/sequences/<slug>/pause", "pause_sequence", pausing.pause, methods=["POST"])
pages.add_url_rule("/sequences/<slug>/resume", "resume_sequence", pausing.resume, methods=["POST"])
pages.add_url_rule("/sequences/<slug>/rehearse", "rehearse", rehearsing.show)
pages.add_url_rule("/sequences/<slug>/rehearse", "rehearse_for", rehearsing.find, methods=["POST"])
pages.add_url_rule("/sequences/<slug>/<key>/rehearsed", "rehearse_letter", rehearsing.letter)
pages.add_url_rule("/people/", "people", people.show)
pages.add_url_rule("/people/add", "person_new", adding.show)
pages.add_url_rule("/people/add", "person_add", adding.post, methods=["POST"])
pages.add_url_rule("/people/several", "bulk", several.ask)
pages.add_url_rule("/people/several", "bulk_do", several.do, methods=["POST"])
pages.add_url_rule("/people/import/", "bringing", bringing.show)
pages.add_url_rule("/people/import/", "bringing_upload", bringing.upload, methods=["POST"])
pages.add_url_rule("/people/import/<token>/", "brought", bringing.one)
pages.add_url_rule("/people/import/<token>/columns", "bringing_columns", bringing.columns, methods=["POST"])
pages.add_url_rule("/people/import/<token>/start", "bringing_start", bringing.start, methods=["POST"])
pages.add_url_rule("/people/import/<token>/go-on", "bringing_go_on", bringing.go_on, methods=["POST"])
pages.add_url_rule("/people/import/<token>/forget", "bringing_forget", bringing.forget, methods=["POST"])
pages.add_url_rule("/people/import/<token>/report.csv", "bringing_report", bringing.report)
pages.add_url_rule("/people/do-not-mail/", "blocked", blocked.show)
pages.add_url_rule("/people/do-not-mail/", "blocked_add", blocked.add, methods=["POST"])
pages.add_url_rule("/people/do-not-mail/<int:mailbox_id>", "block", blocked.one)
pages.add_url_rule(
    "/people/do-not-mail/<int:mailbox_id>", "blocked_release", blocked.release, methods=["POST"]
)
pages.add_url_rule("/people/<int:person_id>/", "person", person.show)
pages.add_url_rule("/people/<int:person_id>/letters/<int:number>", "person_letter", person.letter)
pages.add_url_rule(
    "/people/<int:person_id>/letters/<int:number>/html", "person_letter_html", person.letter_html
)
pages.add_url_rule("/people/<int:person_id>/facts", "person_facts", person_deeds.facts, methods=["POST"])
pages.add_url_rule(
    "/people/<int:person_id>/subscribe", "person_subscribe", person_deeds.subscribe, methods=["POST"]
)
pages.add_url_rule("/people/<int:person_id>/break", "person_pause", person_deeds.pause, methods=["POST"])
pages.add_url_rule("/people/<int:person_id>/end", "person_end", person_deeds.end, methods=["POST"])
pages.add_url_rule("/people/<int:person_id>/block", "person_block", person_deeds.block, methods=["POST"])
pages.add_url_rule(
    "/people/<int:person_id>/release", "person_release", person_deeds.release, methods=["POST"]
)
pages.add_url_rule("/people/<int:person_id>/data", "person_data", person_deeds.data, methods=["POST"])
pages.add_url_rule("/people/<int:person_id>/erase", "person_erase", person_deeds.ask_erase)
pages.add_url_rule("/people/<int:person_id>/erase", "person_erased", person_deeds.erase, methods=["POST"])
