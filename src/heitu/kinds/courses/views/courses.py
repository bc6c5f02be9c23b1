"""Courses for everybody: the list, a course, its units, what its labs ask."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from heitu.ground.core import clock
from heitu.ground.core.text import Language, language_of
from heitu.ground.people.queries import person_of
from heitu.kinds.courses import pages, rules
from heitu.kinds.courses.models import CourseVersion
from heitu.kinds.courses.pack.notebooks import graded_cells
from heitu.kinds.courses.queries import adoptions, courses, labs
from heitu.ui.pages import paginate

SHOWN_ADOPTERS = 12
SVG_POLICY = "default-src 'none'; sandbox"


@require_safe
def course_list(request: HttpRequest) -> HttpResponse:
    asked = courses.Listing(
        search=request.GET.get("q", "").strip(), skill=request.GET.get("skill", ""),
        toolchain=request.GET.get("toolchain", ""),
    )
    page = paginate(request, courses.listed(asked), per_page=12)
    titles = courses.skill_titles(slug for course in page for slug in course.current.skills)
    context = {
        "page": page, "asked": asked, "facets": courses.facets(),
        "rows": [(course, [titles[slug] for slug in course.current.skills]) for course in page],
        "is_filtered": bool(asked.search or asked.skill or asked.toolchain),
    }
    return render(request, "courses/list.html", context)


@require_safe
def course_detail(request: HttpRequest, slug: str, version: str = "") -> HttpResponse:
    person, found = person_of(request), _find(slug, version)
    manifest = found.manifest
    tags = [*manifest.requires, *manifest.teaches, *(tag for unit in manifest.units for tag in unit.skills)]
    titles = courses.skill_titles(tag.skill for tag in tags)
    teaching = list(courses.adopters(found.course)[:SHOWN_ADOPTERS])
    context = {
        "course": found.course, "version": found, "manifest": manifest, "versions": courses.versions_of(found.course),
        "units": [(unit, [manifest.lab(id) for id in unit.labs]) for unit in manifest.units],
        "teaches": [(titles[tag.skill], tag) for tag in manifest.teaches],
        "requires": [(titles[tag.skill], tag) for tag in manifest.requires],
        "books": courses.books_of(found), "adopters": teaching,
        "adopter_count": len(teaching) if len(teaching) < SHOWN_ADOPTERS else courses.adopters(found.course).count(),
        "standing": adoptions.standing(person, found.course, now=clock.now()),
        "can_open": rules.can_open_adoption(person),
    }
    return render(request, "courses/detail.html", context)


@require_safe
def course_unit(request: HttpRequest, slug: str, version: str, unit: str) -> HttpResponse:
    """One unit, to read; `?lang=` shows it in the other language without changing that of the site."""
    found = _find(slug, version)
    manifest = found.manifest
    here = manifest.unit(unit)
    if here is None:
        raise Http404
    language = _language(request)
    page, place = pages.kept_page(found, unit, language), manifest.units.index(here)
    titles = courses.skill_titles(tag.skill for tag in here.skills)
    context = {
        "course": found.course, "version": found, "manifest": manifest, "unit": here, "language_shown": language,
        "html": mark_safe(page.html), "contents": page.contents, "number": place + 1,
        "before": manifest.units[place - 1] if place else None,
        "after": manifest.units[place + 1] if place + 1 < len(manifest.units) else None,
        "labs": [manifest.lab(id) for id in here.labs], "skills": [(titles[tag.skill], tag) for tag in here.skills],
        "reads": [(manifest.textbook(reading.textbook), reading) for reading in here.reads],
    }
    return render(request, "courses/unit.html", context)


@require_safe
def course_lab(request: HttpRequest, slug: str, version: str, lab: str) -> HttpResponse:
    """What a lab asks and what it grades; the notebook itself is for those who teach it."""
    found = _find(slug, version)
    here = found.manifest.lab(lab)
    if here is None:
        raise Http404
    language = _language(request)
    titles = courses.skill_titles(tag.skill for tags in here.skills.values() for tag in tags)
    cells = graded_cells(_file(found, f"labs/{lab}/{lab}.ipynb").text)
    context = {
        "course": found.course, "version": found, "lab": here, "unit": found.manifest.unit_of_lab(lab),
        "language_shown": language, "html": mark_safe(pages.kept_page(found, pages.LAB + lab, language).html),
        "cells": [(cell, [(titles[tag.skill], tag) for tag in here.skills.get(cell.grade_id, ())]) for cell in cells],
        "points": sum(cell.points for cell in cells),
        "can_see_source": rules.can_see_source(person_of(request), found.course),
    }
    return render(request, "courses/lab.html", context)


@require_safe
def lab_source(request: HttpRequest, slug: str, version: str, lab: str) -> HttpResponse:
    """The notebook with solutions and hidden tests."""
    found = _find(slug, version)
    if not rules.can_see_source(person_of(request), found.course) or found.manifest.lab(lab) is None:
        raise Http404
    return _notebook(bytes(_file(found, f"labs/{lab}/{lab}.ipynb").content), lab)


@require_safe
def lab_release(request: HttpRequest, slug: str, version: str, lab: str) -> HttpResponse:
    """The notebook as students get it, without solutions and hidden tests."""
    found = _find(slug, version)
    if found.manifest.lab(lab) is None:
        raise Http404
    return _notebook(labs.release(found.pk, lab), lab)


def _notebook(content: bytes, lab: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/x-ipynb+json")
    response["Content-Disposition"] = content_disposition_header(True, f"{lab}.ipynb") or "attachment"
    return response


@require_safe
def course_figure(request: HttpRequest, slug: str, version: str, name: str) -> HttpResponse:
    """A figure as its file, which can run nothing and load nothing."""
    found = _file(_find(slug, version), f"figures/{name}")
    return HttpResponse(found.text, content_type="image/svg+xml", headers={"Content-Security-Policy": SVG_POLICY})


def _find(slug: str, version: str) -> CourseVersion:
    found = courses.version_of(slug, version)
    if found is None:
        raise Http404
    return found


def _file(version: CourseVersion, path: str) -> Any:
    return get_object_or_404(version.files, path=path)


def _language(request: HttpRequest) -> Language:
    asked = request.GET.get("lang", "")
    return language_of(asked) if asked in ("zh", "en") else language_of(get_language())
