"""Housekeeping of the queue."""

from __future__ import annotations

from procrastinate.contrib.django import app

STALLED_AFTER = 30  # seconds without a heartbeat; workers beat every 10


@app.periodic(cron="* * * * * */15")
@app.task(queue="default", queueing_lock="retry_stalled_jobs", pass_context=False)
async def retry_stalled_jobs(timestamp: int) -> None:
    """Give the jobs of a worker that died to another one; so every task of ours is safe to run twice."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
        await app.job_manager.retry_job(job)
