"""Pure: whose merge tags these are that are not ours, and what would say the same in our language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsletter.content.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Kind:
    """A way of writing merge tags that is not ours: whose it is, and where the field's name stands in it."""

    whose: str
    pattern: re.Pattern[str]


KINDS = (
    Kind("Mailchimp's", re.compile(r"\*\|([^|<>\n]{1,80})\|\*")),
    Kind(
        "Handlebars'",
        re.compile(r"\{\{\{([^{}]{1,200})\}\}\}|\{\{~?([#/>^&!][^{}]{1,200}|else[^{}]{0,80})\}\}"),
    ),
    Kind("a template program's (Liquid, Twig, Django, Jinja)", re.compile(r"\{%(.{1,500}?)%\}", re.DOTALL)),
    Kind("another tool's", re.compile(r"\{\{([^{}]{1,200})\}\}")),
    Kind("a template program's (ERB, EJS, ASP)", re.compile(r"<%[=-]?(.{0,500}?)%>", re.DOTALL)),
    Kind("PHP's", re.compile(r"<\?(?:php|=)(.{0,500}?)\?>", re.DOTALL)),
    Kind("Salesforce's", re.compile(r"%%=?([\w.: -]{1,60}[^%\n]{0,60})=?%%")),
    Kind("Mailgun's", re.compile(r"%(recipient[\w.]{0,60}|[a-z_]{0,20}unsubscribe_url)%")),
    Kind("ActiveCampaign's", re.compile(r"(?<![\w%])%([A-Z][A-Z0-9_-]{2,40})%(?![\w%])")),
    Kind("Smarty's", re.compile(r"\{\$([\w.>-]{1,60})[^{}\n]{0,60}\}")),
    Kind("another tool's", re.compile(r"\[\[([\w.: -]{1,60})\]\]")),
    Kind("a program's", re.compile(r"[$#@]\{([\w.:() -]{1,60})\}")),
    Kind("another tool's", re.compile(r"\[([A-Z][A-Z0-9_]{2,30})\](?!>)")),
)
FIRST_NAMES = {"fname", "firstname", "givenname", "recipientname", "vorname", "prenom"}
LEAVING = {"unsub", "unsubscribe", "unsubscribeurl", "unsubscribelink", "listunsubscribe"}


def foreign_remarks(html: str, tokens: Tokens) -> list[str]:
    """One line for each kind of other tools' tags that stand in `html`, with what would be right for the first."""
    found: dict[str, tuple[str, str, int]] = {}
    ours = {tag.text for tag in tokens.tags}
    rest = html
    for kind in KINDS:
        hits = [hit for hit in kind.pattern.finditer(rest) if hit[0] not in ours]
        if hits:
            name = next(filter(None, hits[0].groups()), "")
            first, _, number = found.get(kind.whose, (hits[0][0], name, 0))
            found[kind.whose] = first, name, number + len(hits)
            rest = kind.pattern.sub(lambda hit: hit[0] if hit[0] in ours else " ", rest)
    return [_remark(whose, *what) for whose, what in found.items()]


def _remark(whose: str, text: str, name: str, number: int) -> str:
    shown = " ".join(text.split())
    shown = shown if len(shown) <= 60 else f"{shown[:57]}…"
    others = f", and {number - 1} more of its kind" if number > 1 else ""
    said = f"{shown} is {whose} tag and stays as text{others}"
    right = suggestion(name)
    return f"{said}; right would be {right}" if right else said


def suggestion(name: str) -> str:
    """What would say the same in our language; '' where that is no field."""
    plain = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip()).lower()).strip("_")
    field = re.sub(r"\A(?:contact|user|subscriber|recipient|person|customer)_", "", plain)
    if _joined(field) in FIRST_NAMES:
        return "{{ first_name }}"
    if _joined(field) in LEAVING:
        return "{{ unsubscribe_url }}"
    is_field = re.fullmatch(r"[\s$.\w-]{1,40}", name) and re.fullmatch(r"[a-z][a-z0-9_]{1,40}", field)
    return f"{{{{ {field} }}}}" if is_field else ""


def _joined(name: str) -> str:
    return name.replace("_", "")
