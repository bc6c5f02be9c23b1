"""Units and labs' texts as HTML, kept in the database for each version of a course."""

from __future__ import annotations

from django.urls import reverse

from heitu.ground.core.text import Language
from heitu.kinds.courses.models import CourseFile, CourseVersion, UnitPage

EDITION = 1  # raise it when the HTML of the same text changes, so that kept pages are made anew
LAB = "lab:"


def kept_page(version: CourseVersion, name: str, language: Language) -> UnitPage:
    """A unit's page by its id, a lab's by “lab:” and its id; made now where the renderer is newer than the page."""
    found = version.pages.filter(name=name, language=language, renderer=EDITION).first()
    return found or render_page(version, name, language)


def render_page(version: CourseVersion, name: str, language: Language) -> UnitPage:
    """Render and keep; when somebody else just did, theirs."""
    from heitu.kinds.courses.pack.rendering import render  # docutils takes half a second to import

    stored = version.files.filter(path__startswith="figures/")
    drawings = {file.path.removeprefix("figures/"): file.text for file in stored}
    made = render(
        _source(version, name, language), language=language, drawings=drawings,
        link_to=lambda target: address(version, target),
    )
    page, _ = UnitPage.objects.get_or_create(
        version=version, name=name, language=language, renderer=EDITION,
        defaults={"html": made.html, "contents": made.contents},
    )
    return page


def address(version: CourseVersion, target: str) -> str:
    """Where a link of a unit leads: a unit's id, or “lab:” and a lab's."""
    door = "course_lab" if target.startswith(LAB) else "course_unit"
    return reverse(door, args=[version.course.slug, version.version, target.removeprefix(LAB)])


def _source(version: CourseVersion, name: str, language: Language) -> str:
    from heitu.kinds.courses.pack.notebooks import statement

    if not name.startswith(LAB):
        return CourseFile.objects.get(version=version, path=f"units/{name}.{language}.md").text
    lab = name.removeprefix(LAB)
    return statement(CourseFile.objects.get(version=version, path=f"labs/{lab}/{lab}.ipynb").text, language)
