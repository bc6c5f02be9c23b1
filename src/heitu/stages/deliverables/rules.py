"""Who may see and hand in work: pairs of a predicate on one deliverable and the scope for which it holds."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from heitu.ground.people.models import Person
from heitu.ground.people.rules import is_finance, is_in_team, sees_everything
from heitu.stages.applications.models import Application
from heitu.stages.applications.rules import is_member
from heitu.stages.calls.models import Call
from heitu.stages.calls.rules import acts_as_owner, owned_by
from heitu.stages.deliverables.models import Deliverable


def can_hand_in(person: Person | None, application: Application) -> bool:
    """The team's members may; whether now is the time is the definition's to say."""
    return is_in_team(person, application.team)


def can_see_deliverable(person: Person | None, deliverable: Deliverable) -> bool:
    """Its team, the call's owner, and the office; published ones have a page of their own."""
    if person is None or not person.is_active:
        return False
    application = deliverable.application
    return (
        is_member(person, application)
        or acts_as_owner(person, application.call)
        or sees_everything(person)
        or is_finance(person)
    )


def visible_deliverables(person: Person | None) -> QuerySet[Deliverable]:
    if person is None or not person.is_active:
        return Deliverable.objects.none()
    if sees_everything(person) or is_finance(person):
        return Deliverable.objects.all()
    mine = Q(application__team__members__person=person, application__team__members__left_at__isnull=True)
    return Deliverable.objects.filter(mine | owned_by(person, "application__call__")).distinct()


def can_compare_work(person: Person | None, call: Call) -> bool:
    """Whether two teams' versions look alike is for the office, auditors and the call's owner to see."""
    return sees_everything(person) or acts_as_owner(person, call)


def calls_to_compare(person: Person | None) -> QuerySet[Call]:
    if sees_everything(person):
        return Call.objects.all()
    return Call.objects.filter(owned_by(person)) if person and person.is_active else Call.objects.none()
