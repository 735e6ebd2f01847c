"""Who may open what, made from the list of routes: a page that somebody adds is asked too."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from newsletter.audit import AuditEntry
from newsletter.campaigns import broadcasts
from newsletter.staff.roll import ROLES
from newsletter.web import access
from tests.walks.story import Story
from tests.web.visiting import READER, Visitor

# What stands in an address, by the name of its part: something that is there.
THERE = {"key": "is-one-enough", "number": 1, "staff_id": 1, "token": "nothing-of-ours"}
ELSEWHERE = {
    "REMOTE_ADDR": "203.0.113.9"
}  # at this very computer, practice opens its inbox to nobody in particular
NEWSLETTER, SEQUENCE = "news-what-is-new", "welcome"


def rules(app: Flask) -> Iterator[Rule]:
    yield from (rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("studio."))


def place(app: Flask, rule: Rule) -> access.Place:
    found = access.place_of(app.view_functions[rule.endpoint])
    assert found is not None, f"say at the view of {rule.endpoint} who may open it (newsletter/web/access.py)"
    return found


def address(rule: Rule) -> str:
    slug = SEQUENCE if "sequence" in rule.rule else NEWSLETTER
    parts = {name: {"slug": slug, **THERE}.get(name, 1) for name in rule.arguments}
    built = rule.build(parts, append_unknown=False)
    assert built is not None
    return built[1]


def every_door(app: Flask) -> Iterator[tuple[str, str, access.Place]]:
    """Method, address and place of every page that is not a way in."""
    for rule in rules(app):
        if (found := place(app, rule)).roles is not None:
            for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
                yield method, address(rule), found


@pytest.fixture
def everyone(sign_in: Callable[[str], Visitor]) -> dict[str, Visitor]:
    return {role: sign_in(role) for role in ROLES}


def test_each_role_opens_what_its_place_says_and_nothing_else(
    app: Flask, everyone: dict[str, Visitor]
) -> None:
    wrong = []
    for method, path, found in every_door(app):
        for role, visitor in everyone.items():
            status = visitor.client.open(path, method=method, environ_base=ELSEWHERE).status_code
            refused = status == 403
            if refused == (role in (found.roles or ())) or status in {401, 500}:
                wrong.append(f"{method} {path} answers {status} to {role}")
    assert wrong == []


def test_nobody_who_is_not_signed_in_opens_anything(app: Flask) -> None:
    client = app.test_client()
    statuses = {
        f"{method} {path}": client.open(path, method=method, environ_base=ELSEWHERE).status_code
        for method, path, _ in every_door(app)
    }
    assert {where: status for where, status in statuses.items() if status != 401} == {}


def test_whatever_changes_something_refuses_without_the_forms_own_token(
    story: Story, app: Flask, everyone: dict[str, Visitor]
) -> None:
    posts = [(path, found) for method, path, found in every_door(app) if method == "POST"]
    assert posts
    wrong = []
    for path, found in posts:
        for role in found.roles or ():
            for token in ({}, {"csrf_token": "of-another-visit"}):
                answer = everyone[role].client.post(path, data=token)
                if answer.status_code != 400 or "Please press once more" not in answer.text:
                    wrong.append(f"POST {path} answers {answer.status_code} to {role}")
    assert wrong == []
    with story.house.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(AuditEntry)) == 0


def test_what_reads_cannot_change_and_what_changes_is_never_a_get(app: Flask) -> None:
    for rule in rules(app):
        writes = "POST" in (rule.methods or set())
        found = place(app, rule)
        assert found.writes == writes or found.roles is None, rule
        if found.writes:
            hers = rule.rule.startswith("/studio/me/")  # her own name, password and telephone
            assert hers or "viewer" not in (found.roles or ()), rule
            assert "GET" not in (rule.methods or set()), rule


def test_a_reader_of_numbers_never_meets_a_persons_address(
    story: Story, app: Flask, confirmed: Visitor, everyone: dict[str, Visitor]
) -> None:
    with story.house.database.writing.begin() as session:
        broadcasts.send(session, NEWSLETTER, story.clock.now())
    story.live(days=1)
    met = dict.fromkeys(ROLES, 0)
    for method, path, found in every_door(app):
        for role, visitor in everyone.items():
            if method == "GET" and role in (found.roles or ()):
                met[role] += READER in visitor.client.get(path).text
    assert met["viewer"] == 0
    assert met["marketer"] > 0, "the address stands on no page at all: this test would show nothing"
