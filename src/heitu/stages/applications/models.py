"""An application: one team's way through one call, from the claim to the close."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import models
from django.urls import reverse
from django.utils.functional import cached_property

from heitu.engines.lifecycle.models import Case, Transition
from heitu.engines.lifecycle.queries import moves_of
from heitu.ground.people.models import Person, Team, TeamMember, members_now
from heitu.stages.calls.models import Call

Made = TypeVar("Made")


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
        indexes = [models.Index(fields=["-started_at", "-id"], name="application_newest")]  # the list's order
        constraints = [models.UniqueConstraint(fields=["call", "team"], name="application_once_per_team")]

    def __str__(self) -> str:
        return f"{self.call.number} · {self.team.name}"

    @cached_property
    def team_now(self) -> list[TeamMember]:
        """Who is in the team, the lead first; one query for each loaded application."""
        return members_now(team=self.team_id)

    @cached_property
    def moves(self) -> list[Transition]:
        """Every move of the case, oldest first, with the actors; one query for each loaded application."""
        return moves_of(case=self.case_id)

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """What a later stage found out about this loaded application; `make` is called the first time only."""
        known: dict[str, Any] = self.__dict__.setdefault("_once", {})
        if name not in known:
            known[name] = make()
        found: Made = known[name]
        return found

    def get_absolute_url(self) -> str:
        return reverse("application_detail", args=[self.pk])
