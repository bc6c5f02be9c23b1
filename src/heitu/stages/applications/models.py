"""An application: one team's way through one call, from the claim to the close."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property

from heitu.engines.lifecycle.models import Case, Transition
from heitu.engines.lifecycle.queries import history
from heitu.ground.core.statements import Reading
from heitu.ground.people.models import Person, Team, TeamMember
from heitu.stages.calls.models import Call

_PLACES = Reading(TeamMember, "person", by="team")


class Application(models.Model):
    """A team's claim on a call. Its state is its case's; its page is the case page."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="application")
    call = models.ForeignKey(Call, models.PROTECT, related_name="applications")
    team = models.ForeignKey(Team, models.PROTECT, related_name="applications")
    applicant = models.ForeignKey(Person, models.PROTECT, related_name="applications")
    answers = models.JSONField(default=dict)
    declarations = models.JSONField(default=dict)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["call", "team"], name="application_once_per_team")]

    def __str__(self) -> str:
        return f"{self.call.number} · {self.team.name}"

    @cached_property
    def team_now(self) -> list[TeamMember]:
        """Who is in the team, the lead first; one query for each loaded application."""
        present = [place for place in _PLACES.find_all(self.team_id) if place.left_at is None]
        return sorted(present, key=lambda place: (not place.is_lead, place.joined_at, place.pk))

    @cached_property
    def moves(self) -> list[Transition]:
        """Every move of the case, oldest first, with the actors; one query for each loaded application."""
        return list(history(self.case))

    def get_absolute_url(self) -> str:
        return reverse("application_detail", args=[self.pk])
