"""The skin: Flask lives here and nowhere else."""

from __future__ import annotations

import threading

from flask import Flask, request
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from newsletter import migrating
from newsletter.house import House, open_house
from newsletter.settings import Settings
from newsletter.web import access, errors, headers, pages, site, studio, transaction

MOST_BYTES = 256 * 1024  # no form of ours is near it
A_FILE = 32 * 1024 * 1024  # whoever takes files says herself what is too much
FILES = {"studio.bring_picture": A_FILE, "studio.save_brand": A_FILE, "studio.bringing_upload": A_FILE}
YEAR = 365 * 24 * 3600


def create_app(settings: Settings | None = None, *, house: House | None = None) -> Flask:
    """The site and the studio over `settings` (the environment's when None), or over a `house` that is open already.

    Raises Mistakes for broken settings. Nothing is connected until the first request.
    """
    house = house or open_house(settings or Settings.from_env())
    app = Flask(__name__, template_folder=None)
    app.extensions["newsletter"] = house
    app.config.from_mapping(_configuration(house))
    pages.furnish(app, house)
    _refuse_another_schema(app, house)
    transaction.read_decisions(app)
    access.guard(app)
    errors.answer_failures(app)
    headers.dress(app)
    _let_files_in(app)
    csrf = CSRFProtect(app)
    for blueprint in (site.pages, site.operators, studio.pages):
        app.register_blueprint(blueprint)
    for view in site.WITHOUT_COOKIE:
        csrf.exempt(view)
    _believe_proxies(app, house.settings.trusted_proxies)
    return app


def _configuration(house: House) -> dict[str, object]:
    first, *older = house.settings.secret_keys
    https = house.settings.base_url.startswith("https://")
    return {
        "SECRET_KEY": first,
        "SECRET_KEY_FALLBACKS": older,
        "MAX_CONTENT_LENGTH": MOST_BYTES,
        # Flask's own defaults are neither Secure nor SameSite. `__Host-`: no sibling domain can plant one.
        "SESSION_COOKIE_NAME": "__Host-visit" if https else "visit",
        "SESSION_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SEND_FILE_MAX_AGE_DEFAULT": YEAR,  # assets carry their fingerprint in the address
        "WTF_CSRF_TIME_LIMIT": None,  # as long as the visit: a page may stay open overnight
        # It refuses browsers that send no Referer; `__Host-` keeps out what it guards against.
        "WTF_CSRF_SSL_STRICT": False,
    }


def _let_files_in(app: Flask) -> None:
    """Larger bodies, where files are brought: after the door, and before anybody reads the form."""

    @app.before_request
    def widen() -> None:
        request.max_content_length = FILES.get(request.endpoint or "", MOST_BYTES)


def _refuse_another_schema(app: Flask, house: House) -> None:
    """Serve nobody from a database of another version: asked until the answer is yes, and then never again."""
    fits = threading.Event()

    def ask() -> None:
        if not fits.is_set() and request.blueprint is not None and request.blueprint != "health":
            migrating.ensure_current(house.database)
            fits.set()

    app.before_request(ask)


def _believe_proxies(app: Flask, count: int) -> None:
    """Take the visitor's address from as many proxies as the deployer says there are; from none by default."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
