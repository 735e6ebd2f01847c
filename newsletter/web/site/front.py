"""`/`: the sign-up form. `/?form=waiting-room` is the same form under the name that its sign-ups are counted by."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from newsletter.web.site import form
from newsletter.web.transaction import in_transaction


@in_transaction
def show(session: Session) -> ResponseReturnValue:
    """The form, empty. Sets no cookie."""
    return form.page(session, form.Typed(form=form.named(request.args.get("form")) or "site"))
