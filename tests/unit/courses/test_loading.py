"""Bringing courses into the database: once for each version, never changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import Error, transaction

from heitu.engines.lifecycle.faults import DefinitionError
from heitu.ground.audit.models import AuditEntry
from heitu.kinds.courses.actions.packs import load_course, load_courses
from heitu.kinds.courses.models import Course, CourseFile, CourseVersion, UnitPage
from tests import courses
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def load(folder: Path, pack: str = "p") -> CourseVersion:
    return load_course(folder=folder, pack=pack, by=None, now=NOW)


def test_the_same_content_again_changes_nothing(tmp_path: Path) -> None:
    first = load(courses.write(tmp_path))
    entries = AuditEntry.objects.count()
    assert load(courses.write(tmp_path)) == first
    assert (CourseVersion.objects.count(), CourseFile.objects.count()) == (1, 6)
    assert AuditEntry.objects.count() == entries


def test_a_packs_courses_come_rendered(tmp_path: Path) -> None:
    courses.write(tmp_path)
    assert [version.version for version in load_courses(folder=tmp_path, by=None, now=NOW)] == ["1.0.0"]
    assert UnitPage.objects.count() == 6  # two units and a lab in both languages
    assert load_courses(folder=tmp_path, by=None, now=NOW) == []


def test_the_same_number_with_other_content_is_refused(tmp_path: Path) -> None:
    load(courses.write(tmp_path))
    folder = courses.write(tmp_path, licence="MIT")
    with pytest.raises(DefinitionError, match="new content needs a new number") as refused:
        load(folder)
    line = refused.value.faults[0].line
    assert (folder / "course.yaml").read_text().splitlines()[line - 1] == "version: 1.0.0"


def test_a_newer_version_becomes_current_and_the_older_stays(tmp_path: Path) -> None:
    first = load(courses.write(tmp_path))
    second = load(courses.newer(tmp_path))
    course = Course.objects.get()
    assert course.current == second
    assert set(course.versions.all()) == {first, second}


def test_a_course_belongs_to_one_pack(tmp_path: Path) -> None:
    load(courses.write(tmp_path))
    with pytest.raises(DefinitionError, match="belongs to p already"):
        load(courses.write(tmp_path), pack="other")


def test_all_courses_of_a_pack_or_none(tmp_path: Path) -> None:
    courses.write(tmp_path)
    (tmp_path / "courses" / "half-done").mkdir()
    with pytest.raises(DefinitionError, match=r"course\.yaml is missing"):
        load_courses(folder=tmp_path, by=None, now=NOW)
    assert not Course.objects.exists()


def test_versions_and_files_are_never_changed(tmp_path: Path) -> None:
    version = load(courses.write(tmp_path))
    for change in (
        lambda: version.files.all().delete(), lambda: version.files.update(path="x"),
        lambda: CourseVersion.objects.filter(pk=version.pk).update(version="9.9.9"),
    ):
        with pytest.raises(Error, match="append-only"), transaction.atomic():
            change()
