"""Jobs are put in the queue by the transaction that makes what they are about: both are there, or neither.

In a worker, procrastinate's own way leads over connections of the worker's, outside of the transaction: another process would
take up the job before its rows can be seen, and find nothing to do.
"""

from __future__ import annotations

from typing import Any

from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager

_here = JobManager(DjangoConnector())


def job(task: str, **options: Any) -> JobDeferrer:
    """One of the task with this name, for `.defer(**arguments)`; options are those of procrastinate's `Task.configure`."""
    return JobDeferrer(job_manager=_here, job=app.configure_task(task, **options).job)
