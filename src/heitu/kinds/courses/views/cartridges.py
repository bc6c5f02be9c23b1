"""A course as a Common Cartridge, for other learning platforms."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from heitu.kinds.courses.cartridges import kept_cartridge
from heitu.kinds.courses.models import CourseVersion, Offering
from heitu.kinds.courses.queries import courses
from heitu.kinds.courses.views.shared import taught_class


@require_safe
def course_cartridge(request: HttpRequest, slug: str, version: str) -> FileResponse:
    """For everybody, as the course's units and students' notebooks are."""
    found = courses.version_of(slug, version)
    if found is None:
        raise Http404
    return cartridge_response(found)


@login_required
@require_safe
def class_cartridge(request: HttpRequest, pk: int) -> FileResponse:
    """For a class's teacher: its links lead to where the class hands in."""
    offering, _ = taught_class(request, pk)
    return cartridge_response(offering.version, offering)


def cartridge_response(version: CourseVersion, offering: Offering | None = None) -> FileResponse:
    name = f"{version.course.slug}-{version.version}.imscc"
    made = kept_cartridge(version, offering)
    return FileResponse(made, as_attachment=True, filename=name, content_type="application/zip")
