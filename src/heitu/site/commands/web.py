"""`heitu web`: the website's processes, split off from one that has loaded everything, so that they share it."""

from __future__ import annotations

from multiprocessing.synchronize import Event

import click

from heitu.ground.core.loading import no_collecting


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, type=click.IntRange(1, 65535), show_default=True, help="Where to listen.")
@click.option("--workers", default=2, show_default=True, help="How many processes answer.")
def web(host: str, port: int, workers: int) -> None:
    """Serve the website until stopped."""
    serve(host, port, workers)


def serve(host: str, port: int, workers: int = 2, ready: Event | None = None) -> None:
    """Load everything, so that every worker has it; wait until the database is `ready`; then answer until told to stop."""
    from django.urls import get_resolver
    from granian.constants import Interfaces
    from granian.server import Server

    with no_collecting():
        get_resolver().check()  # loads every page's view, which the first reader would wait for
        import heitu.site.wsgi  # noqa: F401
    if ready is not None:
        ready.wait()
        _settle_demo()
    Server(
        "heitu.site.wsgi:application", address=host, port=port, interface=Interfaces.WSGI, workers=workers,
        blocking_threads=2, respawn_failed_workers=True, log_enabled=False,
    ).serve()


def _settle_demo() -> None:
    """We were started before anybody knew whose world this is; only the demo's people may be become by a click."""
    from django.conf import settings
    from django.db import connections

    from heitu.site.demo import demo_world_exists

    settings.DEMO = settings.DEMO and demo_world_exists()
    connections.close_all()  # each worker opens its own
