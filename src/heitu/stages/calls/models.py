"""A call: one published task, position or question that teams may claim."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from heitu.engines.lifecycle.models import Case
from heitu.ground.core.fields import TextField
from heitu.ground.core.text import Text
from heitu.ground.people.models import Institution, Person
from heitu.stages.calls.enums import DeliverableKind


class Call(models.Model):
    """What is asked for, by whom, for how much, until when. Its state is its case's."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="call")
    number = models.CharField(max_length=24, unique=True)
    programme = models.CharField(max_length=60, db_index=True)
    title = TextField()
    summary = TextField(default=Text, blank=True)
    statement = TextField(default=Text, blank=True)
    kind = models.CharField(max_length=12, choices=DeliverableKind)
    task = models.CharField(max_length=60, blank=True, help_text="slug of the pack's task folder that judges it")
    owner = models.ForeignKey(Person, models.PROTECT, related_name="calls")
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="calls")
    prize = models.PositiveBigIntegerField(help_text="fen for each award")
    seats = models.PositiveSmallIntegerField(default=1)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    delivery_days = models.PositiveSmallIntegerField(default=60)
    licence = models.CharField(max_length=40)
    skills = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    class Meta:
        ordering = ["-opens_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="call_closes_after_it_opens"),
            models.CheckConstraint(condition=Q(seats__gte=1), name="call_has_a_seat"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
