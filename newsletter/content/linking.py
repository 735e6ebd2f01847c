"""Pure: what can be known of a link without following it. Nobody is asked: decision 009."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

# Named by RFC 2606 and RFC 6761 for this very purpose: nobody's letters lead there.
NOT_YET = re.compile(
    r"(?:.+\.)?(?:example\.(?:com|net|org)|invalid|test)|(?:www\.)?your-?(?:domain|site|clinic)\..+"
)
THIS_COMPUTER = re.compile(r"localhost|.+\.localhost|127\..*|::1|0\.0\.0\.0|.*\.local")
INSIDE = re.compile(r"[^.:]+|.+\.(?:internal|lan|home|intranet|corp)")
# Words that look like an address: a host with a dot and letters behind it, with or without what stands around it.
LOOKS_LIKE = re.compile(r"(?:https?://)?((?:[\w-]+\.)+[a-z]{2,24})(?:[/?#:]\S*)?", re.IGNORECASE)
FILES = re.compile(r".+\.(?:pdf|jpe?g|png|docx?|html?|zip)", re.IGNORECASE)
ABOUT_LINKS = re.compile(r"a link |https?://|mailto:", re.IGNORECASE)  # how each of these remarks begins
MAIL = re.compile(r"mailto:[^@\s?]+@[^@\s?]+\.[a-z]{2,}(?:\?.*)?", re.IGNORECASE)


def remark(href: str, words: str) -> str:
    """What a careful colleague would say of a link to `href` that says `words`; empty where it is fine."""
    if not href:
        return "a link has no address that a reader can open"
    try:
        address = urlsplit(href)
        host = (address.hostname or "").rstrip(".")
    except ValueError:
        return f"{_short(href)} is not an address that a reader can open"
    if address.scheme == "mailto":
        return "" if MAIL.fullmatch(href) or "{" in href else f"{_short(href)} names no mailbox"
    if address.scheme not in {"http", "https"}:
        return ""
    return _of_the_host(href, host) or _of_the_words(host, words) or _of_the_way(href, address)


def _of_the_host(href: str, host: str) -> str:
    if THIS_COMPUTER.fullmatch(host):
        return f"{_short(href)} leads to this computer only"
    if _is_private(host) or INSIDE.fullmatch(host):
        return f"{_short(href)} leads into a network that readers are not in"
    if NOT_YET.fullmatch(host):
        return f"{_short(href)} stands for an address that is still to come"
    return ""


def _is_private(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False


def _of_the_words(host: str, words: str) -> str:
    """Words that name one place over a link to another: what phishing does, and what mail programs warn of."""
    said = LOOKS_LIKE.fullmatch(words.strip())
    if said is None or FILES.fullmatch(words.strip()):
        return ""
    named = said[1].lower().removeprefix("www.")
    leads_to = host.removeprefix("www.")
    if leads_to == named or leads_to.endswith(f".{named}") or named.endswith(f".{leads_to}"):
        return ""
    return f"a link says {named} and leads to {leads_to}; mail programs warn of such"


def _of_the_way(href: str, address: SplitResult) -> str:
    if address.username or address.password:
        return f"{_short(href)} has a name or a password in it, which every reader would see"
    return f"{_short(href)} is not encrypted; right would be https://" if address.scheme == "http" else ""


def _short(href: str) -> str:
    return href if len(href) <= 80 else f"{href[:77]}…"
