"""What a class's page says of its learning platforms."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from heitu.ground.lti.enums import Sending
from heitu.ground.lti.models import Launch, Score
from heitu.ground.people.models import Person
from heitu.kinds.courses.models import LmsClass, LmsLab, Offering, RosterReading
from heitu.kinds.courses.rules import taught_offerings


def connections(offering: Offering) -> QuerySet[LmsClass]:
    return offering.lms_classes.select_related("context__deployment__platform", "by").order_by("pk")


def links(offering: Offering) -> QuerySet[LmsLab]:
    """What is opened from where, with how many scores arrived, are on their way, and were refused."""
    count = {
        state.value: Count("link__scores", filter=Q(link__scores__state=state)) for state in Sending
    }
    return offering.lms_labs.select_related("link__context__deployment__platform").annotate(**count).order_by("lab", "pk")


def unsent(offering: Offering) -> QuerySet[Score]:
    """Scores that have not arrived, what is wrong with them first."""
    rows = Score.objects.filter(link__lms_lab__offering=offering).exclude(state=Sending.SENT)
    rows = rows.select_related("account__person", "link__lms_lab", "link__context__deployment__platform")
    return rows.order_by("state", "next_try_at", "pk")


def latest_reading(offering: Offering) -> RosterReading | None:
    """Of the platforms' lists: the one under way, or how the last one ended."""
    return offering.roster_readings.select_related("run", "by").first()


def classes_for(launch: Launch, person: Person, *, named: int = 0) -> QuerySet[Offering]:
    """Which of the person's classes the launch's course may be: the one that it is connected to, else the one that its link
    names, else any of the institution.
    """
    rows = taught_offerings(person).filter(institution=launch.platform.institution)
    connected = LmsClass.objects.filter(context=launch.context).first()
    if only := connected.offering_id if connected else named:
        rows = rows.filter(pk=only)
    return rows.select_related("version").order_by("-starts_on", "-pk")
