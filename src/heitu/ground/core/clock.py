"""The one place that reads the wall clock; everything below takes `now` as an argument."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """The current moment, aware, in UTC. Called by views, API, commands and tasks only."""
    return datetime.now(UTC)
