"""A course and its versions, as packs bring them: files and all, never changed once loaded."""

from __future__ import annotations

from functools import cached_property

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse

from heitu.ground.core.fields import TextField
from heitu.ground.core.text import Text
from heitu.kinds.courses.enums import Language
from heitu.kinds.courses.pack.manifest import Manifest


class Course(models.Model):
    """What all versions of a course have in common; `current` is the one that the pack holds now."""

    slug = models.SlugField(max_length=60, unique=True)
    pack = models.CharField(max_length=60)
    current = models.OneToOneField("CourseVersion", models.PROTECT, related_name="current_of", null=True)

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("course_detail", args=[self.slug])


class CourseVersion(models.Model):
    """One edition of the course: `body` is its course.yaml as JSON, the rest of its files are `files`.

    Append-only: the same number with other content is another course, and is refused.
    """

    course = models.ForeignKey(Course, models.PROTECT, related_name="versions")
    version = models.CharField(max_length=14)
    digest = models.CharField(max_length=64, help_text="SHA-256 over the paths and contents of all its files")
    body = models.JSONField()
    title = TextField()
    summary = TextField()
    skills = ArrayField(models.CharField(max_length=60), help_text="what it teaches")
    toolchains = ArrayField(models.CharField(max_length=20))
    search_text = models.TextField(help_text="what a search of the list looks through, in small letters")
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["course", "version"], name="course_version_once")]
        indexes = [GinIndex(fields=["skills"], name="course_version_skills")]

    def __str__(self) -> str:
        return f"{self.course_id} {self.version}"

    @cached_property
    def manifest(self) -> Manifest:
        return Manifest.model_validate(self.body)

    @property
    def number(self) -> tuple[int, ...]:
        """For putting versions in order."""
        return tuple(map(int, self.version.split(".")))

    @property
    def hours(self) -> Text:
        taught = self.manifest.hours
        zh = f"{taught.lectures:g} 学时讲授，{taught.labs:g} 学时实验"
        return Text(zh=zh, en=f"{taught.lectures:g} h of lectures, {taught.labs:g} h of labs")


class CourseFile(models.Model):
    """A unit's source, a lab's notebook or a figure, as it was when its version was loaded. Append-only."""

    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="files")
    path = models.CharField(max_length=200, help_text="inside the course's folder")
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "path"], name="course_file_once")]

    def __str__(self) -> str:
        return self.path

    @property
    def text(self) -> str:
        return bytes(self.content).decode()


class UnitPage(models.Model):
    """A unit, or what a lab asks, as HTML: rendered once for each version of the course and of the renderer, and kept."""

    version = models.ForeignKey(CourseVersion, models.CASCADE, related_name="pages")
    name = models.CharField(max_length=64, help_text="a unit's id, or “lab:” and a lab's")
    language = models.CharField(max_length=2, choices=Language)
    renderer = models.PositiveSmallIntegerField(help_text="pages.EDITION that made it")
    html = models.TextField()
    contents = models.JSONField(help_text="[[anchor, title], …] of its sections")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "name", "language", "renderer"], name="unit_page_once"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="unit_page_language"),
        ]

    def __str__(self) -> str:
        return f"{self.name}.{self.language}"
