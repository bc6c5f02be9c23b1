"""Who teaches which course, from which version, and with whose compute."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from heitu.ground.people.models import Institution, Person
from heitu.kinds.courses.models.packs import Course, CourseVersion
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call


class CourseCall(models.Model):
    """The call under which institutions ask to adopt a course."""

    call = models.OneToOneField(Call, models.CASCADE, related_name="course_call")
    course = models.ForeignKey(Course, models.PROTECT, related_name="calls")

    def __str__(self) -> str:
        return f"{self.call_id} for {self.course_id}"


class Adoption(models.Model):
    """An institution teaches a course: what its application was awarded. `version` is the one that it has pinned."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="adoption")
    course = models.ForeignKey(Course, models.PROTECT, related_name="adoptions")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="adoptions")
    teacher = models.ForeignKey(Person, models.PROTECT, related_name="adoptions")
    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="adoptions")
    adopted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["course", "institution"], condition=Q(ended_at__isnull=True), name="adoption_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} teaches {self.course_id}"

    def get_absolute_url(self) -> str:
        return reverse("adoption_detail", args=[self.pk])


class Uptake(models.Model):
    """The institution pinned a version: at first, and whenever it took up a newer one. Append-only."""

    adoption = models.ForeignKey(Adoption, models.PROTECT, related_name="uptakes")
    version = models.ForeignKey(CourseVersion, models.PROTECT, related_name="uptakes")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.adoption_id} at {self.version_id}"


class ComputeAward(models.Model):
    """Compute for a team's teaching labs, in minutes, in ledger account `compute:<pk>`."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="compute_award")
    minutes = models.PositiveIntegerField()
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(minutes__gt=0), name="compute_award_is_positive")]

    def __str__(self) -> str:
        return f"{self.minutes} min"

    @property
    def account_code(self) -> str:
        return f"compute:{self.pk}"
