"""Housekeeping of the queue."""

from __future__ import annotations

from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status

STALLED_AFTER = 30.0  # seconds without a heartbeat; workers beat every 10


@app.periodic(cron="* * * * * */15")
@app.task(queueing_lock="core.retry_stalled_jobs", name="core.retry_stalled_jobs")
async def retry_stalled_jobs(timestamp: int) -> None:
    """Every 15 seconds: a worker that was killed loses no job for longer than a minute."""
    await hand_on_stalled_jobs(STALLED_AFTER)


async def hand_on_stalled_jobs(seconds: float) -> int:
    """Give the jobs of workers that were silent for `seconds` to others; so every task of ours is safe to run twice."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds))
    for job in stalled:
        await _hand_on(job)
    return len(stalled)


async def _hand_on(job: Job) -> None:
    """Where one like it waits already (a periodic job, say), that one does its work, and it ends here."""
    try:
        await app.job_manager.retry_job(job)
    except UniqueViolation:
        await app.job_manager.finish_job(job, status=Status.FAILED, delete_job=True)
