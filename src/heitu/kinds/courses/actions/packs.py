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
from heitu.ground.people.models import Person
from heitu.kinds.courses.models import Course, CourseFile, CourseVersion
from heitu.kinds.courses.pack.reading import (
    LANGUAGES,
    MANIFEST,
    CourseFolder,
    course_folders,
    examine,
    read_course,
)
from heitu.kinds.courses.pages import LAB, render_page


@atomic
def load_courses(*, folder: Path, by: Person | None, now: datetime) -> list[CourseVersion]:
    """Load every course of the pack in `folder`: all or none.

    Raises DefinitionError with every fault in all of them, or for a course that can't take its place in the database.
    """
    folders = course_folders(folder)
    faults = [fault for each in folders for fault in examine(each)[1]]
    if faults:
        raise DefinitionError(faults)
    return [load_course(folder=each, pack=folder.name, by=by, now=now) for each in folders]


@atomic
def load_course(*, folder: Path, pack: str, by: Person | None, now: datetime) -> CourseVersion:
    """Make the folder's version the current one of its course. The same content again changes nothing.

    Raises DefinitionError with every fault in the folder, when its number is that of a version with other content, or
    when the course is another pack's.
    """
    course = read_course(folder)
    with connection.cursor() as cursor:  # two processes that start at once may load the same new course
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"courses:{course.slug}"])
    row, _ = Course.objects.get_or_create(slug=course.slug, defaults={"pack": pack})
    known = row.versions.filter(version=course.manifest.version).first()
    _check_place(folder, course, row, known, pack)
    if known is not None and row.current_id == known.pk:
        return known
    row.current = known or _version(row, course, now)
    row.save(update_fields=["current"])
    record(
        action="course.loaded", by=by, now=now, subject=row,
        detail={"version": row.current.version, "digest": row.current.digest},
    )
    return row.current


def _check_place(
    folder: Path, course: CourseFolder, row: Course, known: CourseVersion | None, pack: str
) -> None:
    file = str(folder / MANIFEST)
    if row.pack != pack:
        message = Text(zh=f"课程“{row.slug}”已属于 {row.pack}", en=f"the course “{row.slug}” belongs to {row.pack} already")
        raise DefinitionError([Fault(file, 0, message)])
    if known is not None and known.digest != course.digest:
        message = Text(
            zh=f"{known.version} 版已载入且内容不同：内容变了，版本号也要变",
            en=f"version {known.version} is loaded with other content: new content needs a new number",
        )
        raise DefinitionError([Fault(file, course.version_line, message)])


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
    names = [unit.id for unit in manifest.units] + [LAB + lab.id for lab in manifest.labs]
    for name, language in product(names, LANGUAGES):
        render_page(version, name, language)
    return version


def _words(row: Course, course: CourseFolder) -> Iterator[str]:
    """What a reader may search for: the course's own words, and the titles of its units and labs."""
    manifest = course.manifest
    titles = [unit.title for unit in manifest.units] + [lab.title for lab in manifest.labs]
    yield row.slug
    for text in (manifest.title, manifest.summary, *titles):
        yield from (text.zh, text.en)
