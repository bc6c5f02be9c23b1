"""A lab's tests mended for one class, and what every student's last notebook earns by them before that counts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.kinds.courses.enums import Grading, HeldBy, Trial
from heitu.kinds.courses.models.classes import Offering
from heitu.kinds.courses.models.grades import LabSubmission
from heitu.kinds.courses.models.packs import CourseVersion


class Revision(models.Model):
    """A source notebook that takes the place of the version's own, for one lab of one class, once it is applied.

    `content` never changes: another mending is another revision. `version` is the newer one of the course that it was
    taken from, None where a teacher uploaded it.
    """

    offering = models.ForeignKey(Offering, models.PROTECT, related_name="revisions")
    lab = models.CharField(max_length=60)
    number = models.PositiveSmallIntegerField()
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    version = models.ForeignKey(CourseVersion, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    trial = models.CharField(max_length=9, choices=Trial, default=Trial.OPEN)
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["offering", "lab", "number"], name="revision_once"),
            models.UniqueConstraint(fields=["offering", "lab"], condition=Q(trial=Trial.OPEN), name="revision_one_open"),
            models.CheckConstraint(
                condition=Q(trial=Trial.OPEN, ended_at__isnull=True) | (~Q(trial=Trial.OPEN) & Q(ended_at__isnull=False)),
                name="revision_ends_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lab} r{self.number}"

    @property
    def state(self) -> Text:
        return Trial(self.trial).text


class Regrade(models.Model):
    """One student's last notebook by the revision's tests. The `*_before` fields are what held when it was asked for.

    `cells_before`: {grade_id: [earned, maximum, whether a person gave it]}; `score_before` is the id of the newest of those.
    """

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="regrades")
    submission = models.ForeignKey(LabSubmission, models.PROTECT, related_name="regrades")
    grading = models.CharField(max_length=8, choices=Grading, default=Grading.QUEUED)
    held_since = models.DateTimeField(null=True, blank=True)
    held_by = models.CharField(max_length=9, choices=HeldBy, blank=True)
    deaths = models.PositiveSmallIntegerField(default=0)
    cells_before = models.JSONField(default=dict)
    score_before = models.BigIntegerField(default=0)
    points_before = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    changes_before = models.PositiveSmallIntegerField(default=0)
    set_by_person = models.BooleanField(default=False)
    report = models.JSONField(null=True)
    feedback_zh = models.FileField(upload_to="labs/", blank=True)
    feedback_en = models.FileField(upload_to="labs/", blank=True)
    autograded = models.FileField(upload_to="labs/", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["revision", "submission"], name="regrade_once")]

    def __str__(self) -> str:
        return f"{self.submission_id} by {self.revision_id}"
