"""Computed styles in Chromium, element by element, before and after compiling; for tests, and by hand for figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

DESKTOP, PHONE = 600, 375
WIDTHS = (DESKTOP, PHONE)
# Scripts and loaded files are taken out; what is in the head is not shown.
ELEMENTS = """
    const skipped = ['script', 'link', 'style', 'meta', 'title', 'base', 'head'];
    const elements = [...document.querySelectorAll('*')].filter(e => !skipped.includes(e.localName));
"""
EVERY = f"""() => {{ {ELEMENTS}
    return elements.map(element => {{
        const style = getComputedStyle(element);
        return element.localName + '|' + [...style].map(name => style.getPropertyValue(name)).join('|');
    }});
}}"""
DETAIL = f"""(places) => {{ {ELEMENTS}
    return places.map(place => {{
        const style = getComputedStyle(elements[place]);
        return Object.fromEntries([...style].map(name => [name, style.getPropertyValue(name)]));
    }});
}}"""
MOST_EXPLAINED = 10


@dataclass
class Compared:
    """How many elements there are, which differ at one of the widths, and in what."""

    elements: int = 0
    differing: set[int] = field(default_factory=set)
    why: list[str] = field(default_factory=list)


def blank_page(open_context: Callable[..., BrowserContext]) -> Page:
    """A page that runs no script and loads nothing at all."""
    context = open_context(java_script_enabled=False)
    context.route("**/*", lambda route: route.abort())
    return context.new_page()


def compare(page: Page, before: str, after: str) -> Compared:
    """Every computed property of every element, at the width of a desktop's pane and of a phone."""
    found = Compared()
    for width in WIDTHS:
        was, is_now = (_computed(page, html, width, EVERY) for html in (before, after))
        found.elements = len(was)
        if len(was) != len(is_now):
            found.why.append(f"{len(was)} elements became {len(is_now)}")
        places = _differing(was, is_now)
        if places:  # a busy machine may have measured before the last layout: what differs must do so twice
            again = _differing(*(_computed(page, html, width, EVERY) for html in (before, after)))
            places = sorted(set(places) & set(again))
        found.differing.update(places)
        few = places[:MOST_EXPLAINED]
        if few:
            details = [_computed(page, html, width, DETAIL, few) for html in (before, after)]
            for place, one, other in zip(few, *details, strict=True):
                name = was[place].partition("|")[0]
                changed = {key: (one[key], other.get(key)) for key in one if one[key] != other.get(key)}
                found.why.append(f"{width}px, <{name}> number {place}: {dict(list(changed.items())[:4])}")
    return found


def _differing(was: list[str], is_now: list[str]) -> list[int]:
    return [place for place, pair in enumerate(zip(was, is_now, strict=False)) if pair[0] != pair[1]]


def _computed(page: Page, html: str, width: int, script: str, *arguments: Any) -> Any:
    page.goto("about:blank")
    page.set_viewport_size({"width": width, "height": 800})
    page.set_content(html, wait_until="load")
    return page.evaluate(script, *arguments)
