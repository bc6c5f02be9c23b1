"""Opening a course for adoption, adopting it, taking up a newer version, ending."""

from __future__ import annotations

from datetime import datetime

from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.queries import current_version
from heitu.ground.audit.actions import record
from heitu.ground.core.errors import refuse
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Institution, Person
from heitu.kinds.courses.models import Adoption, Course, CourseCall, CourseVersion, Uptake
from heitu.kinds.courses.queries.adoptions import PROGRAMME, course_of_call, is_adopted, open_call
from heitu.stages.applications.models import Application
from heitu.stages.calls.actions import create_call
from heitu.stages.calls.models import Call
from heitu.stages.calls.terms import Terms


@atomic
def open_adoption(
    *, course: Course, institution: Institution, closes_at: datetime, by: Person, now: datetime
) -> Call:
    """Let institutions ask to teach the course until `closes_at`. `institution`: in whose name it is offered.

    Raises Refused `adoption_open` where it is open already, `course_not_loaded`, or what drafting a call raises.
    """
    course = Course.objects.select_for_update().get(pk=course.pk)
    if course.current is None:
        raise refuse("course_not_loaded", "课程还没有载入任何版本。", "No version of the course is loaded.")
    if open_call(course) is not None:
        raise refuse("adoption_open", "这门课程已经开放采用。", "The course is open for adoption already.")
    call = create_call(
        definition=current_version(PROGRAMME), terms=_terms(course.current, closes_at, now), owner=by,
        institution=institution, by=by, now=now,
    )
    CourseCall.objects.create(call=call, course=course)
    move(case=call.case, event="open", by=by, now=now)
    call.refresh_from_db()
    return call


def _terms(version: CourseVersion, closes_at: datetime, now: datetime) -> Terms:
    manifest = version.manifest
    title = Text(zh=f"采用课程：{manifest.title.zh}", en=f"Teach the course: {manifest.title.en}")
    return Terms(
        title=title, summary=manifest.summary, statement=manifest.audience, task="", prize=0, seats=2000, opens_at=now,
        closes_at=closes_at, delivery_days=1, licence=manifest.licence, skills=(),
    )


@atomic
def adopt(*, application: Application, by: Person | None, now: datetime) -> Adoption:
    """The institution of the application's team teaches the course of its call, from the version that is current now.

    Raises Refused `adopted_already`: of two applications at once the second learns of it here.
    """
    course = course_of_call(application.call)
    if course is None or course.current is None:
        raise refuse("no_course", "这个任务没有指明课程。", "The call names no course.")
    institution = Institution.objects.select_for_update().get(pk=application.team.institution_id)
    if is_adopted(course, institution):
        raise refuse("adopted_already", "本校已经采用这门课程。", "The institution teaches this course already.")
    adoption = Adoption.objects.create(
        application=application, course=course, institution=institution, teacher=application.applicant,
        version=course.current, adopted_at=now,
    )
    Uptake.objects.create(adoption=adoption, version=course.current, by=by or application.applicant, at=now)
    record(
        action="adoption.granted", by=by, now=now, subject=adoption,
        detail={"course": course.slug, "version": course.current.version, "institution": institution.slug},
    )
    return adoption


@atomic
def take_up(*, adoption: Adoption, version: CourseVersion, by: Person, now: datetime) -> Adoption:
    """Pin a newer version. Classes that have begun keep theirs; new ones begin with it.

    Raises Refused `adoption_ended`, `other_course` or `not_newer`.
    """
    adoption = Adoption.objects.select_for_update(of=("self",)).select_related("version", "course").get(pk=adoption.pk)
    _check_live(adoption)
    if version.course_id != adoption.course_id:
        raise refuse("other_course", "这是另一门课程的版本。", "This is a version of another course.", field="version")
    if version.number <= adoption.version.number:
        raise refuse(
            "not_newer", f"已固定在 {adoption.version.version} 版。", f"Version {adoption.version.version} is pinned already.",
            field="version",
        )
    before, adoption.version = adoption.version, version
    adoption.save(update_fields=["version"])
    Uptake.objects.create(adoption=adoption, version=version, by=by, at=now)
    record(
        action="adoption.upgraded", by=by, now=now, subject=adoption,
        detail={"from": before.version, "to": version.version},
    )
    return adoption


@atomic
def end_adoption(*, adoption: Adoption, reason: str, by: Person, now: datetime) -> Adoption:
    """The institution teaches the course no more; classes that are under way go on. Raises Refused `adoption_ended`."""
    adoption = Adoption.objects.select_for_update().get(pk=adoption.pk)
    _check_live(adoption)
    adoption.ended_at = now
    adoption.save(update_fields=["ended_at"])
    record(action="adoption.ended", by=by, now=now, subject=adoption, detail={"reason": reason})
    return adoption


def _check_live(adoption: Adoption) -> None:
    if adoption.ended_at is not None:
        raise refuse("adoption_ended", "采用已经结束。", "The institution has stopped teaching the course.")
