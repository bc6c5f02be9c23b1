"""The gradebook: its columns, its cells with who changed what, and the labs that were handed in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from heitu.ground.core.fields import TextField
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.kinds.courses.enums import Grading, HeldBy, Source
from heitu.kinds.courses.models.classes import Enrolment, Offering


class GradeItem(models.Model):
    """A column: a lab of the course (`lab` is its id), or something that the teacher marks by hand."""

    offering = models.ForeignKey(Offering, models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    lab = models.CharField(max_length=60, blank=True)
    title = TextField()
    maximum = models.DecimalField(max_digits=8, decimal_places=2)
    weight = models.PositiveSmallIntegerField(default=1)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["offering", "lab"], condition=~Q(lab=""), name="grade_item_lab_once"),
            models.CheckConstraint(condition=Q(maximum__gt=0), name="grade_item_maximum"),
        ]

    def __str__(self) -> str:
        return str(self.title)


class Grade(models.Model):
    """What a student has for an item now. `points` None: it was taken away again."""

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="grades")
    item = models.ForeignKey(GradeItem, models.PROTECT, related_name="grades")
    points = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    source = models.CharField(max_length=8, choices=Source)
    changes = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "item"], name="grade_once"),
            models.CheckConstraint(condition=Q(points__isnull=True) | Q(points__gte=0), name="grade_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.points}"


class GradeChange(models.Model):
    """Who changed a grade, when, from what to what, and why. Append-only."""

    grade = models.ForeignKey(Grade, models.PROTECT, related_name="history")
    before = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    after = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    source = models.CharField(max_length=8, choices=Source)
    reason = models.CharField(max_length=400, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class LabSubmission(models.Model):
    """One notebook that a student handed in, with the deadline and the rule for lateness that held for it then.

    `held_since`: the machine was at fault when it was to be graded, and it is tried again; `held_by` says with what.
    `deaths`: how many workers ended without a word while they had it in hand.
    """

    enrolment = models.ForeignKey(Enrolment, models.PROTECT, related_name="submissions")
    lab = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    notebook = models.FileField(upload_to="labs/")
    sha256 = models.CharField(max_length=64)
    submitted_at = models.DateTimeField()
    due_at = models.DateTimeField()
    late_percent = models.PositiveSmallIntegerField(default=10)
    late_days = models.PositiveSmallIntegerField(default=7)
    grading = models.CharField(max_length=8, choices=Grading, default=Grading.QUEUED)
    held_since = models.DateTimeField(null=True, blank=True)
    held_by = models.CharField(max_length=9, choices=HeldBy, blank=True)
    deaths = models.PositiveSmallIntegerField(default=0)
    report = models.JSONField(null=True, help_text="what the machine found, question by question")
    feedback_zh = models.FileField(upload_to="labs/", blank=True)
    feedback_en = models.FileField(upload_to="labs/", blank=True)
    autograded = models.FileField(upload_to="labs/", blank=True, help_text="the notebook as it ran, for the teacher")
    graded_at = models.DateTimeField(null=True)
    revision = models.ForeignKey(
        "Revision", models.PROTECT, null=True, related_name="graded", help_text="mended tests that hold instead of the version's"
    )
    is_slow = models.BooleanField(default=False, help_text="takes long, and is graded beside the others")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "lab", "number"], name="lab_submission_once")]
        indexes = [
            models.Index(fields=["lab", "submitted_at"], condition=Q(grading=Grading.QUEUED), name="lab_submission_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.lab} {self.number}"

    @property
    def state(self) -> Text:
        return Grading(self.grading).text

    @property
    def days_late(self) -> int:
        """Days begun after the deadline."""
        late = (self.submitted_at - self.due_at).total_seconds()
        return 0 if late <= 0 else int(-(-late // 86_400))


class Score(models.Model):
    """What one graded cell earned. The latest of a cell counts; earlier ones stay. Append-only.

    Plain doubles, as nbgrader's own: a third of a point is a third.
    """

    submission = models.ForeignKey(LabSubmission, models.PROTECT, related_name="scores")
    cell = models.CharField(max_length=100, help_text="grade_id")
    earned = models.FloatField(null=True, help_text="None: waits for a person")
    maximum = models.FloatField()
    source = models.CharField(max_length=8, choices=Source)
    comment = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["submission", "cell", "-id"], name="score_latest")]
        constraints = [
            models.CheckConstraint(condition=Q(maximum__gte=0), name="score_maximum"),
            models.CheckConstraint(
                condition=Q(source=Source.MACHINE, by__isnull=True) | Q(source=Source.PERSON, by__isnull=False),
                name="score_has_its_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cell} {self.earned}/{self.maximum}"
