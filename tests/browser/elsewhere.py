"""Somebody else's web site: pages of our choice on a port, and so an origin, of their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Elsewhere:
    """`pages` by path; `headers` go with each of them."""

    url: str
    pages: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def holds(self, body: str, *, style: str = "", **headers: str) -> str:
        """Put up a page with `body` in it; returns its address. Underscores in header names become hyphens."""
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        path = f"/page-{len(self.pages)}"
        self.pages[path] = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Elsewhere</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<style>{style}</style></head><body><main><h1>Our skin blog</h1>{body}</main></body></html>"
        )
        return self.url + path


@contextmanager
def serving(host: str = "localhost") -> Iterator[Elsewhere]:
    """The site, for as long as the block runs; `localhost` is another site than the 127.0.0.1 of ours."""
    site = Elsewhere("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = site.pages.get(self.path)
            self._answer(404 if page is None else 200, (page or "").encode(), site.headers)

        def _answer(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": "text/html; charset=utf-8", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.url = f"http://{host}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    thread.join(5)
    server.server_close()
