"""Every template is used: by the code, or by another template."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.checkout import ROOT, package

TEMPLATES = ROOT / "templates"
JINJA_NAMES = re.compile(r"""\{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""")


def texts_in_the_code() -> set[str]:
    return {
        node.value
        for source in package()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def named_by_templates() -> set[str]:
    return {
        name
        for path in TEMPLATES.rglob("*")
        if path.is_file()
        for name in JINJA_NAMES.findall(path.read_text(encoding="utf-8"))
    }


def pages() -> list[Path]:
    return [path for skin in ("site", "studio") for path in (TEMPLATES / skin).rglob("*") if path.is_file()]


def test_every_page_of_the_site_and_the_studio_is_shown_or_built_upon():
    used = texts_in_the_code() | named_by_templates()
    unused = {
        path.relative_to(TEMPLATES).as_posix()
        for path in pages()
        if not used
        & {path.relative_to(TEMPLATES).as_posix(), path.relative_to(TEMPLATES / path.parts[-2]).as_posix()}
    }
    assert pages()
    assert unused == set()


def test_every_account_e_mail_is_sent_by_somebody():
    """Each has its folder; who queues it calls it `mail:<folder>`, or passes on the folder's name."""
    texts = texts_in_the_code()
    mails = {
        path.name for path in (TEMPLATES / "email").iterdir() if path.is_dir() and path.name != "designs"
    }
    assert mails
    assert {mail for mail in mails if not texts & {mail, f"mail:{mail}"}} == set()


def test_every_account_e_mail_has_a_subject_a_text_and_a_page():
    incomplete = {
        path.name: sorted(file.name for file in path.iterdir())
        for path in (TEMPLATES / "email").iterdir()
        if path.is_dir()
        and path.name != "designs"
        and not {"subject.txt", "body.txt", "body.html"} <= {file.name for file in path.iterdir()}
    }
    assert incomplete == {}


def test_no_page_loads_anything_from_another_host():
    loads = re.compile(r"""(?:\bsrc|<link[^>]*\bhref|@import|url\()\s*=?\s*["'(]?\s*(?:https?:)?//""")
    found = {path.name: loads.findall(path.read_text(encoding="utf-8")) for path in pages()}
    assert {name: hits for name, hits in found.items() if hits} == {}
