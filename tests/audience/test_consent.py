"""Consent is append-only: the code writes acts, and only time and her own erasure ever take something away."""

from __future__ import annotations

import ast
import re
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

import newsletter
from newsletter.audience import consent, wordings
from newsletter.audience.consent import Evidence
from newsletter.audience.models import Wording

FINAL = {"Consent", "Wording", "consent", "wording", "consents", "wordings"}
CHANGES = {"update", "delete", "merge"}
SQL = re.compile(r"\b(update|delete\s+from)\s+(consents|wordings)\b", re.IGNORECASE)


def names(node: ast.AST) -> set[str]:
    """Every name and attribute below `node`."""
    below = list(ast.walk(node))
    return {n.id for n in below if isinstance(n, ast.Name)} | {
        n.attr for n in below if isinstance(n, ast.Attribute)
    }


def meddles(node: ast.AST) -> bool:
    """Whether this statement updates or deletes a consent or a wording."""
    match node:
        # Not `texts.update(what was selected)`: that changes a dictionary.
        case ast.Call(func=ast.Attribute(attr="update"), args=[ast.Call(), *_]):
            return False
        case ast.Call(func=ast.Attribute(attr=verb) | ast.Name(id=verb), args=args):
            return verb in CHANGES and any(names(each) & FINAL for each in args)
        case ast.Constant(value=str(words)):
            return bool(SQL.search(words))
        case (
            ast.Assign(targets=[ast.Attribute(value=ast.Name(id=row))])
            | ast.AugAssign(target=ast.Attribute(value=ast.Name(id=row)))
        ):
            return row in FINAL
    return False


def meddling(source: str) -> bool:
    return any(meddles(node) for node in ast.walk(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "session.execute(update(Consent).values(ip=None))",
        "session.execute(sa.delete(models.Wording))",
        "session.delete(consent)",
        "session.execute(text('DELETE FROM consents'))",
        "consent.ip = None",
        "session.merge(Consent(id=1))",
    ],
)
def test_the_watchman_sees_what_he_is_there_for(source):
    assert meddling(source)


def statements(source: str) -> list[str]:
    """What meddles in this source, as it is written there."""
    found = [node for node in ast.walk(ast.parse(source)) if meddles(node)]
    return sorted({ast.unparse(node) for node in found})


def test_only_time_and_her_own_wish_take_something_from_a_consent():
    """Retention forgets from where an act came; erasure deletes her acts with everything else. Nothing else may."""
    package = Path(newsletter.__file__).parent
    found = {
        path.relative_to(package).as_posix(): statements(path.read_text())
        for path in package.rglob("*.py")
        if meddling(path.read_text())
    }
    assert found == {
        "audience/retention.py": ["update(Consent)"],
        "privacy/erasing.py": ["delete(Consent)"],
    }


def test_retention_forgets_the_address_and_the_browser_and_nothing_else():
    source = (Path(newsletter.__file__).parent / "audience" / "retention.py").read_text()
    values = [
        {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values"
    ]
    assert values == [{"ip": "None", "user_agent": "None"}]


def test_a_text_is_kept_once_per_name_and_hash(desk):
    with desk.database.writing.begin() as session:
        first = wordings.keep(session, "sign-up", "Send me the letters", desk.clock.now())
        again = wordings.keep(session, "sign-up", "Send me the letters", desk.clock.advance(days=1))
        changed = wordings.keep(session, "sign-up", "Send me letters", desk.clock.now())
        elsewhere = wordings.keep(session, "embed", "Send me the letters", desk.clock.now())
        assert first.id == again.id
        assert len({first.id, changed.id, elsewhere.id}) == 3
        assert first.sha256 == sha256(b"Send me the letters").hexdigest()
        assert again.created_at < desk.clock.now()
        assert session.scalar(select(func.count()).select_from(Wording)) == 3


def test_the_wording_kept_is_the_sentence_that_the_page_prints():
    for sentence in (wordings.HEADING, wordings.PROMISE, wordings.TERMS, wordings.SEND_ME):
        assert sentence in wordings.SIGN_UP.text
    assert "We pass your address to nobody." in wordings.SIGN_UP.text
    assert wordings.YES in wordings.CONFIRM.text


def test_an_act_that_is_none_is_refused_by_the_database(desk):
    desk.ask()
    person = desk.person().id
    with pytest.raises(IntegrityError), desk.database.writing.begin() as session:
        consent.record(session, person, "assumed", ["tips"], Evidence("form"), desk.clock.now())
    assert desk.acts() == [("requested", ["news", "resources", "tips"])]


def test_a_withdrawal_needs_no_words(desk):
    desk.ask()
    person = desk.person().id
    with desk.database.writing.begin() as session:
        consent.record(
            session, person, "withdrawn", ["tips", "news"], Evidence("one-click"), desk.clock.now()
        )
    last = desk.card()["consents"][-1]
    assert (last["act"], last["topics"], last["wording"], last["how"]) == (
        "withdrawn",
        ["news", "tips"],
        None,
        "one-click",
    )
