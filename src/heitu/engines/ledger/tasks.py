"""What the clock does to the ledger."""

from __future__ import annotations

from procrastinate.contrib.django import app

from heitu.engines.ledger import actions
from heitu.ground.core import clock


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="ledger.expire_holds")
def expire_holds(timestamp: int) -> int:
    """Release the holds whose time is over; returns how many."""
    return actions.expire_holds(now=clock.now())
