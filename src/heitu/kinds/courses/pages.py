"""Units and labs' texts as HTML, kept in the database for each version of a course."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from django.urls import reverse

from heitu.ground.core.errors import refuse
from heitu.ground.core.text import Language
from heitu.kinds.courses.models import CourseFile, CourseVersion, UnitPage
from heitu.kinds.courses.pack.cells import is_fixed
from heitu.kinds.courses.queries.drafts import released
from heitu.kinds.courses.queries.labs import Source

EDITION = 1  # raise it when the HTML of the same text changes, so that kept pages are made anew
LAB, CELLS = "lab:", "cells:"


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


@lru_cache(maxsize=64)
def kept_cells(version: CourseVersion, source: Source, language: Language) -> dict[str, str]:
    """What a lab's fixed cells look like, by their ids: texts in that language, locked code in colours. Made once, and kept.

    Neither versions nor revisions change, so each process asks once; only read what it answers.
    """
    name = f"{CELLS}{source.lab}:{source.revision or ''}"
    page = version.pages.filter(name=name, language=language, renderer=EDITION).first()
    if page is None:
        page, _ = UnitPage.objects.get_or_create(
            version=version, name=name, language=language, renderer=EDITION,
            defaults={"html": "", "contents": list(_fixed_cells(version, source, language))},
        )
    return dict(page.contents)


def _fixed_cells(version: CourseVersion, source: Source, language: Language) -> Iterator[tuple[str, str]]:
    from heitu.kinds.courses.pack.rendering import coloured, render

    is_first = True
    for cell in released(source)["cells"]:
        if not is_fixed(cell) or cell["metadata"].get("lang", language) != language:
            continue
        if cell["cell_type"] != "markdown":
            yield cell["id"], coloured(cell["source"])
            continue
        made = render(
            cell["source"], language=language, drawings={}, link_to=lambda target: address(version, target), has_title=is_first
        )
        is_first = False
        yield cell["id"], made.html


def typed_text(text: str, language: Language) -> str:
    """A student's own Markdown as HTML that is safe to show; it can link to nothing of the course. Raises Refused `too_nested`."""
    from heitu.kinds.courses.pack.rendering import render

    try:
        return render(text, language=language, drawings={}, link_to=lambda _: "#", has_title=False).html
    except RecursionError:
        raise refuse("too_nested", "嵌套太深，无法预览。", "This is nested too deeply to be shown.", field="source") from None


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
