"""Courses: found, filtered, and one of them whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import BinaryField, Count, F, Func, Q, QuerySet

from heitu.ground.core.text import Text
from heitu.kinds.courses.models import Adoption, Course, CourseFile, CourseVersion
from heitu.kinds.courses.pack.difference import Difference, difference
from heitu.kinds.courses.pack.manifest import Edition, Textbook, Unit
from heitu.stages.skills.models import Skill


@dataclass(frozen=True)
class Listing:
    """What a reader asks of the list; empty words ask nothing."""

    search: str = ""
    skill: str = ""
    toolchain: str = ""


def listed(asked: Listing) -> QuerySet[Course]:
    """Courses that a pack holds, with their current versions and `adopters`, the number of institutions."""
    found = Course.objects.filter(current__isnull=False).select_related("current")
    if asked.search:
        found = found.filter(current__search_text__contains=asked.search.lower())
    if asked.skill:
        found = found.filter(current__skills__contains=[asked.skill])
    if asked.toolchain:
        found = found.filter(current__toolchains__contains=[asked.toolchain])
    adopted = Count("adoptions", filter=Q(adoptions__ended_at__isnull=True))
    return found.annotate(adopters=adopted).defer("current__search_text").order_by("slug")


@dataclass(frozen=True)
class Facets:
    """What the list can be filtered by: (value, title)."""

    skills: list[tuple[str, Text]]
    toolchains: list[tuple[str, str]]


def facets() -> Facets:
    rows = list(CourseVersion.objects.filter(current_of__isnull=False).values_list("skills", "toolchains"))
    skills = {slug for taught, _ in rows for slug in taught}
    toolchains = sorted({name for _, needed in rows for name in needed})
    return Facets(sorted(skill_titles(skills).items()), [(name, TOOLCHAINS.get(name, name)) for name in toolchains])


TOOLCHAINS = {"numpy": "NumPy", "mindspore": "MindSpore", "torch": "PyTorch"}


def skill_titles(slugs: Iterable[str]) -> dict[str, Text]:
    """Slug → title; one query. A slug stands for a skill that is gone."""
    wanted = sorted(set(slugs))
    known = dict(Skill.objects.filter(slug__in=wanted).values_list("slug", "title"))
    return {slug: known.get(slug, Text(zh=slug, en=slug)) for slug in wanted}


def version_of(slug: str, version: str = "") -> CourseVersion | None:
    """The course's version of that number, or its current one."""
    found = CourseVersion.objects.select_related("course").filter(course__slug=slug)
    found = found.filter(version=version) if version else found.filter(current_of__isnull=False)
    return found.first()


def versions_of(course: Course) -> list[CourseVersion]:
    """Every version, newest first, without its content."""
    rows = course.versions.defer("body", "search_text")
    return sorted(rows, key=lambda version: version.number, reverse=True)


def adopters(course: Course) -> QuerySet[Adoption]:
    """Who teaches the course now, the first to adopt it first."""
    rows = course.adoptions.filter(ended_at__isnull=True).select_related("institution", "version")
    return rows.defer("version__body", "version__search_text").order_by("adopted_at", "pk")


def changed_files(old: CourseVersion, new: CourseVersion) -> set[str]:
    """Paths that are in both versions, with other content."""
    digest = Func(F("content"), function="sha256", output_field=BinaryField())
    rows = CourseFile.objects.filter(version__in=[old, new]).annotate(digest=digest).values_list("path", "digest")
    found: dict[str, set[bytes]] = {}
    for path, content in rows:
        found.setdefault(path, set()).add(bytes(content))
    return {path for path, contents in found.items() if len(contents) > 1}


def difference_between(old: CourseVersion, new: CourseVersion) -> Difference:
    slugs = {tag.skill for each in (old, new) for tag in each.manifest.teaches}
    return difference(old.manifest, new.manifest, changed=changed_files(old, new), titles=skill_titles(slugs))


@dataclass(frozen=True)
class BookUse:
    """A textbook of a course, and which of its units read in which edition: (unit, edition, chapters)."""

    version: CourseVersion
    book: Textbook
    readers: list[tuple[Unit, int, str]]

    @property
    def newest(self) -> Edition:
        return max(self.book.editions, key=lambda each: each.edition)


def textbooks(search: str = "") -> list[BookUse]:
    """Every textbook of the courses that packs hold now, by title; one query."""
    versions = CourseVersion.objects.filter(current_of__isnull=False).select_related("course").order_by("course__slug")
    found = [use for version in versions for use in books_of(version)]
    words = search.lower()
    return [use for use in found if words in _said_of(use.book)]


def books_of(version: CourseVersion) -> list[BookUse]:
    return [
        BookUse(version, book, [
            (unit, reading.edition, reading.chapters)
            for unit in version.manifest.units for reading in unit.reads if reading.textbook == book.id
        ])
        for book in version.manifest.textbooks
    ]


def _said_of(book: Textbook) -> str:
    texts = (book.title, book.publisher, *book.authors)
    return "\n".join(word for text in texts for word in (text.zh, text.en)).lower()
