"""Pictures of every page of the studio, for docs/: `python -m tests.browser.pictures URL FOLDER`.

URL is a practice installation at this computer, best one with a month behind it (`make demo`). From its first page every
link is followed; each page is taken once, at two widths and in two schemes.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from PIL import Image
from werkzeug.exceptions import HTTPException

from newsletter.house import open_house
from newsletter.settings import Settings
from newsletter.web import create_app
from tests import chromium

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page
    from werkzeug.routing import MapAdapter

CHROMIUM = Path("/usr/bin/chromium")
WIDTHS = {"desktop": 1440, "phone": 390}
SCHEMES = ("light", "dark")
TALLEST = 2_000  # pixels: what is below says no more of how a page looks
PARTS = {"studio.inbox_html", "studio.entrance"}  # what a browser shows inside a page, or once


def main(url: str, folder: Path) -> None:
    """Take the pictures, and write the page that shows them."""
    routes = _routes()
    with chromium.running(CHROMIUM) as browser, chromium.contexts(browser) as open_context:
        pages = dict(sorted(_pages(_entered(open_context(), url), url, routes)))
        for scheme in SCHEMES:
            for name, width in WIDTHS.items():
                viewport = {"width": width, "height": 900}
                page = _entered(open_context(viewport=viewport, color_scheme=scheme), url)
                for endpoint, path in pages.items():
                    page.goto(urljoin(url, path))
                    _keep(page, folder / f"{endpoint}-{name}-{scheme}.webp", width)
    (folder / "README.md").write_text(_shown(pages))
    print(f"{len(pages)} pages, {len(pages) * 4} pictures in {folder}")


def _routes() -> MapAdapter:
    house = open_house(Settings.from_env())
    app = create_app(house=house)
    house.close()
    return app.url_map.bind("localhost")


def _entered(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(urljoin(url, "/studio/"))
    page.get_by_role("button", name="Enter the studio").click()
    page.wait_for_url("**/studio/")
    return page


def _pages(page: Page, url: str, routes: MapAdapter) -> Iterator[tuple[str, str]]:
    """(name, path) of each page that links lead to: the first path found for each."""
    seen: set[str] = set()
    waiting = ["/studio/"]
    while waiting:
        path = waiting.pop(0)
        name = _name(routes, path)
        if name is None or name in seen:
            continue
        seen.add(name)
        page.goto(urljoin(url, path))
        yield name.removeprefix("studio."), path
        links: list[str] = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        for link in links:
            parts = urlsplit(link)
            is_file = "." in parts.path.rpartition("/")[2]
            if parts.netloc == urlsplit(url).netloc and parts.path.startswith("/studio/") and not is_file:
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))


def _name(routes: MapAdapter, path: str) -> str | None:
    try:
        endpoint: Any = routes.match(urlsplit(path).path)[0]
    except HTTPException:
        return None
    return None if endpoint in PARTS else str(endpoint)


def _keep(page: Page, file: Path, width: int) -> None:
    page.wait_for_load_state("networkidle")
    tall: int = page.evaluate("document.documentElement.scrollHeight")
    clip: Any = {"x": 0, "y": 0, "width": width, "height": min(max(tall, 900), TALLEST)}
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True, clip=clip)))
    file.parent.mkdir(parents=True, exist_ok=True)
    picture.save(file, "WEBP", quality=72, method=6)


def _shown(pages: dict[str, str]) -> str:
    lines = ["# Every page of the studio", "", "Taken from the product itself by `make pictures`."]
    for endpoint, path in pages.items():
        lines += ["", f"## `{urlsplit(path).path}`", ""]
        looks = [(name, scheme) for name in WIDTHS for scheme in SCHEMES]
        lines.append("| " + " | ".join(f"{name}, {scheme}" for name, scheme in looks) + " |")
        lines.append("|---|---|---|---|")
        shown = (f"![{path}, {name}, {scheme}]({endpoint}-{name}-{scheme}.webp)" for name, scheme in looks)
        lines.append("| " + " | ".join(shown) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
