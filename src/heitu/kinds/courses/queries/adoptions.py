"""Who teaches which course, and what somebody at an institution can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from heitu.ground.core.text import Text
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Institution, Person
from heitu.ground.people.rules import has_role, own_institutions
from heitu.kinds.courses.models import Adoption, Course, CourseCall
from heitu.kinds.courses.rules import teaching_institutions, visible_adoptions
from heitu.stages.calls.models import Call
from heitu.stages.calls.queries import why_not_open

PROGRAMME = "course-adoption"


@dataclass(frozen=True)
class Standing:
    """What a course is to the person who looks at it: `adoption` by an own institution, or the call to ask under."""

    adoption: Adoption | None
    call: Call | None
    why_not: Text | None
    can_teach: bool


def standing(person: Person | None, course: Course, *, now: datetime) -> Standing:
    """Two queries at most."""
    own = own_institutions(person)
    held = live(course).filter(institution__in=own).select_related("version", "institution").first() if own else None
    call = open_call(course)
    why = why_not_open(call, now) if call else Text(zh="运营还没有开放采用。", en="It isn't open for adoption yet.")
    return Standing(held, call, why, bool(teaching_institutions(person)))


def open_call(course: Course) -> Call | None:
    """The latest call for the course that was announced and hasn't ended."""
    found = CourseCall.objects.filter(
        course=course, call__announced_at__isnull=False, call__case__closed_at__isnull=True
    )
    latest = found.select_related("call__case").order_by("-pk").first()
    return latest.call if latest else None


def course_of_call(call: Call) -> Course | None:
    """The course that may be adopted under the call; None for other calls."""
    found = CourseCall.objects.filter(call=call).select_related("course__current").first()
    return found.course if found else None


def live(course: Course) -> QuerySet[Adoption]:
    return course.adoptions.filter(ended_at__isnull=True)


def is_adopted(course: Course, institution: Institution) -> bool:
    return live(course).filter(institution=institution).exists()


def live_adoptions(institution: Institution) -> QuerySet[Adoption]:
    return institution.adoptions.filter(ended_at__isnull=True)


def is_vouched(institution: Institution, person: Person) -> bool:
    """Whether the institution needs nobody's leave: its own lead asks, or it teaches a course of ours already."""
    return has_role(person, Role.LEAD, institution) or live_adoptions(institution).exists()


def listed(person: Person | None, *, search: str = "") -> QuerySet[Adoption]:
    """The adoptions that the person may see, those in force first, with the number of classes."""
    rows = visible_adoptions(person).select_related("course__current", "institution", "version")
    if search:
        words = search.lower()
        rows = rows.filter(
            Q(course__current__search_text__contains=words) | Q(institution__name__zh__icontains=search)
            | Q(institution__name__en__icontains=search)
        )
    rows = rows.defer("version__body", "version__search_text", "course__current__body", "course__current__search_text")
    return rows.annotate(classes=Count("offerings")).order_by("ended_at", "-adopted_at", "pk")


def whole(pk: int, person: Person | None) -> Adoption | None:
    """One adoption that the person may see, with all that its page shows of it."""
    related = ("course__current", "institution", "version", "teacher", "application__call")
    return visible_adoptions(person).select_related(*related).filter(pk=pk).first()
