"""The dates of calls as a calendar that other programs can subscribe to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from icalendar import Alarm, Calendar, Event

from heitu.ground.core.text import Language
from heitu.stages.calls.models import Call

REMIND = timedelta(days=3)


def deadlines(calls: Iterable[Call], *, language: Language, now: datetime) -> bytes:
    """iCalendar (RFC 5545) with the moment at which each call closes, and a reminder three days before."""
    calendar = Calendar()
    calendar.add("prodid", "-//Heitu//calls//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "揭榜截止" if language == "zh" else "Calls closing")
    for call in calls:
        calendar.add_component(_event(call, language, now))
    return bytes(calendar.to_ical())


def _event(call: Call, language: Language, now: datetime) -> Event:
    title = call.title.in_(language)
    event = Event()
    event.add("uid", f"{call.number}@heitu")
    event.add("dtstamp", now)
    event.add("dtstart", call.closes_at)
    event.add("summary", f"申报截止：{title}" if language == "zh" else f"Claims close: {title}")
    event.add("description", call.summary.in_(language))
    event.add("url", settings.SITE_URL + call.get_absolute_url())
    event.add_component(_reminder(title))
    return event


def _reminder(title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -REMIND)
    return alarm
