"""The one place that reads the wall clock; everything below takes `now` as an argument."""

from __future__ import annotations

from datetime import UTC, datetime

from heitu.ground.core.errors import Refused, refuse

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def now() -> datetime:
    """The current moment, aware, in UTC. Called by views, API, commands and tasks only."""
    return datetime.now(UTC)


def implausible(moment: datetime, field: str) -> Refused | None:
    """What is said of a date that nobody means. Near the calendar's ends one can be stored but not shown in another zone."""
    if EARLIEST <= moment < LATEST:
        return None
    first, last = EARLIEST.year, LATEST.year - 1
    return refuse(
        "date_out_of_range", f"日期须在 {first} 年到 {last} 年之间。", f"The date must be between {first} and {last}.", field=field,
    )
