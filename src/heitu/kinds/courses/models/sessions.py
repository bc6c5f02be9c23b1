"""A lab solved in the page: what was typed, who holds seats, the sessions, and what each cell put out last."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from heitu.ground.people.models import Person
from heitu.kinds.courses.enums import Cut, RunState, SessionEnd, SessionState
from heitu.kinds.courses.models.classes import Enrolment


class LabDraft(models.Model):
    """A student's notebook of a lab as typed so far, without outputs. Who saves it names the revision that was changed."""

    enrolment = models.ForeignKey(Enrolment, models.CASCADE, related_name="drafts")
    lab = models.CharField(max_length=60)
    notebook = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enrolment", "lab"], name="lab_draft_once")]

    def __str__(self) -> str:
        return f"{self.lab} of {self.enrolment_id}"


class LabCopy(models.Model):
    """What another page's text took the place of, kept for the student to fetch."""

    draft = models.ForeignKey(LabDraft, models.CASCADE, related_name="copies")
    notebook = models.JSONField()
    kept_at = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.draft_id} at {self.kept_at}"


class SessionHost(models.Model):
    """A process that runs sessions, while it lives; `seats` is how many at once."""

    name = models.CharField(max_length=120)
    seats = models.PositiveSmallIntegerField()
    toolchains = ArrayField(models.CharField(max_length=20))
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class LabSession(models.Model):
    """A person's interpreter for one lab, from asking for a seat to its end. One at a time for a person.

    The page asks for interruptions and restarts by counting them up; the host keeps count of what it has done. `minutes`
    are those begun, which the voucher paid for where the class has a rule for vouchers.
    """

    draft = models.ForeignKey(LabDraft, models.CASCADE, related_name="sessions")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    toolchain = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=SessionState, default=SessionState.WAITING)
    why = models.CharField(max_length=10, choices=SessionEnd, blank=True)
    host = models.ForeignKey(SessionHost, models.SET_NULL, null=True, related_name="sessions")
    web_session = models.CharField(max_length=40, blank=True, help_text="signing out of this one ends it")
    asked_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(help_text="when a page last said that it is there")
    active_at = models.DateTimeField(help_text="when a cell last ran")
    minutes = models.PositiveIntegerField(default=0)
    interrupts = models.PositiveIntegerField(default=0)
    restarts = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["state", "asked_at"], condition=~Q(state="ended"), name="lab_session_live")]
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=~Q(state="ended"), name="lab_session_one_each"),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) & ~Q(why="") | ~Q(state="ended") & Q(ended_at__isnull=True, why=""),
                name="lab_session_ends_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.state}"


class CellRun(models.Model):
    """A cell's latest run: what ran, in which session, what it put out. `version` counts its changes, `number` puts those
    that wait in order; `gone` says why the interpreter ended in it, where it did. `size`: characters of `outputs`."""

    draft = models.ForeignKey(LabDraft, models.CASCADE, related_name="runs")
    session = models.ForeignKey(LabSession, models.SET_NULL, null=True, related_name="runs")
    cell = models.CharField(max_length=64)
    source = models.TextField()
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=RunState, default=RunState.WAITING)
    outputs = models.JSONField(default=list)
    size = models.PositiveIntegerField(default=0)
    cut = models.CharField(max_length=5, choices=Cut, blank=True)
    count = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(null=True)
    gone = models.CharField(max_length=8, blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["draft", "cell"], name="cell_run_once")]

    def __str__(self) -> str:
        return f"{self.cell} {self.state}"
