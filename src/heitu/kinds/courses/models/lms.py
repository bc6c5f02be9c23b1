"""Which class a course of a learning platform is, and which lab a link there opens."""

from __future__ import annotations

from django.db import models

from heitu.ground.lti.models import Context, Link
from heitu.ground.people.models import Person
from heitu.kinds.courses.models.classes import Offering


class LmsClass(models.Model):
    """A teacher of the class said so; whoever learns in that course is let into the class."""

    context = models.OneToOneField(Context, models.CASCADE, related_name="lms_class")
    offering = models.ForeignKey(Offering, models.CASCADE, related_name="lms_classes")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.context_id} is {self.offering_id}"


class LmsLab(models.Model):
    """What a link opens: a lab, or (empty) the class's own page."""

    link = models.OneToOneField(Link, models.CASCADE, related_name="lms_lab")
    offering = models.ForeignKey(Offering, models.CASCADE, related_name="lms_labs")
    lab = models.CharField(max_length=60, blank=True)

    class Meta:
        indexes = [models.Index(fields=["offering", "lab"], name="lms_lab_of_class")]

    def __str__(self) -> str:
        return f"{self.link_id} opens {self.lab}"
