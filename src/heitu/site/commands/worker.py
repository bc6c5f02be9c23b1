"""`heitu worker`: does queued work; start as many as there are machines."""

from __future__ import annotations

import click


@click.command()
@click.option("--queue", multiple=True, help="Only these queues (default: all).")
@click.option("--concurrency", default=1, show_default=True)
def worker(queue: tuple[str, ...], concurrency: int) -> None:
    """Take jobs from the queue until stopped."""
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()) as running:
        running.run_worker(queues=list(queue) or None, concurrency=concurrency)
