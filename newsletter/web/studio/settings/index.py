"""Settings: what there is to decide, each with how it stands now."""

from __future__ import annotations

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.web.access import WRITES, reads
from newsletter.web.transaction import house

# Under each page's name, what one decides there.
SAYS = {
    "studio.clinic_facts": "Name, address, telephone: what every e-mail and page says of you.",
    "studio.brand": "Logo and colors of your letters.",
    "studio.pictures": "Every picture that letters show.",
    "studio.topics": "What readers may choose to hear about.",
    "studio.consent_texts": "The words that people agree to, and who agreed to which.",
    "studio.forms": "Sign-up forms for other pages and for the wall, each with its own words.",
    "studio.sending": "The mail server, what went out today, and a test.",
    "studio.staff": "Who may come in here, and what each of them may do.",
    "studio.log": "Who changed what, and when.",
    "studio.keys": "Keys for other programs.",
}


@reads(roles=WRITES)
def show(session: Session) -> ResponseReturnValue:
    """The pages that whoever looks may open."""
    return render_template("studio/settings.html", says=SAYS, unsaid=house().unsaid(session))
