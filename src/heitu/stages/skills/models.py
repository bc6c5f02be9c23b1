"""The skill graph of a pack, and the evidence that people have earned on it."""

from __future__ import annotations

from django.db import models

from heitu.ground.core.fields import TextField
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application


class Skill(models.Model):
    slug = models.SlugField(max_length=60, unique=True)
    pack = models.CharField(max_length=40)
    title = TextField()
    description = TextField(default=Text, blank=True)
    prerequisites = models.ManyToManyField("self", symmetrical=False, related_name="leads_to", blank=True)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return str(self.title)


class Evidence(models.Model):
    """A person showed a skill at a level (1 … 5) in a real case."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="evidence")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="evidence")
    level = models.PositiveSmallIntegerField()
    application = models.ForeignKey(Application, models.PROTECT, related_name="evidence")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "evidence"
        constraints = [
            models.UniqueConstraint(fields=["person", "skill", "application"], name="evidence_once_per_case"),
            models.CheckConstraint(condition=models.Q(level__range=(1, 5)), name="level_1_to_5"),
        ]
