"""Which class a course of a learning platform is, and which lab a link there opens."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from heitu.ground.core.text import Text
from heitu.ground.lti.models import Context, Link
from heitu.ground.people.models import Person
from heitu.kinds.courses.enums import Reading
from heitu.kinds.courses.models.classes import Offering, RosterRun


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


class RosterReading(models.Model):
    """The members of a class's courses on its platforms, asked for by a teacher: tried until they were read or can't be."""

    offering = models.ForeignKey(Offering, models.CASCADE, related_name="roster_readings")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=Reading, default=Reading.WAITING)
    people = models.PositiveIntegerField(default=0, help_text="listed so far, in the last try")
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    problem = models.JSONField(null=True, help_text="{code, zh, en} of the last try")
    run = models.OneToOneField(RosterRun, models.CASCADE, null=True, related_name="reading")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["offering"], condition=Q(state=Reading.WAITING), name="one_roster_reading"),
        ]
        indexes = [
            models.Index(fields=["offering", "-id"], name="roster_reading_latest"),
            models.Index(fields=["next_try_at"], condition=Q(state=Reading.WAITING), name="roster_reading_due"),
        ]

    def __str__(self) -> str:
        return f"{self.offering_id} {self.state}"

    @property
    def reason(self) -> Text | None:
        return Text(zh=self.problem["zh"], en=self.problem["en"]) if self.problem else None

    @property
    def mark(self) -> str:
        """Stands for what the page says of it: while it is the same, there is nothing to show anew."""
        return f"{self.state}-{self.tries}-{self.people}"

    @property
    def ask_again(self) -> int:
        """After how many seconds the page should: where another try is minutes away, seldom."""
        return 15 if self.problem else 2
