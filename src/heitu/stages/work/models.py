"""The work under an award: milestones with their held money, extensions, and the team's log."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from heitu.engines.ledger.models import Transfer
from heitu.ground.core.fields import TextField
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.awards.models import Award
from heitu.stages.work.enums import MilestoneStatus


class Milestone(models.Model):
    """One paid part of the work: `state` is the definition's state that it belongs to, `hold` its reserved money."""

    award = models.ForeignKey(Award, models.PROTECT, related_name="milestones")
    state = models.CharField(max_length=40)
    title = TextField()
    amount = models.PositiveBigIntegerField(help_text="fen reserved")
    earned = models.PositiveBigIntegerField(null=True, blank=True, help_text="fen accepted, at most `amount`")
    hold = models.OneToOneField(Transfer, models.PROTECT, related_name="milestone")
    status = models.CharField(max_length=10, choices=MilestoneStatus, default=MilestoneStatus.RUNNING)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["award", "state"], condition=~Q(status="released"), name="milestone_once"
            ),
            models.CheckConstraint(
                condition=Q(earned__isnull=True) | Q(earned__lte=models.F("amount")), name="earned_within_hold"
            ),
        ]


class Extension(models.Model):
    """A request for more time on the current step, and its answer."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="extensions")
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    days = models.PositiveSmallIntegerField()
    reason = models.TextField()
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    granted = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(granted__isnull=True), name="one_open_extension"
            )
        ]


class Note(models.Model):
    """A line in the work log: progress, a mentor's advice, a question to the owner."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="notes")
    author = models.ForeignKey(Person, models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
