"""Moments and days in words, in both languages. Pure apart from Django's current time zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from heitu.ground.core.text import Language

HTML_LANG: dict[Language, str] = {"zh": "zh-Hans", "en": "en"}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNITS: tuple[tuple[int, str, str], ...] = (
    (365 * 86400, "年", "year"),
    (30 * 86400, "个月", "month"),
    (86400, "天", "day"),
    (3600, "小时", "hour"),
    (60, "分钟", "minute"),
)


def moment(value: datetime, *, language: Language) -> str:
    """A full moment to the minute, in the current time zone."""
    local = timezone.localtime(value)
    if language == "zh":
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"


def day(value: datetime | date, *, now: datetime, language: Language) -> str:
    """A day, with its year where that isn't the year of `now`."""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    other_year = local.year != timezone.localtime(now).year
    if language == "zh":
        return (f"{local.year}年" if other_year else "") + f"{local.month}月{local.day}日"
    return f"{local.day} {MONTHS[local.month - 1]}" + (f" {local.year}" if other_year else "")


def distance(value: datetime, *, now: datetime, language: Language) -> str:
    """The largest whole unit between two moments: 3 天前, 还有 6 天 / 3 days ago, in 6 days."""
    gap = value - now
    seconds = abs(int(gap.total_seconds()))
    for size, zh, en in UNITS:
        if seconds >= size:
            return _said(seconds // size, zh, en, future=gap > timedelta(0), language=language)
    return "刚刚" if language == "zh" else "just now"


def _said(count: int, zh: str, en: str, *, future: bool, language: Language) -> str:
    if language == "zh":
        return f"还有 {count} {zh}" if future else f"{count} {zh}前"
    unit = en if count == 1 else en + "s"
    return f"in {count} {unit}" if future else f"{count} {unit} ago"
