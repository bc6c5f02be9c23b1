"""Signing in the background.

A signature takes about ten milliseconds, a season closes thousands of cases with several members each, and a move
holds its case's lock. So issuing writes rows only, and this sweep signs them. It is one periodic job, not a job for
each credential: nothing is lost with a worker, nothing piles up in the queue, and a reader who is faster than the
sweep signs that one credential.
"""

from __future__ import annotations

from procrastinate.contrib.django import app

from heitu.ground.core import clock
from heitu.stages.credentials import actions


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="credentials.sign", name="credentials.sign")
def sign_waiting(timestamp: int) -> None:
    """Every minute, as many as fit comfortably in one."""
    actions.sign_waiting(now=clock.now())
