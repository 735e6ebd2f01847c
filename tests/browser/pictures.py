"""The pictures in docs/, taken from the product itself: `make pictures`.

A fresh practice installation is walked through (ten_minutes); in one with a month behind it every link of the studio is
followed from its first page, and each page is taken once, at two widths and in two schemes.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from PIL import Image
from werkzeug.exceptions import HTTPException

from newsletter.house import open_house
from newsletter.settings import Settings
from newsletter.web import create_app
from tests import chromium
from tests.browser import ten_minutes
from tests.servers.process import free_port
from tests.spawning import spawned

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page
    from werkzeug.routing import MapAdapter

CHROMIUM = Path("/usr/bin/chromium")
WIDTHS = {"desktop": 1440, "phone": 390}
SCHEMES = ("light", "dark")
TALLEST = 2_000  # pixels: what is below says no more of how a page looks
PARTS = {"studio.inbox_html", "studio.entrance"}  # what a browser shows inside a page, or once
Open = Callable[..., "BrowserContext"]


def main(folder: Path) -> None:
    """Take all of them into `folder`, and write the pages that show them."""
    with chromium.running(CHROMIUM) as browser, chromium.contexts(browser) as open_context:
        with _product("up") as (url, _):
            _walk(open_context, url, folder / "walk")
        with _product("demo") as (url, data):
            _every_page(open_context, url, _routes(data), folder / "studio")


@contextmanager
def _product(command: str) -> Iterator[tuple[str, Path]]:
    """(address, data directory) of a practice installation of its own, gone afterwards."""
    port = free_port()
    with tempfile.TemporaryDirectory() as data:
        env = {"NEWSLETTER_DATA_DIR": data}
        output = Path(data) / "said.txt"
        with spawned(command, "--port", str(port), env=env, output=output) as running:
            running.wait_for("/studio/enter/")
            yield f"http://127.0.0.1:{port}", Path(data)


def _walk(open_context: Open, url: str, folder: Path) -> None:
    shown = ["# The first ten minutes", "", "By the pages alone, in a fresh practice installation."]

    def take(page: Page, says: str) -> None:
        name = f"{len(shown) // 4 + 1:02}.webp"
        _keep(page, folder / name, 1440, 1000)
        shown.extend(["", f"**{says}**", "", f"![{says}]({name})"])

    ten_minutes.walk(open_context, url, take)
    (folder / "README.md").write_text("\n".join(shown) + "\n")


def _every_page(open_context: Open, url: str, routes: MapAdapter, folder: Path) -> None:
    pages = dict(sorted(_pages(_entered(open_context(), url), url, routes)))
    for scheme in SCHEMES:
        for name, width in WIDTHS.items():
            viewport = {"width": width, "height": 900}
            page = _entered(open_context(viewport=viewport, color_scheme=scheme), url)
            for endpoint, path in pages.items():
                page.goto(url + path)
                _keep(page, folder / f"{endpoint}-{name}-{scheme}.webp", width, TALLEST)
    (folder / "README.md").write_text(_shown(pages))


def _routes(data: Path) -> MapAdapter:
    house = open_house(Settings.from_env({"NEWSLETTER_DATA_DIR": str(data)}))
    app = create_app(house=house)
    house.close()
    return app.url_map.bind("localhost")


def _entered(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(f"{url}/studio/")
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
        page.goto(url + path)
        yield name.removeprefix("studio."), path
        links: list[str] = page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        for link in links:
            parts = urlsplit(link)
            is_file = "." in parts.path.rpartition("/")[2]
            if link.startswith(f"{url}/studio/") and not is_file:
                waiting.append(parts.path + (f"?{parts.query}" if parts.query else ""))


def _name(routes: MapAdapter, path: str) -> str | None:
    try:
        endpoint: Any = routes.match(urlsplit(path).path)[0]
    except HTTPException:
        return None
    return None if endpoint in PARTS else str(endpoint)


def _keep(page: Page, file: Path, width: int, tallest: int) -> None:
    page.wait_for_load_state("load")
    page.wait_for_timeout(500)  # what follows it: the e-mail in its frame, the editor that wakes
    page.evaluate("scrollTo(0, 0)")  # what sticks to the window stands at the top of the picture
    tall: int = page.evaluate("document.documentElement.scrollHeight")
    clip: Any = {"x": 0, "y": 0, "width": width, "height": min(max(tall, 900), tallest)}
    picture = Image.open(io.BytesIO(page.screenshot(full_page=True, clip=clip)))
    file.parent.mkdir(parents=True, exist_ok=True)
    picture.save(file, "WEBP", quality=70, method=6)


def _shown(pages: dict[str, str]) -> str:
    lines = ["# Every page of the studio", "", "At two widths, light and dark; from `make demo`."]
    looks = [(name, scheme) for name in WIDTHS for scheme in SCHEMES]
    for endpoint, path in pages.items():
        lines += ["", f"## `{urlsplit(path).path}`", ""]
        lines.append("| " + " | ".join(f"{name}, {scheme}" for name, scheme in looks) + " |")
        lines.append("|---|---|---|---|")
        shown = (f"![{path}, {name}, {scheme}]({endpoint}-{name}-{scheme}.webp)" for name, scheme in looks)
        lines.append("| " + " | ".join(shown) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
