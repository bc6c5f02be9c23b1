"""How often a team may hand in: what is left of the day's quota, and when the next try is free. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from heitu.engines.lifecycle.definitions import Rules
from heitu.ground.core.text import Text
from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.models import Deliverable

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Pace:
    """`most` tries in 24 hours (None: no limit), of which `used` are gone; `why` holds the next until `free_at`.

    `free_at` is None where a version may be handed in now; `minutes` until then are rounded up.
    """

    most: int | None
    used: int
    free_at: datetime | None = None
    minutes: int = 0
    why: Literal["", "quota", "cooldown"] = ""

    @property
    def left(self) -> int | None:
        """How many more tries there are within 24 hours; None without a limit."""
        return None if self.most is None else max(self.most - self.used, 0)

    @property
    def wait(self) -> Text:
        """How long it is until the next try: 7 分钟后 / in 7 minutes, or about so many hours."""
        if self.minutes < 120:
            return Text(zh=f"{self.minutes} 分钟后", en=f"in {self.minutes} minute{'' if self.minutes == 1 else 's'}")
        hours = round(self.minutes / 60)
        return Text(zh=f"约 {hours} 小时后", en=f"in about {hours} hours")


def pace(rules: Rules, versions: Iterable[Deliverable], *, now: datetime) -> Pace:
    """From the newest versions, all of them or as many charged ones as the quota."""
    newest = sorted(versions, key=lambda version: version.version, reverse=True)
    charged = [version.submitted_at for version in newest if is_charged(version)]
    today = sorted((at for at in charged if at > now - DAY), reverse=True)
    most, used = rules.submissions_per_day, len(today)
    cooled = _cooled(rules, newest, now)
    if most is not None and used >= most:
        return _held(most, used, max(today[most - 1] + DAY, cooled or now), now, "quota")
    return _held(most, used, cooled, now, "cooldown") if cooled else Pace(most, used)


def is_charged(version: Deliverable) -> bool:
    """The judge's failures are free, and so is what our faults hold up for as long as they do."""
    return version.judging != JudgingStatus.FAILED and version.held_since is None


def _held(most: int | None, used: int, free_at: datetime, now: datetime, why: Literal["quota", "cooldown"]) -> Pace:
    return Pace(most, used, free_at, math.ceil((free_at - now).total_seconds() / 60), why)


def _cooled(rules: Rules, newest: list[Deliverable], now: datetime) -> datetime | None:
    """When the cooldown ends, if it hasn't."""
    if not newest or newest[0].judging == JudgingStatus.FAILED:
        return None
    ready = newest[0].submitted_at + timedelta(minutes=rules.cooldown_minutes)
    return ready if ready > now else None
