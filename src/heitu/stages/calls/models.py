"""A call: one published task, position or question that teams may claim."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Concat, Lower
from django.urls import reverse

from heitu.engines.lifecycle.models import Case
from heitu.ground.core.fields import TextField
from heitu.ground.core.text import Text
from heitu.ground.people.models import Institution, Person
from heitu.stages.calls.enums import DeliverableKind


def _in_both(column: str) -> tuple[object, ...]:
    return KeyTextTransform("zh", column), Value("\n"), KeyTextTransform("en", column)


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
    announced_at = models.DateTimeField(null=True, blank=True, help_text="since when everybody may see it")
    form_key = models.CharField(max_length=40, unique=True, null=True, blank=True, help_text="of the form that made it")
    search_text = models.GeneratedField(  # what a search of the list looks through, in small letters
        expression=Lower(Concat(
            "number", Value("\n"), "task", Value("\n"), *_in_both("title"), Value("\n"), *_in_both("summary"),
            output_field=models.TextField(),
        )),
        output_field=models.TextField(), db_persist=True,
    )

    class Meta:
        ordering = ["-opens_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="call_closes_after_it_opens"),
            models.CheckConstraint(condition=Q(seats__gte=1), name="call_has_a_seat"),
        ]
        indexes = [
            models.Index(fields=["closes_at"], name="call_closes"),
            models.Index(F("announced_at").desc(nulls_first=True), F("id").desc(), name="call_newest"),  # the list's order
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("call_detail", args=[self.number])

    @property
    def account_code(self) -> str:
        return f"call:{self.pk}"

    @property
    def budget(self) -> int:
        """Fen that the call can cost at most."""
        return self.prize * self.seats

    @property
    def kind_title(self) -> Text:
        return DeliverableKind(self.kind).text


class CallSequence(models.Model):
    """The last call number given in a year; its row is locked while the next one is taken."""

    year = models.PositiveSmallIntegerField(unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
