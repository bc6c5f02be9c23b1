"""The skill graphs and level ladders of packs, and the evidence that people have earned on them."""

from __future__ import annotations

from django.db import models

from heitu.ground.core.fields import TextField
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application


class Skill(models.Model):
    """One skill of a pack. What left the pack's file is retired, never deleted: evidence may point to it."""

    slug = models.SlugField(max_length=60, unique=True)
    pack = models.CharField(max_length=40)
    title = TextField()
    description = TextField(default=Text, blank=True)
    scale = models.JSONField(default=dict, help_text='what evidence at each level means: "1" … "5" → both languages')
    prerequisites = models.ManyToManyField("self", symmetrical=False, related_name="leads_to", blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["slug"]

    def __str__(self) -> str:
        return str(self.title)


class Level(models.Model):
    """A step of a pack's ladder (初级, 中级 …); `rules` are the thresholds as the pack's file gives them."""

    pack = models.CharField(max_length=40)
    slug = models.SlugField(max_length=40)
    rank = models.PositiveSmallIntegerField()
    title = TextField()
    meaning = TextField(default=Text, blank=True)
    rules = models.JSONField(default=list)

    class Meta:
        ordering = ["pack", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "slug"], name="level_slug_once"),
            models.UniqueConstraint(fields=["pack", "rank"], name="level_rank_once"),
        ]

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

    def __str__(self) -> str:
        return f"{self.person_id} {self.skill_id} L{self.level}"
