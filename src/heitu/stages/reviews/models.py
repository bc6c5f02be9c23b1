"""What experts think of an application, and who may not be asked."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from heitu.ground.people.models import Institution, Person, Team
from heitu.stages.applications.models import Application
from heitu.stages.reviews.enums import Recommendation, ReviewStatus


class Review(models.Model):
    """One expert's invitation to judge one application, and the judgement."""

    application = models.ForeignKey(Application, models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(Person, models.PROTECT, related_name="reviews")
    status = models.CharField(max_length=10, choices=ReviewStatus, default=ReviewStatus.INVITED)
    scores = models.JSONField(default=dict, help_text="rubric id → 1 … 5")
    total = models.PositiveSmallIntegerField(null=True, blank=True, help_text="weighted mean score × 100")
    recommendation = models.CharField(max_length=10, choices=Recommendation, blank=True)
    to_team = models.TextField(blank=True)
    to_office = models.TextField(blank=True)
    invited_at = models.DateTimeField()
    due_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "reviewer"], name="review_once"),
            models.CheckConstraint(
                condition=~Q(status="submitted") | Q(total__isnull=False), name="submitted_review_has_a_total"
            ),
        ]

    @property
    def mean(self) -> float | None:
        """Weighted mean score on 1 … 5, or None before the review is in."""
        return None if self.total is None else self.total / 100


class DeclaredConflict(models.Model):
    """A tie that a reviewer, or the office, declared: with a team, an institution or a person."""

    reviewer = models.ForeignKey(Person, models.CASCADE, related_name="declared_conflicts")
    team = models.ForeignKey(Team, models.CASCADE, null=True, blank=True, related_name="+")
    institution = models.ForeignKey(Institution, models.CASCADE, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=200)
    declared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(team__isnull=False) | Q(institution__isnull=False) | Q(person__isnull=False),
                name="conflict_names_somebody",
            )
        ]
