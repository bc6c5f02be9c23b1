"""`heitu sessions`: runs the cells of labs that are solved in the page; start as many as there are machines."""

from __future__ import annotations

import signal
import threading

import click


@click.command()
@click.option("--seats", type=int, help="How many people at once (default: HEITU_SEATS).")
def sessions(seats: int | None) -> None:
    """Hold people's sessions until stopped; they end with it.

    Where the sandbox lacks a layer, nothing is run: exit 2, saying which.
    """
    hold_sessions(seats)


def hold_sessions(seats: int | None = None) -> None:
    """Until stopped; for `seats` people at once, or as many as the settings say."""
    from django.conf import settings

    from heitu.engines.cells.boxes import Boxes
    from heitu.kinds.courses.hosting import Host
    from heitu.site.commands.worker import refuse_without_layers

    refuse_without_layers()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    kernels = Boxes()
    try:
        kernels.warm("numpy")
        Host(kernels, settings.SEATS if seats is None else seats).serve(stop)
    finally:
        kernels.close()
