"""What the clock does for classes."""

from __future__ import annotations

from procrastinate.contrib.django import app

from heitu.ground.core import clock
from heitu.kinds.courses.actions.compute import refill_due


@app.periodic(cron="15 * * * *")
@app.task(queueing_lock="courses.refill_vouchers")
def refill_vouchers(timestamp: int) -> int:
    """Fill students' vouchers up where a class's rule says that it is time; returns how many."""
    return refill_due(now=clock.now())
