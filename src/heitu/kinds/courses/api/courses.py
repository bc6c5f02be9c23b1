"""Courses and adoptions for programs: the same rules, queries and actions as the pages."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router, Status
from ninja.pagination import PageNumberPagination, paginate

from heitu.ground.core import clock
from heitu.ground.core.text import Language
from heitu.ground.people.models import Institution
from heitu.ground.people.queries import person_of
from heitu.ground.people.views.shared import signed_in
from heitu.kinds.courses import pages, rules
from heitu.kinds.courses.actions import adoptions as actions
from heitu.kinds.courses.api.schemas import (
    AdoptionOut,
    CourseOut,
    DifferenceOut,
    LineOut,
    OpeningIn,
    PageOut,
    ReasonIn,
    VersionIn,
    VersionOut,
)
from heitu.kinds.courses.models import Adoption, Course, CourseVersion
from heitu.kinds.courses.queries import adoptions, courses, labs
from heitu.stages.calls.api import MANAGE, READ, CallOut, visitor
from heitu.stages.calls.models import Call

router = Router(tags=["courses"], auth=[*READ, visitor])


@router.get("/courses", response=list[CourseOut], summary="Courses")
@paginate(PageNumberPagination, page_size=25)
def course_list(request: HttpRequest, search: str = "", skill: str = "", toolchain: str = "") -> QuerySet[Course]:
    return courses.listed(courses.Listing(search=search.strip(), skill=skill, toolchain=toolchain))


@router.get("/courses/{slug}", response=VersionOut, summary="A course as its pack holds it now")
def course_detail(request: HttpRequest, slug: str) -> VersionOut:
    return _version_out(_version(slug, ""))


@router.get("/courses/{slug}/versions/{version}", response=VersionOut, summary="A course as it was")
def course_version(request: HttpRequest, slug: str, version: str) -> VersionOut:
    return _version_out(_version(slug, version))


@router.get("/courses/{slug}/versions/{version}/units/{unit}", response=PageOut, summary="A unit")
def course_unit(request: HttpRequest, slug: str, version: str, unit: str, language: Language = "zh") -> PageOut:
    found = _version(slug, version)
    if found.manifest.unit(unit) is None:
        raise Http404
    return _page_out(found, unit, language)


@router.get("/courses/{slug}/versions/{version}/labs/{lab}", response=PageOut, summary="What a lab asks")
def course_lab(request: HttpRequest, slug: str, version: str, lab: str, language: Language = "zh") -> PageOut:
    found = _version(slug, version)
    if found.manifest.lab(lab) is None:
        raise Http404
    return _page_out(found, pages.LAB + lab, language)


@router.get("/courses/{slug}/versions/{version}/labs/{lab}/notebook", summary="The notebook of a lab, to be solved")
def course_notebook(request: HttpRequest, slug: str, version: str, lab: str) -> HttpResponse:
    """Without solutions and hidden tests."""
    found = _version(slug, version)
    if found.manifest.lab(lab) is None:
        raise Http404
    return HttpResponse(labs.release(found.pk, lab), content_type="application/x-ipynb+json")


@router.post("/courses/{slug}/adoption", response={201: CallOut}, auth=MANAGE, summary="Open a course for adoption")
def course_opening(request: HttpRequest, slug: str, given: OpeningIn) -> Status[Call]:
    person = signed_in(request)
    if not rules.can_open_adoption(person):
        raise Http404
    call = actions.open_adoption(
        course=_version(slug, "").course, institution=get_object_or_404(Institution, slug=given.institution),
        closes_at=given.closes_at, by=person, now=clock.now(),
    )
    return Status(201, call)


@router.get("/adoptions", response=list[AdoptionOut], auth=READ, summary="Adoptions that you may see")
@paginate(PageNumberPagination, page_size=25)
def adoption_list(request: HttpRequest, search: str = "") -> QuerySet[Adoption]:
    return adoptions.listed(signed_in(request), search=search.strip())


@router.get("/adoptions/{int:pk}", response=AdoptionOut, auth=READ, summary="One adoption")
def adoption_detail(request: HttpRequest, pk: int) -> Adoption:
    return seen_adoption(request, pk)


@router.get("/adoptions/{int:pk}/difference", response=DifferenceOut, auth=READ, summary="What a newer version brings")
def adoption_difference(request: HttpRequest, pk: int) -> DifferenceOut:
    adoption = seen_adoption(request, pk)
    found = courses.difference_between(adoption.version, adoption.course.current or adoption.version)
    parts = {name: getattr(found, name) for name in ("units", "labs", "skills", "editions")}
    return DifferenceOut(**{
        name: [LineOut(kind=line.kind, title=line.title, what=list(line.what)) for line in lines]
        for name, lines in parts.items()
    })


@router.put("/adoptions/{int:pk}/version", response=AdoptionOut, auth=MANAGE, summary="Take up a newer version")
def adoption_version(request: HttpRequest, pk: int, given: VersionIn) -> Adoption:
    adoption = managed_adoption(request, pk)
    version = get_object_or_404(adoption.course.versions, version=given.version)
    actions.take_up(adoption=adoption, version=version, by=signed_in(request), now=clock.now())
    return seen_adoption(request, pk)


@router.post("/adoptions/{int:pk}/ending", response=AdoptionOut, auth=MANAGE, summary="Teach the course no more")
def adoption_ending(request: HttpRequest, pk: int, given: ReasonIn) -> Adoption:
    adoption = managed_adoption(request, pk)
    actions.end_adoption(adoption=adoption, reason=given.reason, by=signed_in(request), now=clock.now())
    return seen_adoption(request, pk)


def _version(slug: str, version: str) -> CourseVersion:
    found = courses.version_of(slug, version)
    if found is None:
        raise Http404
    return found


def _version_out(version: CourseVersion) -> VersionOut:
    return VersionOut(course=version.course.slug, version=version.version, digest=version.digest, manifest=version.body)


def _page_out(version: CourseVersion, name: str, language: Language) -> PageOut:
    page = pages.kept_page(version, name, language)
    return PageOut(language=language, html=page.html, contents=[(anchor, title) for anchor, title in page.contents])


def seen_adoption(request: HttpRequest, pk: int) -> Adoption:
    """An adoption that the person may see."""
    found = adoptions.whole(pk, person_of(request))
    if found is None:
        raise Http404
    return found


def managed_adoption(request: HttpRequest, pk: int) -> Adoption:
    """An adoption that the person runs."""
    found = seen_adoption(request, pk)
    if not rules.can_manage_adoption(person_of(request), found):
        raise Http404
    return found
