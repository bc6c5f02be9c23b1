"""Bringing a pack's courses into the database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import product
from pathlib import Path

from django.db import connection

from heitu.engines.lifecycle.faults import DefinitionError, Fault
from heitu.ground.audit.actions import record
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.actions import notify
from heitu.ground.people.models import Person
from heitu.kinds.courses.models import Course, CourseFile, CourseVersion
from heitu.kinds.courses.pack.reading import (
    LANGUAGES,
    MANIFEST,
    CourseFolder,
    course_folders,
    examine,
    peek,
    read_course,
)
from heitu.kinds.courses.pages import LAB, kept_page


@atomic
def load_courses(*, folder: Path, by: Person | None, now: datetime) -> list[CourseVersion]:
    """Load what is new among the courses of the pack in `folder`: all or none; render it. Answers the versions that came in.

    Raises DefinitionError with every fault in all of them, or for a course that can't take its place in the database.
    """
    fresh = [each for each in course_folders(folder) if _loaded(each, folder.name) is None]
    read = [examine(each) for each in fresh]
    faults = [fault for _, those in read for fault in those]
    if faults:
        raise DefinitionError(faults)
    versions = [
        _put(course, file=each / MANIFEST, pack=folder.name, by=by, now=now)
        for each, (course, _) in zip(fresh, read, strict=True) if course
    ]
    for version in versions:
        _render(version)
    return versions


@atomic
def load_course(*, folder: Path, pack: str, by: Person | None, now: datetime) -> CourseVersion:
    """Make the folder's version the current one of its course. The same content again changes nothing.

    Its pages are rendered when they are first read.

    Raises DefinitionError with every fault in the folder, when its number is that of a version with other content, or
    when the course is another pack's.
    """
    known = _loaded(folder, pack)
    return known or _put(read_course(folder), file=folder / MANIFEST, pack=pack, by=by, now=now)


def _loaded(folder: Path, pack: str) -> CourseVersion | None:
    """The version, where the folder's very content is current already; it was without fault when it was loaded."""
    course = peek(folder)
    if course is None:
        return None
    current = CourseVersion.objects.filter(current_of__slug=course.slug, current_of__pack=pack)
    return current.filter(digest=course.digest).first()


def _put(course: CourseFolder, *, file: Path, pack: str, by: Person | None, now: datetime) -> CourseVersion:
    with connection.cursor() as cursor:  # two processes that start at once may load the same new course
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"courses:{course.slug}"])
    row, _ = Course.objects.get_or_create(slug=course.slug, defaults={"pack": pack})
    known = row.versions.filter(version=course.manifest.version).first()
    _check_place(file, course, row, known, pack)
    if known is not None and row.current_id == known.pk:
        return known
    row.current = known or _version(row, course, now)
    row.save(update_fields=["current"])
    _tell_adopters(row, now)
    record(
        action="course.loaded", by=by, now=now, subject=row,
        detail={"version": row.current.version, "digest": row.current.digest},
    )
    return row.current


def _tell_adopters(course: Course, now: datetime) -> None:
    """Whoever teaches an older version hears of this one."""
    version = course.current
    assert version is not None
    behind = course.adoptions.filter(ended_at__isnull=True).exclude(version=version).select_related("teacher")
    for adoption in behind:
        notify(
            people=[adoption.teacher], kind="course_version", url=adoption.get_absolute_url(), now=now, body=version.title,
            title=Text(zh=f"课程有 {version.version} 版了", en=f"Version {version.version} of a course is out"),
        )


def _check_place(file: Path, course: CourseFolder, row: Course, known: CourseVersion | None, pack: str) -> None:
    if row.pack != pack:
        message = Text(zh=f"课程“{row.slug}”已属于 {row.pack}", en=f"the course “{row.slug}” belongs to {row.pack} already")
        raise DefinitionError([Fault(str(file), 0, message)])
    if known is not None and known.digest != course.digest:
        message = Text(
            zh=f"{known.version} 版已载入且内容不同：内容变了，版本号也要变",
            en=f"version {known.version} is loaded with other content: new content needs a new number",
        )
        raise DefinitionError([Fault(str(file), course.version_line, message)])


def _version(row: Course, course: CourseFolder, now: datetime) -> CourseVersion:
    manifest = course.manifest
    version = CourseVersion.objects.create(
        course=row, version=manifest.version, digest=course.digest, body=course.body, title=manifest.title,
        summary=manifest.summary, skills=[tag.skill for tag in manifest.teaches], toolchains=list(manifest.toolchains),
        search_text="\n".join(_words(row, course)).lower(), loaded_at=now,
    )
    CourseFile.objects.bulk_create([
        CourseFile(version=version, path=path, content=content) for path, content in course.files.items()
    ])
    return version


def _render(version: CourseVersion) -> None:
    """Every page that isn't kept yet, before a reader has to wait for it."""
    names = [unit.id for unit in version.manifest.units] + [LAB + lab.id for lab in version.manifest.labs]
    for name, language in product(names, LANGUAGES):
        kept_page(version, name, language)


def _words(row: Course, course: CourseFolder) -> Iterator[str]:
    """What a reader may search for: the course's own words, and the titles of its units and labs."""
    manifest = course.manifest
    titles = [unit.title for unit in manifest.units] + [lab.title for lab in manifest.labs]
    yield row.slug
    for text in (manifest.title, manifest.summary, *titles):
        yield from (text.zh, text.en)
