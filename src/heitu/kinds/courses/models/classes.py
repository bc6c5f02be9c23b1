"""A class: who teaches it, who learns in it, until when its labs are due."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import cached_property

from heitu.ground.people.models import Institution, Person
from heitu.kinds.courses.enums import Entry
from heitu.kinds.courses.models.adoptions import Adoption, ComputeAward
from heitu.kinds.courses.models.packs import CourseVersion


class Offering(models.Model):
    """A course as one class takes it, from the version that was pinned when the class began.

    A late lab loses `late_percent` of its points for each day begun, and counts nothing after `late_days`; what is handed in
    keeps the rule of its day (`LabSubmission`) unless its teacher applies a newer one.
    `voucher_minutes` is what a student's voucher is filled up to every `refill_days` (0: only once).
    """

    adoption = models.ForeignKey(Adoption, models.PROTECT, related_name="offerings")
    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="offerings")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="offerings")
    title = models.CharField(max_length=80)
    term = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField()
    teachers = models.ManyToManyField(Person, related_name="taught_offerings")
    join_code = models.CharField(max_length=12, unique=True, null=True, blank=True)
    late_percent = models.PositiveSmallIntegerField(default=10)
    late_days = models.PositiveSmallIntegerField(default=7)
    compute = models.ForeignKey(ComputeAward, models.PROTECT, null=True, blank=True, related_name="offerings")
    voucher_minutes = models.PositiveIntegerField(default=0)
    refill_days = models.PositiveSmallIntegerField(default=0)
    refilled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="offering_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(late_percent__lte=100), name="offering_late_percent"),
        ]

    def __str__(self) -> str:
        return f"{self.title} · {self.term}"

    def get_absolute_url(self) -> str:
        return reverse("offering_detail", args=[self.pk])

    @cached_property
    def teacher_ids(self) -> list[int]:
        """Who teaches the class; one query for each loaded class, none where a query brought them along."""
        return list(self.teachers.values_list("pk", flat=True))

    @property
    def account_code(self) -> str:
        return f"offering:{self.pk}:compute"


class Enrolment(models.Model):
    """A student's place in a class."""

    offering = models.ForeignKey(Offering, models.PROTECT, related_name="enrolments")
    person = models.ForeignKey(Person, models.PROTECT, related_name="enrolments")
    student_number = models.CharField(max_length=40, blank=True)
    entry = models.CharField(max_length=6, choices=Entry)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offering", "person"], name="enrolment_once"),
            models.UniqueConstraint(
                fields=["offering", "student_number"], condition=~Q(student_number=""), name="enrolment_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.offering_id}"

    @property
    def account_code(self) -> str:
        return f"enrolment:{self.pk}:compute"


class Deadline(models.Model):
    """When a lab of the class is due; without a row it isn't given yet."""

    offering = models.ForeignKey(Offering, models.CASCADE, related_name="deadlines")
    lab = models.CharField(max_length=60)
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["offering", "lab"], name="deadline_once"),
            models.CheckConstraint(condition=Q(due_at__gt=F("opens_at")), name="deadline_after_it_opens"),
        ]

    def __str__(self) -> str:
        return f"{self.lab} by {self.due_at}"


class Extension(models.Model):
    """One student's own deadline for one lab. A later one takes the place of an earlier; the audit keeps both."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="extensions")
    lab = models.CharField(max_length=60)
    due_at = models.DateTimeField()
    reason = models.CharField(max_length=400)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "lab"], name="extension_once")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.lab}"


class RosterRun(models.Model):
    """One roster, uploaded or read from a learning platform: what became of it, and the rows at fault.

    An upload with any fault is not taken over; of a platform's list, `lines` says what became of each row.
    """

    offering = models.ForeignKey(Offering, models.CASCADE, related_name="roster_runs")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    rows = models.PositiveIntegerField()
    created = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list, help_text="[{row, column, value, zh, en}]")
    lines = models.JSONField(default=list, help_text="[{row, name, what}] of a platform's list")

    def __str__(self) -> str:
        return self.file_name

    @property
    def succeeded(self) -> bool:
        return not self.faults

    @property
    def unread(self) -> int:
        """Rows of a platform's list that name nobody."""
        return sum(line["what"] == "nobody" for line in self.lines)
