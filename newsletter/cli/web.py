"""`newsletter web`: the site and the studio, served by waitress."""

from __future__ import annotations

import os
import signal
import socket
import sys

import click
import waitress

from newsletter import logs
from newsletter.cli.keeping import leash_option, on_leash
from newsletter.cli.listening import address_options, listen
from newsletter.settings import Settings
from newsletter.web import create_app

THREADS = 8


@click.command()
@address_options
@click.option("--socket", "descriptor", type=int, hidden=True, help="A listening socket, inherited.")
@leash_option
def web(host: str, port: int, descriptor: int | None, *, leash: bool) -> None:
    """Serve the site and the studio. SIGTERM finishes what is in hand."""
    logs.configure()
    settings = Settings.from_env(os.environ | {"HOST": host, "PORT": str(port)})
    app = create_app(settings)
    door = listen(host, port) if descriptor is None else socket.socket(fileno=descriptor)
    signal.signal(signal.SIGTERM, _stop)
    if leash:
        on_leash(lambda: os.kill(os.getpid(), signal.SIGTERM))
    waitress.serve(
        app,
        sockets=[door],
        threads=THREADS,
        ident=None,
        # The app reads them itself: it believes as many proxies as NEWSLETTER_TRUSTED_PROXIES says, and keeps the
        # practice inbox closed to whoever comes through one that it was not told of.
        clear_untrusted_proxy_headers=False,
    )


def _stop(*_: object) -> None:
    """Leave waitress's loop; it then lets its threads finish. A second signal must not cut them off."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sys.exit(0)
