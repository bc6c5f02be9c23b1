"""Which notebooks of a class look alike, as it was last compared."""

from __future__ import annotations

from django.db import models

from heitu.ground.people.models import Person
from heitu.kinds.courses.models.classes import Offering


class Comparison(models.Model):
    """One comparison of a lab's last notebooks. `pairs`: [[submission, submission, score, one in other, other in one], …]."""

    offering = models.ForeignKey(Offering, models.CASCADE, related_name="comparisons")
    lab = models.CharField(max_length=60)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    compared = models.PositiveIntegerField(default=0)
    newest = models.BigIntegerField(default=0, help_text="the last notebook handed in by then")
    pairs = models.JSONField(default=list)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["offering", "lab", "-id"], name="comparison_latest")]

    def __str__(self) -> str:
        return f"{self.lab} at {self.at}"
