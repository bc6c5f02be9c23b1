"""Rubrics: what answers that a person marks win or lose points for, and which of it each mark was made of."""

from __future__ import annotations

from django.db import models

from heitu.ground.core.fields import TextField
from heitu.ground.people.models import Person
from heitu.kinds.courses.models.classes import Offering
from heitu.kinds.courses.models.grades import Score


class RubricItem(models.Model):
    """One thing to look for in the answers to a question: it adds `points`, or takes them away where they are negative."""

    offering = models.ForeignKey(Offering, models.PROTECT, related_name="rubric_items")
    lab = models.CharField(max_length=60)
    cell = models.CharField(max_length=100, help_text="grade_id")
    position = models.PositiveSmallIntegerField()
    text = TextField()
    points = models.DecimalField(max_digits=6, decimal_places=2)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["cell", "position", "pk"]
        indexes = [models.Index(fields=["offering", "lab"], name="rubric_of_lab")]

    def __str__(self) -> str:
        return f"{self.points:+} {self.text}"


class RubricUse(models.Model):
    """An item that was ticked for a score. Append-only, as scores are."""

    score = models.ForeignKey(Score, models.PROTECT, related_name="rubric_uses")
    item = models.ForeignKey(RubricItem, models.PROTECT, related_name="uses")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["score", "item"], name="rubric_use_once")]

    def __str__(self) -> str:
        return f"{self.item_id} in {self.score_id}"


class Snippet(models.Model):
    """A comment that is written often, kept for everybody who marks the lab."""

    offering = models.ForeignKey(Offering, models.CASCADE, related_name="snippets")
    lab = models.CharField(max_length=60)
    text = models.CharField(max_length=400)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["offering", "lab", "text"], name="snippet_once")]

    def __str__(self) -> str:
        return self.text
