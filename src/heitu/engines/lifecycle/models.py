"""Pinned definitions, the cases that run on them, and every move that a case ever made."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from heitu.engines.lifecycle.enums import MachineName, Outcome
from heitu.ground.audit.models import Chained


class DefinitionVersion(models.Model):
    """A programme exactly as it was loaded. Triggers forbid changing anything but `is_current`.

    `body` is text, not jsonb, because jsonb forgets the order of keys, and tracks and forms show that order.
    """

    programme = models.CharField(max_length=50)
    digest = models.CharField(max_length=64, unique=True)
    body = models.TextField()
    loaded_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme"], condition=Q(is_current=True), name="lifecycle_one_current_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme} {self.digest[:12]}"


class Case(models.Model):
    """Where one call or application stands. Only `actions.move` changes its state."""

    machine = models.CharField(max_length=4, choices=MachineName)
    definition = models.ForeignKey(DefinitionVersion, models.PROTECT, related_name="cases")
    state = models.CharField(max_length=40)
    entered_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    moves = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True, default="")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["machine", "state"], name="lifecycle_case_state"),
            models.Index(
                fields=["due_at"], name="lifecycle_case_due", condition=Q(due_at__isnull=False, closed_at__isnull=True)
            ),
            models.Index(
                fields=["remind_at"],
                name="lifecycle_case_remind",
                condition=Q(remind_at__isnull=False, closed_at__isnull=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, outcome="") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="lifecycle_closed_has_outcome",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(due_at__isnull=True), name="lifecycle_closed_is_never_due"
            ),
            models.CheckConstraint(
                condition=Q(remind_at__isnull=True) | Q(remind_at__lt=F("due_at")), name="lifecycle_reminded_before_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.machine} {self.pk}: {self.state}"


class Transition(Chained):
    """A move that was made. Append-only and sealed; `number` counts from 1 without gaps in each case."""

    SEALED = (
        "case_id", "number", "event", "from_state", "to_state", "actor_id", "reason", "data", "at",
        "definition_id", "key",
    )

    case = models.ForeignKey(Case, models.PROTECT, related_name="transitions")
    number = models.PositiveIntegerField()
    event = models.CharField(max_length=40)
    from_state = models.CharField(max_length=40)
    to_state = models.CharField(max_length=40)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(blank=True, default="")
    data = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField()
    definition = models.ForeignKey(DefinitionVersion, models.PROTECT, related_name="+")
    key = models.CharField(max_length=120, unique=True, null=True, blank=True)

    class Meta:
        ordering = ["case", "number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="lifecycle_transition_number_once")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.number} {self.event}"


class Reminder(models.Model):
    """A reminder that was sent, once for each deadline and distance from it (`before` in seconds)."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="reminders")
    due_at = models.DateTimeField()
    before = models.PositiveIntegerField()
    sent_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "due_at", "before"], name="lifecycle_reminder_once")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.before}s before {self.due_at}"
