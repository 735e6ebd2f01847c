"""`/`: the sign-up form."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.web.site import form
from newsletter.web.transaction import in_transaction


@in_transaction
def show(session: Session) -> ResponseReturnValue:
    """The form, empty. Sets no cookie."""
    return form.page(session, form.Typed())
