"""The machines that grade labs."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class GradingMachine(models.Model):
    """A worker that takes notebooks, while it runs: what its labs can import, and when it was last heard of."""

    name = models.CharField(max_length=120)
    toolchains = ArrayField(models.CharField(max_length=20))
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
